"""`/chat/v1/message/stream`: what is sent when, and what becomes of it when either side fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.clock import ManualClock
from bot.errors import PlatformError, Unavailable
from knowledge.answers import Answer, Outcome, Question
from knowledge.engine import Engine
from knowledge.errors import VendorInactive
from knowledge.routes import streaming
from knowledge.schemas.chat import ChatView
from tests.knowledge.routes.office import Office
from tests.support.vendors import Documented, add_documented
from tests.support.waiting import eventually

ASKED = "每月繳費日期是什麼時候？"
PATH = "/chat/v1/message/stream"
Events = list[tuple[str, Any]]


@pytest.fixture
async def documented(small_office: Office, clock: ManualClock) -> Documented:
    return await add_documented(small_office.database, clock, small_office.own)


@dataclass
class Held:
    """An engine that answers, or fails, when it is let."""

    outcome: Answer | Exception = field(default_factory=lambda: Answer("好。\n再見", Outcome.ANSWERED))
    free: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    cancelled: int = 0

    async def answer(self, _principal: object, _question: Question) -> Answer:
        self.asked += 1
        try:
            await self.free.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """The engine, held; a stream opens at once and shows signs of life all the time."""
    engine = Held()
    monkeypatch.setattr(Engine, "answer", lambda _self, *arguments: engine.answer(*arguments))
    for name in ("OPEN_AFTER", "BEAT_EVERY", "LOOK_EVERY"):
        monkeypatch.setattr(streaming, name, 0.01)
    return engine


@asynccontextmanager
async def stream(office: Office, vendor_id: int, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
    headers, body = {"X-API-Key": office.keys["own"]}, {"message": ASKED, "vendor_id": vendor_id, **more}
    async with office.session.post(office.url + PATH, headers=headers, json=body) as response:
        yield response


def events_of(text: str) -> Events:
    """The events of a whole stream; comments are passed over."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block and not block.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


async def test_the_checked_answer_comes_sentence_by_sentence_and_then_whole(
    small_office: Office, documented: Documented
) -> None:
    async with stream(small_office, documented.a, session_id="s") as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
        assert (response.headers["Cache-Control"], response.headers["X-Accel-Buffering"]) == ("no-store", "no")
        assert response.headers["X-Request-ID"]
        events = events_of(await response.text())
    assert [name for name, _ in events] == ["intent", "sources", "delta", "delta", "done"]
    whole = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == whole["answer"]
    assert events[0][1].items() <= whole.items()
    assert events[1][1] == {"sources": whole["sources"], "source_count": 1}
    assert (whole["vendor_id"], whole["session_id"]) == (documented.a, "s")


async def test_nothing_of_an_answer_is_shown_before_it_is_whole(
    small_office: Office, documented: Documented, held: Held
) -> None:
    async with stream(small_office, documented.a) as response:
        assert [await response.content.readline() for _ in range(4)] == [b": working\n", b"\n"] * 2
        held.free.set()
        events = events_of((await response.text()).lstrip())
    assert [data["text"] for name, data in events if name == "delta"] == ["好。\n", "再見"]


async def test_the_same_errors_have_the_same_status_as_without_a_stream(
    small_office: Office, documented: Documented, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "OPEN_AFTER", 60)
    held.free.set()
    for error in (VendorInactive(documented.a), Unavailable("later"), RuntimeError("the secret inside")):
        held.outcome = error
        async with stream(small_office, documented.a) as response:
            status = error.status if isinstance(error, PlatformError) else 500
            assert (response.status, response.content_type) == (status, "application/json")
            assert "inside" not in await response.text()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (VendorInactive(7), "業者未啟用: 7"),
        (Unavailable("later"), "later"),
        (RuntimeError("the secret inside"), "處理聊天請求失敗: 系統暫時無法處理，請稍後再試"),
    ],
)
async def test_an_error_in_an_open_stream_is_an_event(
    small_office: Office, documented: Documented, held: Held, error: Exception, told: str
) -> None:
    held.outcome = error
    async with stream(small_office, documented.a) as response:
        assert await response.content.readline() == b": working\n"
        held.free.set()
        rest = await response.text()
    assert events_of(rest[rest.index("event:") :]) == [("error", {"detail": told})]


async def test_an_answer_that_never_comes_ends_the_stream(
    small_office: Office, documented: Documented, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "ANSWER_SECONDS", 0.05)
    async with stream(small_office, documented.a) as response:
        text = await response.text()
    assert events_of(text)[-1] == ("error", {"detail": "The answer took too long. Please try again."})
    assert held.cancelled == 1


@pytest.mark.parametrize("opened", [True, False])
async def test_a_caller_who_leaves_ends_the_work(
    small_office: Office, documented: Documented, held: Held, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    monkeypatch.setattr(streaming, "OPEN_AFTER", 0.01 if opened else 60)

    async def asking() -> None:
        async with stream(small_office, documented.a) as response:
            await response.text()

    task = asyncio.create_task(asking())
    await eventually(lambda: held.asked == 1)
    task.cancel()
    await eventually(lambda: held.cancelled == 1)
    held.free.set()
    async with stream(small_office, documented.a) as response:
        assert response.status == 200


async def test_a_caller_who_reads_nothing_holds_nothing_for_long(
    small_office: Office, documented: Documented, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, end = asyncio.Event(), streaming._end

    async def tell(task: asyncio.Task[ChatView]) -> None:
        await end(task)
        ended.set()

    monkeypatch.setattr(streaming, "_end", tell)
    monkeypatch.setattr(streaming, "WRITE_SECONDS", 0.2)
    held.outcome = Answer("字" * 4_000_000, Outcome.ANSWERED)
    async with stream(small_office, documented.a) as response:
        assert await response.content.readline() == b": working\n"
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.pause_reading()
        held.free.set()
        await ended.wait()
        response.connection.transport.resume_reading()
        with pytest.raises(aiohttp.ClientError):
            await response.read()
