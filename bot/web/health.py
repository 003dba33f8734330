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
        failed = await _failures(checks, check_seconds)
        states = {name: "failing" if name in failed else "ok" for name in checks}
        status = Unavailable.status if failed else web.HTTPOk.status_code
        return json_response({"status": "failing" if failed else "ok", "checks": states}, status=status)

    async def exposed(_request: web.Request) -> web.Response:
        if refresh is not None:
            await _failures({"metrics": refresh}, check_seconds)
        return web.Response(body=metrics.render(), headers={"Content-Type": exposition.CONTENT_TYPE})

    return [
        HEALTH.route("GET", "/healthz", alive),
        HEALTH.route("GET", "/readyz", ready),
        HEALTH.route("GET", "/metrics", exposed),
    ]


async def _failures(checks: Mapping[str, Check], seconds: float) -> dict[str, BaseException]:
    """What went wrong with each check that failed; whatever a driver raises counts, and silence too."""
    waits = (asyncio.wait_for(check(), seconds) for check in checks.values())
    results = zip(checks, await asyncio.gather(*waits, return_exceptions=True), strict=True)
    failed = {name: error for name, error in results if isinstance(error, BaseException)}
    for name, error in failed.items():
        logger.warning("readiness_check_failed", check=name, error=type(error).__name__)
    return failed
