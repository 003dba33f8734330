"""Calls to a vendor's own system over a real connection on loopback."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiohttp import web

from bot.clock import ManualClock
from bot.security.box import SecretBox
from bot.webhooks.sender import SafeSender
from bot.webhooks.signing import verify
from knowledge.entries import IntentCard, IntentType
from knowledge.intents.endpoints import endpoint_of
from knowledge.intents.systems import MAX_ANSWER, Call, SystemAnswer, SystemFailed, VendorSystems, message_id
from tests.knowledge.intents.conftest import SIGNING_SECRET, Handler, OwnSystem
from tests.support.code import ROOT
from tests.support.servers import free_port

CALL = Call(vendor_id=7, request_id="01HXYZ", message="我的訂單到哪了")
VALUES = {"order_no": "A12345", "name": "王小明"}


def card_for(url: str, box: SecretBox, kind: IntentType = IntentType.DATA_QUERY, **endpoint: Any) -> IntentCard:
    sealed = box.seal(SIGNING_SECRET.encode(), context=b"intent:3")
    return IntentCard(3, "order_status", kind, endpoint={"url": url, **endpoint}, secret_box=sealed)


async def ask(systems: VendorSystems, card: IntentCard, *, within: float = 5.0, call: Call = CALL) -> SystemAnswer:
    endpoint = endpoint_of(card)
    assert endpoint is not None
    return await systems.ask(card, endpoint, values=VALUES, call=call, within=within)


async def test_a_system_gets_what_was_declared_signed(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox, clock: ManualClock
) -> None:
    own_system.answer = {"status": "配送中"}
    assert (await ask(systems, card_for(own_system.url, box))).fields == {"status": "配送中"}
    assert own_system.received == [
        {
            "intent": "order_status", "vendor_id": 7, "parameters": VALUES, "message": "我的訂單到哪了",
            "request_id": "01HXYZ", "asked_at": "2026-01-01T00:00:00Z",
        }
    ]  # fmt: skip
    headers = own_system.headers[0]
    assert (headers["webhook-id"], headers["content-type"]) == ("01HXYZ", "application/json")
    assert verify(SIGNING_SECRET, own_system.bodies[0], headers=headers, now=clock.now())


async def test_get_brings_the_values_in_the_query_and_signs_an_empty_body(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox, clock: ManualClock
) -> None:
    await ask(systems, card_for(f"{own_system.url}?shop=1&name=x", box, method="GET"))
    assert own_system.received == [VALUES | {"shop": "1"}]
    assert own_system.bodies == [b""]
    assert verify(SIGNING_SECRET, b"", headers=own_system.headers[0], now=clock.now())


async def test_the_documented_receiver_verifies_a_real_request(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox, clock: ManualClock
) -> None:
    await ask(systems, card_for(own_system.url, box))
    page = (ROOT / "docs/api/vendor-systems.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- run -->\n```python\n(.*?)```", page, re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block[1], names)  # noqa: S102 - the page's own example is what is tested
    now = clock.now().timestamp()
    headers, body = own_system.headers[0], own_system.bodies[0]
    assert names["is_genuine"](SIGNING_SECRET, headers, body, now=now)
    assert not names["is_genuine"](SIGNING_SECRET, headers, body + b" ", now=now)
    assert not names["is_genuine"](SIGNING_SECRET, headers, body, now=now + 600)


def endless(chunk: bytes) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(chunk)
            await asyncio.sleep(0.001)

    return serve


def says(body: str, status: int = 200, **headers: str) -> Handler:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body.encode(), headers=headers)

    return serve


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


HOSTILE: list[tuple[Handler, str, bool]] = [
    (says("<html>hello</html>"), "unreadable", True),
    (says("[1, 2]"), "unreadable", True),
    (says('{"a": ' * 10_000), "unreadable", True),
    (says('{"a": "%s"}' % ("x" * 1_000_000)), "too_large", True),
    (endless(b" " * 10_000), "too_large", True),
    (endless(b""), "timeout", True),
    (hangs, "timeout", True),
    (says("{}", 302, Location="http://127.0.0.1:1/"), "status_302", True),
    (says('{"message": "no"}', 500), "status_500", True),
    (says('{"status": "done"}', 201), "status_201", True),
    (says('{"message": "who are you"}', 401), "status_401", False),
    (says("not found", 404), "unreadable", False),
    (says('{"detail": "Not Found"}', 404), "status_404", False),
]


@pytest.mark.parametrize(("handler", "reason", "may_be_done"), HOSTILE)
async def test_no_other_answer_is_taken(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox, handler: Handler, reason: str, may_be_done: bool
) -> None:
    own_system.handler = handler
    with pytest.raises(SystemFailed) as caught:
        await ask(systems, card_for(own_system.url, box), within=1.0)
    assert (str(caught.value), caught.value.may_be_done) == (reason, may_be_done)
    assert len(own_system.received) == 1


async def test_an_answer_just_small_enough_is_read(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox
) -> None:
    own_system.answer = '{"status": "ok"}'.ljust(MAX_ANSWER)
    assert (await ask(systems, card_for(own_system.url, box))).fields == {"status": "ok"}


async def test_not_found_is_an_answer(systems: VendorSystems, own_system: OwnSystem, box: SecretBox) -> None:
    own_system.status, own_system.answer = 404, {"message": "no such order"}
    assert not (await ask(systems, card_for(own_system.url, box))).is_found


@pytest.mark.parametrize(("kind", "attempts"), [(IntentType.DATA_QUERY, 2), (IntentType.ACTION, 1)])
async def test_only_what_does_nothing_is_sent_again_when_no_connection_came_about(
    box: SecretBox, clock: ManualClock, kind: IntentType, attempts: int
) -> None:
    pair = f"127.0.0.1:{free_port()}"
    sender = SafeSender(allow=[pair])
    with structlog.testing.capture_logs() as logs, pytest.raises(SystemFailed) as caught:
        await ask(VendorSystems(sender, box, clock), card_for(f"http://{pair}/", box, kind))
    await sender.close()
    assert (str(caught.value), caught.value.may_be_done) == ("not_connected", False)
    assert len([line for line in logs if line.get("outcome") == "not_connected"]) == attempts


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://169.254.169.254/", "file:///etc/passwd", "ftp://x.example"]
)
async def test_no_address_inside_is_reached(systems: VendorSystems, box: SecretBox, url: str) -> None:
    with pytest.raises(SystemFailed, match="unsafe_url"):
        await ask(systems, card_for(url, box))
    with pytest.raises(SystemFailed, match="unsafe_url"):
        await ask(systems, card_for(url, box, method="GET"))


async def test_without_its_own_secret_nothing_is_sent(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox
) -> None:
    card = card_for(own_system.url, box)
    # A secret that was copied from another intent doesn't open, nor does none at all.
    for wrong in (replace(card, id=4), replace(card, secret_box=None), replace(card, secret_box=b"x" * 60)):
        with pytest.raises(SystemFailed, match="no_secret"):
            await ask(systems, wrong)
    assert own_system.received == []


async def test_without_time_nothing_is_sent(systems: VendorSystems, own_system: OwnSystem, box: SecretBox) -> None:
    with pytest.raises(SystemFailed, match="no_time"):
        await ask(systems, card_for(own_system.url, box), within=0.1)
    assert own_system.received == []


async def test_neither_secret_nor_url_nor_values_are_logged(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox
) -> None:
    with structlog.testing.capture_logs() as logs:
        await ask(systems, card_for(f"{own_system.url}?key=hidden", box))
    assert [line["outcome"] for line in logs] == ["2xx"]
    for secret in (SIGNING_SECRET, "hidden", "A12345", "王小明"):
        assert secret not in str(logs)


@pytest.mark.parametrize("request_id", ["", "a.b", "編號", "x" * 101, "a b", "\ud800"])
def test_an_id_that_no_header_holds_becomes_a_digest(request_id: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", message_id(request_id))
    assert message_id("01HXYZ-a_b") == "01HXYZ-a_b"


async def test_lone_surrogates_are_sent_as_something_else(
    systems: VendorSystems, own_system: OwnSystem, box: SecretBox
) -> None:
    await ask(systems, card_for(own_system.url, box), call=replace(CALL, message="a\ud800b"))
    assert own_system.received[0]["message"] == "a?b"
