"""Server processes of a test session: started from wheels, ended by their own id, never left behind."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 10


class ServerProcess:
    """A server on this machine that lives as long as the test session.

    `stop_signal` is how it is asked to end; the kernel sends it as well when the test process dies
    without a chance to say goodbye. `user` is the numeric user to run as; None keeps the own one.
    """

    def __init__(
        self, command: Sequence[str], log: Path, *, stop_signal: signal.Signals, user: int | None = None
    ) -> None:
        self._log = log
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*_tied_to_this_process(stop_signal), *command],
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready()` is true; raise RuntimeError with the log where the server gave up first."""
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self._log.read_text(errors='replace')}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process.poll() is not None:
            return
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)


def _tied_to_this_process(stop_signal: signal.Signals) -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"] if setpriv else []
