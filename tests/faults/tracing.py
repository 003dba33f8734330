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
def tracing(to: Path, *pids: int) -> Iterator[None]:
    """Write what these processes and their later children ask to the file `to`, until the block ends."""
    options = ["-f", "-y", "-ttt", "-T", "-s", str(MOST_BYTES), "-e", f"trace={CALLS}", "-o", str(to)]
    attach = [part for pid in pids for part in ("-p", str(pid))]
    with subprocess.Popen([str(strace()), *options, *attach], stderr=subprocess.PIPE, text=True) as tracer:
        try:
            assert tracer.stderr is not None
            for _ in pids:
                if "attached" not in (said := tracer.stderr.readline()):
                    pytest.skip(f"strace may not attach to processes here: {said}")
            yield
        finally:
            tracer.terminate()


def with_children(pid: int) -> list[int]:
    """A process and those that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [pid, *map(int, children.split())]


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
