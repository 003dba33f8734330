"""`/healthz` (the process answers), `/readyz` (what it needs answers too), `/metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot import metrics as exposition
from bot.errors import Unavailable
from bot.logging import get_logger
from bot.metrics import Metrics
from bot.web.responses import json_response
from bot.web.surface import Route, Surface

logger = get_logger(__name__)

Check = Callable[[], Awaitable[object]]
CHECK_SECONDS = 2.0

HEALTH = Surface("health", "/")


def health_routes(
    metrics: Metrics,
    checks: Mapping[str, Check],
    *,
    check_seconds: float = CHECK_SECONDS,
    refresh: Check | None = None,
) -> list[Route]:
    """The three routes. A check passes by returning within `check_seconds`, and fails by raising.

    `refresh` brings gauges up to date before they are exposed; where it fails they stay as they were.
    """

    async def alive(_request: web.Request) -> web.Response:
        return json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        passed = await asyncio.gather(*(_passes(name, check, check_seconds) for name, check in checks.items()))
        states = {name: "ok" if good else "failing" for name, good in zip(checks, passed, strict=True)}
        status = web.HTTPOk.status_code if all(passed) else Unavailable.status
        return json_response({"status": "ok" if all(passed) else "failing", "checks": states}, status=status)

    async def exposed(_request: web.Request) -> web.Response:
        if refresh is not None:
            await _passes("metrics", refresh, check_seconds)
        return web.Response(body=metrics.render(), headers={"Content-Type": exposition.CONTENT_TYPE})

    return [
        HEALTH.route("GET", "/healthz", alive),
        HEALTH.route("GET", "/readyz", ready),
        HEALTH.route("GET", "/metrics", exposed),
    ]


async def _passes(name: str, check: Check, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever a store's driver raises means that it isn't ready
        logger.warning("readiness_check_failed", check=name, error=type(error).__name__)
        return False
    return True
