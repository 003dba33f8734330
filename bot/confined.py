"""Processes for what strangers send: without our environment, bound in memory, time and files."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import sys
import sysconfig
from asyncio.subprocess import DEVNULL, PIPE, Process

from bot.uninterrupted import uninterrupted

_OPEN_FILES = 64
# Source: prctl(2).
_PR_SET_PDEATHSIG = 1
_PIECE = 256 * 1024


async def started(module: str, *arguments: str, longest_line: int) -> Process:
    """A process that runs `module` and speaks over stdin and stdout, in lines of `longest_line` bytes at most.

    A task that is cancelled meanwhile goes on once the process has ended: nobody else knows of it.
    """
    # Nothing of the environment: no secret of ours belongs in a process that reads strangers' files.
    environment = {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path) or os.getcwd(),
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR") or ""),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        # What was given back is really free: a page that is recognised takes 380 MB so, and 570 otherwise.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_TRIM_THRESHOLD_": "131072",
    }
    starting = asyncio.create_task(asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment,
        start_new_session=True, limit=longest_line,
    ))  # fmt: skip
    try:
        return await uninterrupted(starting)
    except asyncio.CancelledError:
        await uninterrupted(_end_started(starting))
        raise


async def feed(process: Process, head: bytes, data: bytes) -> None:
    """Write `head` and `data` to a process. One that has ended doesn't read on: its output tells what happened."""
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(head)
        for start in range(0, len(data), _PIECE):
            process.stdin.write(data[start : start + _PIECE])
            await process.stdin.drain()


async def line_of(process: Process) -> bytes:
    """The next line that a process writes; nothing where it has ended. Raises ValueError where it is too long."""
    return await process.stdout.readline() if process.stdout is not None else b""


async def ended(process: Process) -> None:
    """End a process and whatever it started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _end_started(starting: asyncio.Task[Process]) -> None:
    if starting.exception() is None:
        await ended(starting.result())


def bind(*, memory: int, cpu: int) -> None:
    """Bound this process: `memory` (bytes of address space), `cpu` (seconds), open files, and nothing on disk.

    On Linux it also ends when the process that started it does, however that comes to its end.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        allowed = resource.getrlimit(what)[1]
        bound = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (bound, bound))
