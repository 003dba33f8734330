"""Answers of requests that take an Idempotency-Key."""

from __future__ import annotations

from aiohttp import web

from bot.web.idempotency import REPLAYED_HEADER, Answer, Idempotency, KeyedRequest, Work, idempotency_key
from bot.web.requests import read_body
from bot.web.responses import JSON_TYPE


async def answered_once(
    request: web.Request, idempotency: Idempotency, *, scope: str, work: Work, digest: str | None = None
) -> web.Response:
    """What `work` answers, done once for the caller's key where the request carries one.

    `scope` names credential and route; `digest` is the body's where it was computed already. Raises what
    `Idempotency.run` raises.
    """
    key = idempotency_key(request.headers)
    body = await read_body(request) if digest is None else b""
    return once_response(await idempotency.run(KeyedRequest(scope, key, body, digest=digest), work))


def once_response(answer: Answer) -> web.Response:
    """An answer that may hold secrets, so nobody on its way keeps it, and that tells whether it is a repetition."""
    headers = {"Cache-Control": "no-store"} | ({REPLAYED_HEADER: "true"} if answer.replayed else {})
    return web.Response(body=answer.body, status=answer.status, headers=headers, content_type=JSON_TYPE)
