from __future__ import annotations

import asyncio
import os

import pytest

from bot import confined


def children() -> set[str]:
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listed:
        return set(listed.read().split())


@pytest.mark.parametrize("steps", range(6))
async def test_a_start_that_is_given_up_leaves_no_process_behind(steps: int) -> None:
    before = children()
    starting = asyncio.create_task(confined.started("http.server", "0", longest_line=1000))
    for _ in range(steps):
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert children() <= before
