from __future__ import annotations

import pytest

from bot.webhooks.errors import FetchFailed, UnsafeAddress
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.redirects import Hop, next_hop
from bot.webhooks.urls import parse_target
from tests.bot.webhooks.conftest import FakeResolver, MakeSender, MakeSite, Site, answer, redirect, sends

HEADERS = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Key": "k", "Accept": "text/html", "Content-Type": "a/b"}


def hop(method: str = "GET", body: bytes = b"") -> Hop:
    return Hop(target=parse_target("https://shop.example.com/a/b?c"), method=method, headers=HEADERS, body=body)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{p}/",
        "//127.0.0.1:{p}/",
        "http://2130706433:{p}/",
        "http://[::ffff:127.0.0.1]:{p}/",
        "http://inside.example.com:{p}/",
        "http:\\\\127.0.0.1:{p}/",
        "http://user@127.0.0.1:{p}/",
        "http://[",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{p}/",
    ],
)
async def test_a_redirect_leads_inside_no_more_than_a_url(
    site: MakeSite, tripwire: Site, sender: MakeSender, *, status: int, location: str
) -> None:
    shop = await site(sends(redirect(location.replace("{p}", str(tripwire.port)), status)))
    careful = sender(shop, resolver=FakeResolver(otherwise="127.0.0.1"))
    with pytest.raises(UnsafeAddress):
        await careful.send(OutgoingRequest(url=shop.url(), follow_redirects=3))
    assert (shop.connections, tripwire.connections) == (1, 0)


async def test_without_being_asked_to_no_redirect_is_followed(
    site: MakeSite, tripwire: Site, sender: MakeSender
) -> None:
    shop = await site(sends(redirect(tripwire.url())))
    found = await sender(shop, tripwire).send(OutgoingRequest(url=shop.url()))
    assert (found.status, found.headers["location"], tripwire.connections) == (302, tripwire.url(), 0)


async def test_a_page_that_has_moved_is_found(site: MakeSite, sender: MakeSender) -> None:
    new = await site(sends(answer(b"here")))
    old = await site(sends(redirect(new.url("/%E5%83%B9"))))
    found = await sender(old, new).send(OutgoingRequest(url=old.url(), headers=HEADERS, follow_redirects=1))
    assert (found.body, found.url) == (b"here", new.url("/%E5%83%B9"))
    assert "Authorization: Bearer x" in old.heads[0]
    assert not any(secret in new.heads[0] for secret in ("Bearer", "a=b", "X-Key"))


@pytest.mark.parametrize(("most", "connections"), [(1, 2), (3, 4)])
async def test_a_redirect_loop_ends(site: MakeSite, sender: MakeSender, most: int, connections: int) -> None:
    shop = await site(sends(redirect("/again")))
    with pytest.raises(FetchFailed, match="redirected to too often"):
        await sender(shop).send(OutgoingRequest(url=shop.url(), follow_redirects=most))
    assert shop.connections == connections


async def test_a_redirect_to_nowhere_is_an_answer(site: MakeSite, sender: MakeSender) -> None:
    shop = await site(sends(answer(b"?", status="302 Found")))
    assert (await sender(shop).send(OutgoingRequest(url=shop.url(), follow_redirects=3))).body == b"?"


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", ("GET", b"")),
        (302, "POST", ("GET", b"")),
        (303, "PUT", ("GET", b"")),
        (303, "HEAD", ("HEAD", b"x")),
        (302, "PUT", ("PUT", b"x")),
        (307, "POST", ("POST", b"x")),
        (308, "PATCH", ("PATCH", b"x")),
    ],
)
def test_the_method_and_the_body_follow_the_standard(status: int, method: str, then: tuple[str, bytes]) -> None:
    found = next_hop(hop(method, b"x"), status, "../d")
    assert (found.method, found.body, str(found.target.url)) == (*then, "https://shop.example.com/d")
    assert ("Content-Type" in found.headers) == bool(found.body)
    assert found.headers["Authorization"] == "Bearer x"


@pytest.mark.parametrize(
    "location", ["http://shop.example.com/", "https://shop.example.com:8443/", "https://example.com/"]
)
def test_another_scheme_port_or_host_gets_no_credentials(location: str) -> None:
    assert next_hop(hop(), 302, location).headers == {"Accept": "text/html"}


def test_a_body_never_goes_to_another_host() -> None:
    with pytest.raises(FetchFailed, match=r"shop\.example\.com redirects a request with a body"):
        next_hop(hop("POST", b"x"), 307, "https://example.com/")
