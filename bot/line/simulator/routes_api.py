"""The HTTP edge of the Messaging API: one handler for every path of api.line.me and api-data.line.me."""

from __future__ import annotations

from aiohttp import web

from bot.line.simulator.api.wire import ApiRequest
from bot.line.simulator.world import World


class ApiRoutes:
    def __init__(self, world: World) -> None:
        self._gate = world.gate

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/v2/{tail:.*}", self.answer)

    async def close(self, _app: web.Application) -> None:
        """Let hanging requests go, so that the server can stop."""
        self._gate.close()

    async def answer(self, http: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in http.headers.items()}
        answer = await self._gate.answer(ApiRequest(http.method, http.path, headers, await http.read()))
        if answer:
            return web.Response(
                status=answer.status, body=answer.body, content_type=answer.content_type, headers=answer.headers
            )
        if http.transport:
            http.transport.abort()
        # aiohttp wants a response; nobody is there to read it.
        return web.Response(status=500)
