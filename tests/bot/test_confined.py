from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from bot import confined
from tests.support.waiting import eventually


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


async def test_a_process_ends_with_the_one_that_started_it() -> None:
    parent = (
        "import os, subprocess, sys\n"
        "code = 'from bot.confined import bind; bind(memory=2**33, cpu=60); print(1, flush=True); input()'\n"
        "child = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); os.read(0, 1)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", parent, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    child = int(await process.stdout.readline())
    process.kill()
    await process.wait()
    await eventually(lambda: has_ended(child))


def has_ended(process: int) -> bool:
    """Whether it is gone, or waits for somebody to ask how it ended."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return told.rpartition(")")[2].split()[0] == "Z"
