"""Processes of the product at the price of a fork, for tests that start many."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.code import ROOT
from tests.support.servers import ProductProcess, ends_with_this_process

LOOK_AGAIN_SECONDS = 0.01


class Nursery:
    """The process that forks; one for all tests of this process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [*ends_with_this_process(), sys.executable, "-m", "tests.support.nursery"],
            cwd=ROOT,
            # More threads than one would not survive the fork.
            env={"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._process.kill)

    def order(self, **order: Any) -> Any:
        """What it answers to an order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


@cache
def nursery() -> Nursery:
    """The nursery of this process, which takes some seconds to load when it is first needed."""
    return Nursery()


class Forked:
    """What `ProductProcess` needs of a `Popen`."""

    def __init__(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, outputs: Sequence[Path]
    ) -> None:
        out, err = (str(path) for path in outputs)
        order = {
            "arguments": arguments,
            "environment": dict(environment),
            "folder": str(folder),
            "out": out,
            "err": err,
        }
        self.pid: int = nursery().order(fork=order)

    def poll(self) -> int | None:
        status: int | None = nursery().order(poll=self.pid)
        return status

    def wait(self, timeout: float) -> int:
        """The exit status. Raises TimeoutExpired when it goes on."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("shopkeeper", timeout)
            time.sleep(LOOK_AGAIN_SECONDS)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkedProcess(ProductProcess):
    """`shopkeeper <arguments>` in a process that had loaded it before."""

    def _start(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Forked:
        for path in self._files:
            path.touch()
        return Forked(arguments, environment=environment, folder=folder, outputs=self._files)
