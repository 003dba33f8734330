"""What a process asked of the kernel, in order, as strace tells it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync"
MOST_BYTES = 65_536
TRIES = 5
_LINE = re.compile(r"^(?P<pid>\d+)\s+(?P<at>\d+\.\d+) (?P<rest>.*)$")
_CALL = re.compile(
    r"^(?P<name>\w+)\((?P<fd>\d+<[^>]*>)?(?P<arguments>.*?)\)?\s*(?:= (?P<result>-?\d+).*?)?(?:<(?P<took>[\d.]+)>)?$"
)
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"^<\.\.\. \w+ resumed>")


@dataclass(frozen=True)
class Call:
    """`began` and `ended` are seconds on the machine's clock; `target` is the file or socket."""

    name: str
    target: str
    arguments: str
    began: float
    ended: float


def strace() -> str | None:
    """The program, where it is installed."""
    return shutil.which("strace")


@contextmanager
def tracing(to: Path, pid: int, *, children: bool = False) -> Iterator[None]:
    """Write what a process and its later children ask to the file `to`, until the block ends.

    `children`: what its present children ask, too.
    """
    tracer = _attached(to, pid, children=children)
    try:
        yield
    finally:
        tracer.terminate()
        tracer.communicate()


def _attached(to: Path, pid: int, *, children: bool) -> subprocess.Popen[str]:
    options = ["-f", "-y", "-ttt", "-T", "-s", str(MOST_BYTES), "-e", f"trace={CALLS}", "-o", str(to)]
    said = ""
    for _ in range(TRIES):
        pids = [pid, *_children(pid)] if children else [pid]
        attach = [part for one in pids for part in ("-p", str(one))]
        tracer = subprocess.Popen([str(strace()), *options, *attach], stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        for _ in pids:
            said = tracer.stderr.readline()
            if "attached" not in said:
                # Some child has just ended, or tracing isn't allowed at all.
                tracer.terminate()
                tracer.communicate()
                break
        else:
            return tracer
    pytest.skip(f"strace may not attach to processes here: {said}")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def read_trace(path: Path) -> list[Call]:
    """The calls in the order in which they ended; those that never did are left out."""
    return sorted(_calls(path.read_text(encoding="latin-1").splitlines()), key=lambda call: call.ended)


def _calls(lines: Sequence[str]) -> Iterator[Call]:
    open_calls: dict[str, tuple[float, str]] = {}
    for line in lines:
        if (found := _LINE.match(line)) is None:
            continue
        pid, at, rest = found["pid"], float(found["at"]), found["rest"]
        if rest.endswith(_UNFINISHED):
            open_calls[pid] = (at, rest.removesuffix(_UNFINISHED))
            continue
        if resumed := _RESUMED.match(rest):
            at, begun = open_calls.pop(pid, (at, ""))
            rest = begun + rest[resumed.end() :]
        call = _CALL.match(rest)
        if call is not None and call["took"] is not None and int(call["result"] or -1) >= 0:
            yield Call(call["name"], call["fd"] or "", call["arguments"], at, at + float(call["took"]))
