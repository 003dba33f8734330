"""The simulator as one aiohttp application: the Messaging API, the control API and the chat page."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot.line.simulator.guide import Guide
from bot.line.simulator.platform import Platform
from bot.line.simulator.routes_api import ApiRoutes
from bot.line.simulator.routes_control import ControlRoutes, plain_errors
from bot.line.simulator.routes_guide import GuideRoutes
from bot.line.simulator.routes_page import PageRoutes
from bot.line.simulator.world import World

WORLD: web.AppKey[World] = web.AppKey("world", World)
GUIDE: web.AppKey[GuideRoutes] = web.AppKey("guide", GuideRoutes)
MAX_UPLOAD = 20 * 1024 * 1024


def create_simulator(platform: Platform, *, guide: Guide | None = None) -> web.Application:
    """The application to run; `app[WORLD]` holds its parts.

    Bots call it in place of both api.line.me and api-data.line.me. The host adds channels and users to
    `platform.directory` before or while it runs.
    """
    app = web.Application(client_max_size=MAX_UPLOAD, middlewares=[plain_errors])
    world = app[WORLD] = World(platform)
    api, page = ApiRoutes(world), PageRoutes(world)
    guided = app[GUIDE] = GuideRoutes(world, guide)
    for routes in (api, ControlRoutes(world), guided, page):
        routes.add_to(app)
    app.on_shutdown.append(api.close)
    app.on_shutdown.append(page.close)
    app.cleanup_ctx.append(_sending)
    return app


async def _sending(app: web.Application) -> AsyncIterator[None]:
    await app[WORLD].sender.open()
    yield
    await app[WORLD].sender.close()
