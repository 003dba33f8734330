"""The HTTP edge of the Messaging API, where faults strike."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from bot.line.simulator.api.messaging import MessagingApi
from bot.line.simulator.api.wire import ApiAnswer, ApiRequest
from bot.line.simulator.faults import Fault, FaultMode
from bot.line.simulator.model import ApiCall
from bot.line.simulator.world import World


class ApiRoutes:
    """One handler for every path of api.line.me and api-data.line.me."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closing = asyncio.Event()

    @property
    def _api(self) -> MessagingApi:
        return self._world.api

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/v2/{tail:.*}", self.answer)

    async def close(self, _app: web.Application) -> None:
        """Let hanging requests go, so that the server can stop."""
        self._closing.set()

    async def answer(self, http: web.Request) -> web.Response:
        started = time.perf_counter()
        headers = {name.lower(): value for name, value in http.headers.items()}
        request = ApiRequest(http.method, http.path, headers, await http.read())
        call = self._api.open_call(request)
        fault = self._world.faults.take(self._api.endpoint_name(request.method, request.path), call.channel_id)
        answer = None if fault and not fault.accepts else await self._api.handle(request, call)
        if fault:
            call.fault = fault.mode.value
            answer = await self._spoilt(fault, answer)
        self._api.close_call(call, answer, started=started)
        return _response(answer) if answer else _dropped(http, call)

    async def _spoilt(self, fault: Fault, answer: ApiAnswer | None) -> ApiAnswer | None:
        """What the caller gets instead; None where the connection is cut."""
        if fault.mode in (FaultMode.HANG, FaultMode.SLOW, FaultMode.ACCEPT_THEN_HANG):
            await self._pause(fault.seconds)
        match fault.mode:
            case FaultMode.SLOW:
                return answer
            case FaultMode.STATUS | FaultMode.ACCEPT_THEN_STATUS:
                request_ids = answer.headers if answer else {}
                return ApiAnswer(fault.status, {"message": fault.message or _message(fault.status)}, request_ids)
            case _:
                return None

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return


def _message(status: int) -> str:
    return {
        401: "Authentication failed. Confirm that the access token in the authorization header is valid.",
        403: "Access to this API is not available for your account",
        429: "The API rate limit has been exceeded. Try again later.",
    }.get(status, "Internal Server Error")


def _response(answer: ApiAnswer) -> web.Response:
    return web.Response(
        status=answer.status, body=answer.body, content_type=answer.content_type, headers=answer.headers
    )


def _dropped(http: web.Request, call: ApiCall) -> web.Response:
    if http.transport:
        http.transport.abort()
    # aiohttp wants a response; nobody is there to read it.
    return web.Response(status=500, headers={"x-line-request-id": call.request_id})
