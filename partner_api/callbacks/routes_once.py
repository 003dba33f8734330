"""Answers of POSTs that take an Idempotency-Key, and the lanes that are woken once they are committed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.idempotency import Answer
from bot.web.once import answered_once
from partner_api.api import Api
from partner_api.keys.routes_surface import CALLER

V1 = "/api/partner/v1"
# What is answered, and which lanes have something due now.
Done = tuple[msgspec.Struct, Sequence[str]]


async def once(
    api: Api, request: web.Request, work: Callable[[AsyncSession], Awaitable[Done]], *, status: int = 200
) -> web.Response:
    """Run `work` in a transaction under the caller's idempotency key, if there is one, and wake what it begins."""
    lanes: list[str] = []

    async def answered(session: AsyncSession) -> Answer:
        shown, due = await work(session)
        lanes.extend(due)
        return Answer(status, msgspec.json.encode(shown))

    # By path: the same body may be meant for two deliveries.
    route = f"{request.method} {request.path.removeprefix(V1)}"
    scope = f"{request[CALLER].idempotency_scope}:{route}"
    response = await answered_once(request, api.idempotency, scope=scope, work=answered)
    if lanes:
        api.wake(lanes)
    return response
