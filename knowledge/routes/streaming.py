"""An answer as server-sent events.

The engine checks an answer as a whole before any of it may be seen, so what streams is the checked
answer, sentence by sentence. Until it is there, comments keep the connection alive.

Source: WHATWG HTML, "Server-sent events" (`text/event-stream`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import msgspec
from aiohttp import web

from bot.errors import PlatformError, Unavailable
from bot.logging import get_logger
from bot.web.requests import ClientDisconnected
from bot.web.surface import Limits, Surface
from knowledge import sentences
from knowledge.routes.surface import CHAT_LIMITS
from knowledge.schemas.chat import ChatView

# What fails sooner is told by an ordinary status; after that the stream is open.
OPEN_AFTER = 1.0
BEAT_EVERY = 10.0
LOOK_EVERY = 0.25
ANSWER_SECONDS = 60.0
WRITE_SECONDS = 10.0
# The handler keeps the deadlines above: once a stream is open, nobody else may answer in its place.
STREAM_LIMITS = Limits(CHAT_LIMITS.body_bytes, CHAT_LIMITS.body_seconds)
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # Proxies such as nginx would collect the whole stream before passing it on.
    "X-Accel-Buffering": "no",
}

log = get_logger(__name__)


async def streamed(request: web.Request, surface: Surface, work: Coroutine[Any, Any, ChatView]) -> web.StreamResponse:
    """Run `work` and send what it brings: `intent`, `sources`, `delta` for each sentence, `done`; or `error`.

    Raises what `work` raises, and ClientDisconnected, as long as nothing has been sent. When the caller
    goes away, the work ends.
    """
    task, response = asyncio.create_task(work), web.StreamResponse(headers=HEADERS)
    try:
        await _work(request, task, response)
        error = _error_of(task)
        if error is None:
            await _send(request, response, *_events(task.result()))
        elif response.prepared:
            await _send(request, response, _event("error", surface.envelope(_told(error))))
        else:
            raise error
        async with asyncio.timeout(WRITE_SECONDS):
            await response.write_eof()
    except (ClientDisconnected, ConnectionError, TimeoutError):
        if not response.prepared:
            raise
        # Nobody reads any more, or reads so slowly that it comes to the same.
        if request.transport is not None:
            request.transport.abort()
    finally:
        await _end(task)
    return response


async def _work(request: web.Request, task: asyncio.Task[ChatView], response: web.StreamResponse) -> None:
    """Wait for the work to end, with a sign of life now and then. Raises ClientDisconnected."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    beat = started + OPEN_AFTER
    while not (await asyncio.wait([task], timeout=LOOK_EVERY))[0]:
        if request.transport is None or request.transport.is_closing():
            raise ClientDisconnected
        now = loop.time()
        if now >= beat:
            await _send(request, response, b": working\n\n")
            beat = now + BEAT_EVERY
        if now - started > ANSWER_SECONDS:
            task.cancel()


async def _send(request: web.Request, response: web.StreamResponse, *events: bytes) -> None:
    """Write, opening the stream where that is still to be done."""
    async with asyncio.timeout(WRITE_SECONDS):
        if not response.prepared:
            await response.prepare(request)
        for event in events:
            await response.write(event)


async def _end(task: asyncio.Task[ChatView]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _events(view: ChatView) -> Iterator[bytes]:
    yield _event("intent", view.intent)
    yield _event("sources", view.shown_sources)
    for sentence in sentences.split(view.answer):
        yield _event("delta", {"text": sentence})
    yield _event("done", view)


def _event(name: str, data: object) -> bytes:
    """One event. JSON holds no line end, so its data is one line."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


def _error_of(task: asyncio.Task[ChatView]) -> BaseException | None:
    return Unavailable("The answer took too long. Please try again.") if task.cancelled() else task.exception()


def _told(error: BaseException) -> PlatformError:
    if isinstance(error, PlatformError) and error.status != PlatformError.status:
        return error
    log.error("chat_stream_failed", exc_info=error)
    return PlatformError()
