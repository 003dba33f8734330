"""Other people's programs, run beside a server that lives in the test's own process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import ends_with_this_process, environment_of


@dataclass(frozen=True)
class Finished:
    """How a program ended, and everything that it said."""

    status: int
    said: str


@dataclass(frozen=True)
class Listening:
    """A program that runs; `lines` waits for what it says."""

    process: asyncio.subprocess.Process
    stream: asyncio.StreamReader

    async def line(self, beginning: str, *, within: float = 30) -> str:
        """The next line that begins like this. Raises AssertionError where the program ends before."""
        async with asyncio.timeout(within):
            while line := (await self.stream.readline()).decode():
                # PHP's server puts the time before what a script says.
                if (at := line.find(beginning)) >= 0:
                    return line[at:].rstrip("\n")
        raise AssertionError(f"it ended without a line that begins with {beginning!r}")


async def finished(
    *command: str | os.PathLike[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Finished:
    """Run a program to its end in `folder`."""
    process = await _start(*command, folder=folder, environment=environment)
    try:
        said, _ = await process.communicate()
    finally:
        _kill(process)
    return Finished(process.returncode or 0, said.decode(errors="replace"))


@asynccontextmanager
async def listening(
    *command: str | os.PathLike[str], folder: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Listening]:
    """A program that runs until the block ends."""
    process = await _start(*command, folder=folder, environment=environment)
    assert process.stdout is not None
    try:
        yield Listening(process, process.stdout)
    finally:
        _kill(process)
        await process.wait()


async def _start(
    *command: str | os.PathLike[str], folder: Path, environment: Mapping[str, str] | None
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *ends_with_this_process(),
        *command,
        cwd=folder,
        env=environment_of(folder) if environment is None else environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
