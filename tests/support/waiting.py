"""Waiting for what another task or process does, without a guess at how long it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.01


async def eventually(holds: Callable[[], Awaitable[bool] | bool]) -> None:
    """Return once `holds()` is true. Raises TimeoutError when that takes far too long."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            held = holds()
            if held if isinstance(held, bool) else await held:
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
