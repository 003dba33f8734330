"""The chat page: static files, texts and live changes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.line.simulator.model import ApiCall, JsonObject, Message, WebhookAttempt
from bot.line.simulator.routes_control import PREFIX
from bot.line.simulator.views import directory_view, entry_view, loading_view
from bot.line.simulator.world import World
from bot.texts import Language, catalogue

STATIC = Path(str(files("bot.line.simulator").joinpath("static")))
SECTION = "simulator."
QUEUE_LIMIT = 5000
HEARTBEAT_SECONDS = 15.0
END = ""


class PageRoutes:
    def __init__(self, world: World) -> None:
        self._world = world
        self._streams: set[asyncio.Queue[str]] = set()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self.page)
        app.router.add_get(f"{PREFIX}/texts", self.texts)
        app.router.add_get(f"{PREFIX}/stream", self.stream)
        app.router.add_static("/static/", STATIC)

    async def close(self, _app: web.Application) -> None:
        """End the open streams, so that the server can stop."""
        for queue in self._streams:
            _put(queue, END)

    async def page(self, _http: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    async def texts(self, http: web.Request) -> web.Response:
        """The page's texts; `?lang=en` for English."""
        language = Language.EN if http.query.get("lang", "").startswith("en") else Language.ZH_TW
        texts = {
            key.removeprefix(SECTION): text for key, text in catalogue(language).items() if key.startswith(SECTION)
        }
        return web.json_response({"language": language.value, "texts": texts})

    async def stream(self, http: web.Request) -> web.StreamResponse:
        """Changes as server-sent events. A reader that is too slow is let go; the page then reloads."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_LIMIT)
        self._streams.add(queue)
        stop = self._world.platform.subscribe(lambda kind, thing: _put(queue, self._news(kind, thing)))
        try:
            await response.prepare(http)
            await response.write(b": connected\n\n")
            while (item := await _next(queue)) != END:
                await response.write(item.encode())
        except ConnectionError:
            # The page was closed or reloaded: the ordinary end of a stream.
            return response
        finally:
            stop()
            self._streams.discard(queue)
        return response

    def _news(self, kind: str, thing: Any) -> str:
        platform, view = self._world.platform, None
        match thing:
            case Message():
                view = asdict(thing)
            case WebhookAttempt() | ApiCall():
                view = entry_view(thing)
            case (str(), str()):
                view = loading_view(platform, thing)
            case _:
                view = directory_view(platform, self._world.sender)
        return _event(kind, view)


async def _next(queue: asyncio.Queue[str]) -> str:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await queue.get()
    except TimeoutError:
        return ": still here\n\n"


def _event(kind: str, view: JsonObject) -> str:
    return f"event: {kind}\ndata: {json.dumps(view, ensure_ascii=False)}\n\n"


def _put(queue: asyncio.Queue[str], item: str) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        item = END
    queue.put_nowait(item)
