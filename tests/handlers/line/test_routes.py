from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot.line.simulator import Channel
from bot.models import Channel as ChannelRow
from bot.security.signatures import sign_line_webhook
from handlers.line.inbox import writer
from tests.support.running import Running

FILE = Path(__file__).parents[3] / "../shared/data/04_line_webhook/bodies.dev.jsonl"
BODIES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()] if FILE.exists() else []
FOLLOW = {"type": "follow", "mode": "active", "timestamp": 1767225600000, "source": {"type": "user", "userId": "U1"}}
Answer = tuple[int, Any]


class Line:
    """Sends webhooks by hand, as LINE or as somebody who isn't."""

    def __init__(self, live: Running, session: aiohttp.ClientSession) -> None:
        self.live, self.session = live, session
        self.last: aiohttp.ClientResponse

    async def send(
        self, body: bytes, *, path: str = "/line/webhook", secret: str | None = None, **headers: str
    ) -> Answer:
        """Send these bytes signed with `secret`, the central channel's unless given; returns status and JSON."""
        signature = sign_line_webhook(secret or self.live.central.secret, body)
        sent = {"x-line-signature": signature, **headers}
        async with self.session.post(self.live.url + path, data=BytesIO(body), headers=sent) as response:
            self.last = response
            raw = await response.read()
            return response.status, json.loads(raw) if raw else None

    async def events(self, *events: Any, destination: str | None = None) -> Answer:
        named = destination or self.live.central.bot_user_id
        return await self.send(json.dumps({"destination": named, "events": events}).encode())


@pytest.fixture
async def line(still: Running) -> AsyncIterator[Line]:
    """The webhook on SQLite, for what is decided before the store."""
    async with aiohttp.ClientSession() as session:
        yield Line(still, session)


@pytest.fixture
async def storing(live: Running) -> AsyncIterator[Line]:
    """The webhook on each kind of store."""
    async with aiohttp.ClientSession() as session:
        yield Line(live, session)


def refusal(answer: Answer, status: int) -> str:
    """What a refusal says, having the documented shape."""
    assert answer[0] == status
    assert answer[1] == {"success": False, "error": answer[1]["error"]}
    return str(answer[1]["error"])


async def own_channel(live: Running) -> tuple[Channel, str]:
    """A vendor's account, and the path of its webhook."""
    account = await live.own_channel(await live.shops.open())
    return account, str(account.webhook_url).removeprefix(live.url)


async def test_a_request_without_events_is_how_line_checks_the_url(line: Line) -> None:
    assert await line.events() == (200, None)
    assert await line.live.events() == []


async def test_a_signed_event_is_stored_before_the_200(storing: Line) -> None:
    assert await storing.events(FOLLOW | {"webhookEventId": "01A"}) == (200, None)
    assert [event.webhook_event_id for event in await storing.live.events()] == ["01A"]


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64!", "=" * 44, "ü"])
async def test_a_wrong_signature_is_refused(line: Line, signature: str) -> None:
    answer = await line.send(b'{"events":[]}', **{"x-line-signature": signature})
    assert "x-line-signature" in refusal(answer, 401)


async def test_a_missing_signature_is_refused_and_nothing_stored(line: Line) -> None:
    body = json.dumps({"destination": line.live.central.bot_user_id, "events": [FOLLOW]})
    async with line.session.post(f"{line.live.url}/line/webhook", data=body) as response:
        refusal((response.status, await response.json()), 401)
    assert await line.live.events() == []


async def test_another_channels_signature_is_refused(line: Line) -> None:
    account, path = await own_channel(line.live)
    refusal(await line.send(b'{"events":[]}', secret=account.secret), 401)
    refusal(await line.send(b'{"events":[]}', path=path), 401)
    body = json.dumps({"destination": account.bot_user_id, "events": []}).encode()
    assert await line.send(body, path=path, secret=account.secret) == (200, None)


async def test_a_signature_counts_for_the_very_bytes(line: Line) -> None:
    body = b'{"destination":"x","events":[]}'
    signature = sign_line_webhook(line.live.central.secret, body)
    refusal(await line.send(body + b"\n", **{"x-line-signature": signature}), 401)


UNKNOWN = "8ebfc392-af52-417b-9586-1b8a76e13637"


