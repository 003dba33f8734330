from __future__ import annotations

import pytest

from bot.webhooks.errors import UnsafeAddress, UnsafeHeaders
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.sender import SafeSender
from tests.bot.webhooks.conftest import FakeResolver, MakeSender, MakeSite, Site, answer, sends
from tests.support.network import BeyondThisMachine

PUBLIC = "93.184.216.34"


async def test_an_answer_comes_back_with_all_that_a_caller_needs(site: MakeSite, sender: MakeSender) -> None:
    page = "你好".encode("big5")
    shop = await site(sends(answer(page, "Content-Type: Text/HTML; charset=Big5", "X-A: 1", "x-a: 2")))
    found = await sender(shop).send(OutgoingRequest(url=shop.url("/a?b=c#d")))
    assert (found.status, found.body, found.content_type, found.charset) == (200, page, "text/html", "big5")
    assert (found.headers["x-a"], found.url) == ("1, 2", shop.url("/a?b=c"))


async def test_a_request_arrives_as_it_was_given(site: MakeSite, sender: MakeSender) -> None:
    shop = await site(sends(answer(status="204 No Content")))
    request = OutgoingRequest(url=shop.url("/價目"), method="POST", headers={"x-key": "k"}, body=b"{}")
    assert (await sender(shop).send(request)).status == 204
    lines = shop.heads[0].splitlines()
    assert lines[0] == "POST /%E5%83%B9%E7%9B%AE HTTP/1.1"
    assert {"X-Key: k", "Content-Length: 2", "User-Agent: Shopkeeper"} <= set(lines)


async def test_a_status_of_failure_is_an_answer_too(site: MakeSite, sender: MakeSender) -> None:
    shop = await site(sends(answer(b"no", status="503 Unavailable")))
    assert (await sender(shop).send(OutgoingRequest(url=shop.url()))).status == 503


async def test_a_name_that_leads_inside_is_refused(tripwire: Site, sender: MakeSender) -> None:
    resolver = FakeResolver(otherwise="127.0.0.1")
    with pytest.raises(UnsafeAddress):
        await sender(resolver=resolver).send(OutgoingRequest(url=f"http://shop.example.com:{tripwire.port}/"))
    assert (tripwire.connections, resolver.asked) == (0, ["shop.example.com"])


async def test_a_name_that_leads_inside_and_one_that_does_not_exist_get_one_answer(sender: MakeSender) -> None:
    inside = sender(resolver=FakeResolver({"db.example.com": [["10.0.0.5"]]}))
    told = []
    for name in ("db.example.com", "no.example.com", "10.0.0.5", "db.internal", "localhost"):
        with pytest.raises(UnsafeAddress) as caught:
            await inside.send(OutgoingRequest(url=f"http://{name}/"))
        told.append((caught.value.status, caught.value.code, caught.value.message.replace(name, "")))
    assert len(set(told)) == 1


async def test_a_name_that_changes_its_address_is_checked_each_time(tripwire: Site, sender: MakeSender) -> None:
    resolver = FakeResolver({"shop.example.com": [[PUBLIC], ["127.0.0.1"]]})
    careful = sender(resolver=resolver)
    request = OutgoingRequest(url=f"http://shop.example.com:{tripwire.port}/")
    with pytest.raises(BeyondThisMachine, match=PUBLIC):
        await careful.send(request)
    assert len(resolver.asked) == 1, "what was checked is what is connected to"
    with pytest.raises(UnsafeAddress):
        await careful.send(request)
    assert tripwire.connections == 0


@pytest.mark.parametrize("addresses", [["127.0.0.1", PUBLIC], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC, "10.0.0.1"]])
async def test_of_several_addresses_the_public_ones_alone_are_tried(
    tripwire: Site, sender: MakeSender, addresses: list[str]
) -> None:
    resolver = FakeResolver({"shop.example.com": [addresses]})
    with pytest.raises(BeyondThisMachine, match=PUBLIC):
        await sender(resolver=resolver).send(OutgoingRequest(url=f"http://shop.example.com:{tripwire.port}/"))
    assert tripwire.connections == 0


@pytest.mark.parametrize("address", ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "0.1.2.3", "nonsense"])
async def test_a_resolver_may_hide_an_inside_address_in_no_form(sender: MakeSender, address: str) -> None:
    resolver = FakeResolver({"shop.example.com": [[address]]})
    with pytest.raises(UnsafeAddress):
        await sender(resolver=resolver).send(OutgoingRequest(url="http://shop.example.com/"))


async def test_only_the_allowed_pair_itself_is_let_through(site: MakeSite, tripwire: Site, sender: MakeSender) -> None:
    shop = await site(sends(answer(b"ok")))
    careful = sender(shop, resolver=FakeResolver(otherwise="127.0.0.1"))
    assert (await careful.send(OutgoingRequest(url=shop.url()))).body == b"ok"
    for url in (tripwire.url(), f"http://shop.example.com:{shop.port}/", f"http://localhost:{shop.port}/"):
        with pytest.raises(UnsafeAddress):
            await careful.send(OutgoingRequest(url=url))
    assert (shop.connections, tripwire.connections) == (1, 0)


async def test_an_allowed_name_is_found_by_the_machines_own_resolver(site: MakeSite) -> None:
    shop = await site(sends(answer(b"ok")))
    careful = SafeSender(allow=[f"localhost:{shop.port}"])
    assert (await careful.send(OutgoingRequest(url=f"http://localhost:{shop.port}/"))).body == b"ok"
    await careful.close()


async def test_proxies_of_the_environment_are_not_used(
    site: MakeSite, tripwire: Site, sender: MakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, tripwire.url())
    shop = await site(sends(answer(b"ok")))
    assert (await sender(shop).send(OutgoingRequest(url=shop.url()))).body == b"ok"
    assert tripwire.connections == 0


async def test_cookies_are_not_kept(site: MakeSite) -> None:
    shop = await site(sends(answer(b"", "Set-Cookie: a=b")))
    careful = SafeSender(allow=[f"shop.test:{shop.port}"], resolver=FakeResolver(otherwise="127.0.0.1"))
    for _ in range(2):
        await careful.send(OutgoingRequest(url=f"http://shop.test:{shop.port}/"))
    assert (len(shop.heads), any("cookie" in head.lower() for head in shop.heads)) == (2, False)
    await careful.close()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET\r\nX: y", {}),
        ("CONNECT", {}),
        ("get", {}),
        ("GET", {"Host": "db.internal"}),
        ("GET", {"transfer-encoding": "chunked"}),
        ("GET", {"Proxy-Authorization": "Basic x"}),
        ("GET", {"X-A": "1\r\nX-B: 2"}),
        ("GET", {"X-A": "\ud800"}),
        ("GET", {"X A": "1"}),
        ("GET", {"X-A": "x" * 9_000}),
    ],
)
async def test_headers_that_would_say_something_else_are_refused(
    tripwire: Site, sender: MakeSender, method: str, headers: dict[str, str]
) -> None:
    with pytest.raises(UnsafeHeaders):
        await sender(tripwire).send(OutgoingRequest(url=tripwire.url(), method=method, headers=headers))
    assert tripwire.connections == 0


def test_a_url_can_be_checked_without_a_look_up() -> None:
    careful = SafeSender(allow=["localhost:9000"])
    careful.check("http://localhost:9000/hook")
    with pytest.raises(UnsafeAddress):
        careful.check("http://localhost:9001/hook")


async def test_a_sender_closes_as_often_as_one_likes(sender: MakeSender) -> None:
    unused = sender()
    await unused.close()
    await unused.close()
