"""The door of the Messaging API: every call is logged here, and faults strike here."""

from __future__ import annotations

import asyncio
import time

from bot.line.simulator.api.messaging import MessagingApi
from bot.line.simulator.api.wire import ApiAnswer, ApiRequest
from bot.line.simulator.faults import Fault, FaultMode, Faults


class Gate:
    """Lets requests through to the API, or spoils them as the faults say."""

    def __init__(self, api: MessagingApi, faults: Faults) -> None:
        self._api = api
        self._faults = faults
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let hanging requests go, so that a server can stop."""
        self._closing.set()

    async def answer(self, request: ApiRequest) -> ApiAnswer | None:
        """What the caller gets; None where the connection is cut without an answer."""
        started = time.perf_counter()
        call = self._api.open_call(request)
        fault = self._faults.take(self._api.endpoint_name(request.method, request.path), call.channel_id)
        answer = None if fault and not fault.accepts else await self._api.handle(request, call)
        if fault:
            call.fault = fault.mode.value
            answer = await self._spoilt(fault, answer, request_id=call.request_id)
        self._api.close_call(call, answer, started=started)
        return answer

    async def _spoilt(self, fault: Fault, answer: ApiAnswer | None, *, request_id: str) -> ApiAnswer | None:
        if fault.mode in (FaultMode.HANG, FaultMode.SLOW, FaultMode.ACCEPT_THEN_HANG):
            await self._pause(fault.seconds)
        match fault.mode:
            case FaultMode.SLOW:
                return answer
            case FaultMode.STATUS | FaultMode.ACCEPT_THEN_STATUS:
                content = {"message": fault.message or _message(fault.status)}
                wait = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
                return ApiAnswer(fault.status, content, {"x-line-request-id": request_id, **wait})
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