@pytest.mark.parametrize("name", [UNKNOWN, "1", "..%2f..", "%00", "null", "x" * 500, "店"])
async def test_no_such_channel(line: Line, name: str) -> None:
    assert "no LINE channel" in refusal(await line.send(b"{}", path=f"/line/webhook/{name}"), 404)


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"{}", b"null", b'{"events":{}}', b'{"events":null}', b"\xff\xfe", b"[" * 200_000],
    ids=["empty", "words", "array", "no events", "null", "object", "null events", "not utf-8", "deep"],
)
async def test_a_body_that_is_no_webhook_is_refused(line: Line, body: bytes) -> None:
    assert "events" in refusal(await line.send(body), 400)


@pytest.mark.parametrize("destination", ["Uffff", "", None, 7])
async def test_events_for_another_account_are_refused(line: Line, destination: object) -> None:
    body = json.dumps({"destination": destination, "events": [FOLLOW]}).encode()
    assert "destination" in refusal(await line.send(body), 400)
    assert await line.live.events() == []


async def test_a_body_beyond_the_limit_is_refused(line: Line) -> None:
    assert "larger" in refusal(await line.send(b" " * (1024 * 1024 + 1)), 413)


async def test_another_method_is_refused_with_json(line: Line) -> None:
    async with line.session.get(f"{line.live.url}/line/webhook") as response:
        assert response.status == 405
        assert response.content_type == "application/json"


async def test_every_answer_names_its_request(line: Line) -> None:
    for body in (b'{"events":[]}', b"not json"):
        await line.send(body)
        assert line.last.headers["X-Request-ID"]


async def test_one_bad_event_costs_the_others_nothing(storing: Line) -> None:
    await storing.live.shops.open()
    bad: list[Any] = [7, None, [], "x", {}, {"type": 5}, {"type": "message"}, {"type": "new", "source": "?"}]
    good = [FOLLOW | {"webhookEventId": name} for name in ("01A", "01B")]
    assert await storing.events(good[0], *bad, good[1]) == (200, None)
    await storing.live.settle()
    ends = {event.webhook_event_id: event.state for event in await storing.live.events()}
    assert len(ends) == len(bad) + len(good)
    assert set(ends.values()) <= {"answered", "silent", "failed"}
    unreadable = [event for event in await storing.live.events() if event.reason == "unreadable"]
    assert len(unreadable) == 6


async def test_a_redelivered_event_is_acknowledged_and_stored_once(storing: Line) -> None:
    event = FOLLOW | {"webhookEventId": "01A", "deliveryContext": {"isRedelivery": False}}
    again = event | {"deliveryContext": {"isRedelivery": True}}
    assert [(await storing.events(one))[0] for one in (event, again, again)] == [200, 200, 200]
    assert len(await storing.live.events()) == 1


async def test_a_store_that_does_not_answer_acknowledges_nothing(
    storing: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storing.live.database.unit_of_work() as session:
        lock = "SELECT 1" if storing.live.database.is_sqlite else "LOCK TABLE line_events IN EXCLUSIVE MODE"
        await session.execute(text(lock))
        with monkeypatch.context() as impatient:
            impatient.setattr(writer, "COMMIT_SECONDS", 0.05)
            assert "again" in refusal(await storing.events(FOLLOW), 503)
    assert (await storing.events(FOLLOW))[0] == 200


@pytest.mark.skipif(not BODIES, reason=f"the collected webhook bodies are not here: {FILE}")
async def test_bodies_of_lines_own_sdks_are_taken_and_worked_to_their_end(storing: Line) -> None:
    await storing.live.shops.open()
    for row in BODIES:
        body = row["body"].encode()
        async with storing.live.database.unit_of_work() as session:
            channel = await session.get_one(ChannelRow, (await central_id(storing.live)))
            channel.bot_user_id = json.loads(body)["destination"]
        storing.live.shopkeeper.channels.forget()
        assert (await storing.send(body))[0] == 200, row["name"]
    await storing.live.settle()
    ends = await storing.live.ends()
    assert len(ends) >= len(BODIES) - 3
    assert {reason for state, reason in ends if state == "failed"} <= {"reply_token_expired", "unreadable"}


async def central_id(live: Running) -> uuid.UUID:
    channel = await live.shopkeeper.channels.find(None)
    assert channel is not None
    return channel.id
