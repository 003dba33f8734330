"""The process that reads images: `python -m knowledge.media.child IDLE_SECONDS`.

It loads the models once, which takes about a second, and then reads each image in a copy of itself
(a fork): a hostile image costs that copy, which knows no other customer's image and takes its memory
along when it ends. Its input is a JSON line (`Request`) and the image's bytes, again and again; its
output a JSON line (`Answer`) each. It ends when nothing came for `IDLE_SECONDS`, or its input ends.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import warnings
from typing import BinaryIO, NoReturn

import msgspec

from bot.confined import bind
from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.images import opened
from knowledge.media.recognition import engine, recognised
from knowledge.media.wire import Answer, Request

_PIECE = 64 * 1024
_POLITELY = 10
_LONGEST_ANSWER = 512 * 1024
_OUT_OF_TIME = frozenset({signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL})


def read(data: bytes) -> Answer:
    """Read one image in this process; whatever is wrong with it is an answer."""
    try:
        found = recognised(opened(data))
    except ImageRefused as refused:
        return Answer(refused=refused.refusal, values=refused.values)
    except Exception as error:  # noqa: BLE001 - a broken image makes decoders raise anything; the reader logs which
        return Answer(refused=ImageRefusal.UNREADABLE, cause=type(error).__name__)
    return Answer(found.text, round(found.confidence, 3))


def apart(request: Request, data: bytes) -> Answer:
    """Read one image in a copy of this process, bound in memory and time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(request, data, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        raw = pipe.read(_LONGEST_ANSWER)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 0:
        return msgspec.json.decode(raw, type=Answer)
    refused = ImageRefusal.TOO_SLOW if -status in _OUT_OF_TIME else ImageRefusal.UNREADABLE
    return Answer(refused=refused, cause=f"status {status}")


def _answer(request: Request, data: bytes, writing: int) -> NoReturn:
    status = 1
    try:
        bind(memory=request.memory, cpu=request.cpu)
        signal.alarm(request.seconds)
        raw = msgspec.json.encode(read(data))
        for start in range(0, len(raw), _PIECE):
            os.write(writing, raw[start : start + _PIECE])
        status = 0
    finally:
        # Without the parent's cleaning up: what it would flush or close is the parent's.
        os._exit(status)


def main(stdin: BinaryIO, stdout: BinaryIO, *, idle: float) -> None:
    warnings.simplefilter("ignore")
    # Reading takes a processor for seconds; whoever answers webhooks on it comes first.
    os.nice(_POLITELY)
    engine()
    encoder = msgspec.json.Encoder()
    while select.select([stdin], [], [], idle)[0]:
        head = stdin.readline()
        if not head:
            return
        request = msgspec.json.decode(head, type=Request)
        answer = apart(request, stdin.read(request.size))
        stdout.write(encoder.encode(answer) + b"\n")
        stdout.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, idle=float(sys.argv[1]))
