"""A process that has loaded the product and forks one that runs it whenever it is asked to.

Loading takes seconds, and tests of crashes start dozens. Orders come as lines of JSON on stdin, and each is
answered by one on stdout (`tests.support.forked`).
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import bot.cli.processes
import bot.line.sdk_client  # noqa: F401 - loaded by name where it is needed
from bot import cli
from knowledge.engine import Engine
from tests.support import breakpoints
from tests.support.encoder import shared_encoder

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Work orders until stdin ends."""
    shared_encoder().encode(["先載入"])
    breakpoints.keyword_defaults(Engine)["make_encoder"] = shared_encoder
    gc.collect()
    gc.freeze()
    statuses: dict[int, int] = {}
    for line in sys.stdin.buffer:
        order = json.loads(line)
        answer = _fork(order["fork"]) if "fork" in order else _status(order["poll"], statuses)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _fork(order: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(order)
    return pid


def _become(order: Mapping[str, Any]) -> NoReturn:
    """Be `shopkeeper` with these arguments, environment, folder and outputs."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    for number, (path, flags) in enumerate(
        ((os.devnull, os.O_RDONLY), (order["out"], os.O_WRONLY), (order["err"], os.O_WRONLY))
    ):
        os.dup2(os.open(path, flags), number)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    status = 1
    try:
        if breakpoints.BRISK in os.environ:
            breakpoints.hurry()
        if owner := os.environ.get(breakpoints.OWNER):
            breakpoints.own_lanes_as(owner)
        if control := os.environ.get(breakpoints.CONTROL):
            breakpoints.install(Path(control))
        sys.argv = ["shopkeeper", *order["arguments"]]
        cli.main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _status(pid: int, statuses: dict[int, int]) -> int | None:
    """How a process ended; None while it runs."""
    if pid not in statuses:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            return None
        statuses[pid] = os.waitstatus_to_exitcode(status)
    return statuses[pid]


if __name__ == "__main__":
    main()
