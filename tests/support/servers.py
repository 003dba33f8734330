"""The product as its users run it: the `shopkeeper` command in processes with an environment of their own."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from bot.line.simulator import Channel

COMMAND = Path(sys.executable).with_name("shopkeeper")
START_SECONDS = 60
STOP_SECONDS = 10
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def environment_of(folder: Path, **variables: str | None) -> dict[str, str]:
    """A process's whole environment: nothing of the machine's but what it takes to run at all."""
    given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "LOG_LEVEL": "INFO"}
    return given | {name: value for name, value in variables.items() if value is not None}


def secrets_of(channel: Channel) -> dict[str, str]:
    """The variables without which nothing starts, for the central channel that is given."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LINE_CHANNEL_SECRET": channel.secret,
        "LINE_CHANNEL_ACCESS_TOKEN": channel.access_token,
    }


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_command(
    *arguments: str, environment: Mapping[str, str], folder: Path, seconds: float = START_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run `shopkeeper` with these arguments to its end."""
    return subprocess.run(
        [str(COMMAND), *arguments],
        env=dict(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
    )


class Process(Protocol):
    """What is needed of a `Popen`."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float) -> int: ...

    def send_signal(self, number: signal.Signals, /) -> None: ...

    def kill(self) -> None: ...

    def terminate(self) -> None: ...


class ProductProcess:
    """`shopkeeper <arguments>`, running; its output goes to files in `folder`."""

    def __init__(self, *arguments: str, environment: Mapping[str, str], folder: Path) -> None:
        self._files = [folder / f"{secrets.token_hex(4)}.{kind}" for kind in ("out", "err")]
        self._process = self._start(arguments, environment, folder)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> str:
        """What it wrote to stdout so far."""
        return self._files[0].read_text(encoding="utf-8", errors="replace")

    @property
    def log(self) -> str:
        """What it wrote to stderr so far."""
        return self._files[1].read_text(encoding="utf-8", errors="replace")

    @property
    def addresses(self) -> list[str]:
        """The addresses that it told people of, once it is ready."""
        return _ADDRESS.findall(self._said())

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self.addresses[-1]

    def wait_ready(self) -> ProductProcess:
        """Return once it says that it listens or works; raise RuntimeError with its log when it doesn't."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.status is not None or time.monotonic() > deadline:
                raise RuntimeError(f"not ready, status {self.status}:\n{self.log}{self.output}")
            time.sleep(0.02)
        return self

    async def ready(self) -> ProductProcess:
        """The same without holding up the event loop."""
        return await asyncio.to_thread(self.wait_ready)

    def kill(self) -> None:
        """End it as a crash of the process would."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def ask_to_end(self) -> None:
        self._process.terminate()

    async def end(self, *, within: float = STOP_SECONDS + 2) -> int:
        """Ask it to end and return its exit status. Raises TimeoutExpired when it doesn't."""
        self.ask_to_end()
        return await asyncio.to_thread(self._process.wait, within)

    def close(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        if self.status is None:
            self.thaw()
            self.kill()

    def _start(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Process:
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            return subprocess.Popen(
                [*ends_with_this_process(), str(COMMAND), *arguments],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def _said(self) -> str:
        """What is meant for people: neither logs nor an unfinished line."""
        lines = (self.log + self.output).splitlines(keepends=True)
        return "".join(line for line in lines if line.endswith("\n") and not line.startswith("{"))

    def _is_ready(self) -> bool:
        said = self._said()
        return "works the jobs" in said or bool(_ADDRESS.search(said))


def ends_with_this_process() -> list[str]:
    """The kernel ends the process when the test process dies without a chance to say goodbye."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
