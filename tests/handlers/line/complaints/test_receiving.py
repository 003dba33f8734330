"""Complaints about how webhooks are taken in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.line.simulator import FaultMode
from bot.line.simulator.events import webhook_body
from handlers.line.inbox import writer
from tests.support.engine import HeldEngine
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK

IMAGE = {"type": "image", "contentProvider": {"type": "line"}}


# Complaint: The webhook is held open while the LLM answers, so LINE times out and redelivers.


@pytest.mark.usefixtures("shop")
async def test_the_webhook_is_acknowledged_while_the_answer_is_still_being_made(
    still: Running, held: HeldEngine
) -> None:
    user = still.friend()
    told = await still.line.user_says(still.central, user, ASK)
    assert [attempt.status for attempt in told.attempts] == [200]
    assert still.seen(user) == []
    held.let_go.set()
    assert await still.answers(told) == [ANSWER]


# Complaint: Only events[0] is handled; or the first event's user is taken for the whole batch.


@pytest.mark.usefixtures("shop")
async def test_every_event_of_a_request_is_handled_as_its_own_users(still: Running) -> None:
    people = [still.friend(name) for name in ("小明", "小美", "小華")]
    still.line.hold(still.central)
    for user in people:
        await still.line.user_says(still.central, user, ASK)
    newcomer = still.line.add_user("新朋友")
    await still.line.follow(still.central, newcomer)
    [request] = await still.line.release(still.central, batch_size=4)
    await still.settle()
    assert len(request.event_ids) == 4
    assert [still.seen(user) for user in people] == [[ANSWER]] * 3
    assert len(still.seen(newcomer)) >= 1


# Complaint: Duplicates after a redelivery; or losses, because an event was marked seen before it was durably accepted.


@pytest.mark.usefixtures("shop")
async def test_a_redelivery_is_not_answered_again(still: Running) -> None:
    user = still.friend()
    told = await still.line.user_says(still.central, user, ASK, copies=2)
    await still.settle()
    await still.line.deliver(told.occurrence)
    await still.settle()
    assert still.seen(user) == [ANSWER]


@pytest.mark.usefixtures("shop")
async def test_what_could_not_be_stored_is_not_taken_for_seen(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    user = still.friend()

    async def fail(*_: object) -> None:
        raise writer.StoreFailed("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(still.shopkeeper.inbox._store, "write", fail)
        told = await still.line.user_says(still.central, user, ASK)
    assert [attempt.status for attempt in told.attempts] == [503]
    [again] = await still.line.deliver(told.occurrence)
    await still.settle()
    assert again.status == 200
    assert still.seen(user) == [ANSWER]


# Complaint: One bad or unknown event in a batch loses the whole batch; a missing signature header fails with a 500.


def spoilt(event: dict[str, Any]) -> list[Any]:
    """Events that the official SDK's parser refuses, or that are no events at all."""
    without_id = {name: value for name, value in event.items() if name != "webhookEventId"}
    return [
        {**event, "mode": "tomorrow", "webhookEventId": "01A"},
        {**without_id, "replyToken": "x"},
        {"type": "hologram", "webhookEventId": "01B"},
        {"source": {"type": "planet"}},
        None,
        17,
    ]


@pytest.mark.usefixtures("shop")
async def test_bad_and_unknown_events_cost_the_others_nothing(still: Running) -> None:
    user = still.friend()
    still.line.hold(still.central)
    told = await still.line.user_says(still.central, user, ASK)
    event = told.occurrence.event
    body = webhook_body(still.central.bot_user_id, [*spoilt({**event, "source": {"type": "user"}}), event])
    attempt = await still.line.sender.post(still.central, body)
    await still.settle()
    assert attempt.status == 200
    assert len(await still.events()) == 7
    assert still.seen(user) == [ANSWER]


async def test_a_request_without_a_signature_is_refused_and_not_an_error(still: Running) -> None:
    async with aiohttp.ClientSession() as session, session.post(still.central.webhook_url or "", data=b"{}") as answer:
        assert answer.status == 401


# Complaint: Media downloaded before the 200; external content URLs fetched without SSRF protection.


@pytest.mark.usefixtures("shop")
async def test_a_picture_is_not_fetched_before_its_webhook_is_acknowledged(still: Running) -> None:
    still.line.fail(FaultMode.HANG, endpoint="content", seconds=5, times=None)
    told = await still.line.user_sends(still.central, still.friend(), IMAGE, data=b"\xff\xd8\xff")
    assert [attempt.status for attempt in told.attempts] == [200]
    still.line.faults.clear()
    assert len(await still.answers(told)) == 1
    assert any(call.path.endswith("/content") for call in still.line.platform.calls)


@pytest.fixture
async def trap() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server inside the network that nobody outside may reach through us: its URL, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret", asked
    server.close()


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
@pytest.mark.usefixtures("shop")
async def test_a_url_that_a_webhook_names_is_not_fetched(
    still: Running, trap: tuple[str, list[bytes]], kind: str
) -> None:
    url, asked = trap
    provider = {"type": "external", "originalContentUrl": url, "previewImageUrl": url}
    told = await still.line.user_sends(still.central, still.friend(), {"type": kind, "contentProvider": provider})
    assert len(await still.answers(told)) == 1
    assert asked == []
