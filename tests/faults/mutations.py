"""Webhook bodies with something wrong in them, made from right ones by a seeded generator."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

RAW = "\ud800"
ODD_VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 1.5, 10**19, 2**63, 10**400, float("nan"), float("inf"), -1e308, "", " ", "0", "\x00",
    RAW, "a\x00b", "\u202e\u200f", "店" * 6000, "x" * 70_000, [], {}, [[]], [None], {"type": None}, {"type": "message"},
    "2026-01-01T00:00:00Z", "../../etc/passwd", "'; DROP TABLE line_events; --", "{{payment_day}}", "@我是店長",
)  # fmt: skip
ODD_BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"[" * 5000,
    b"{}",
    b"9" * 5000,
    b"\\ud800",
    b'"',
    b",",
    b"\xef\xbb\xbf",
)


def mutants(bodies: Sequence[bytes], *, count: int, seed: int = 7) -> Iterator[bytes]:
    """`count` bodies, two thirds of them still JSON."""
    dice = random.Random(seed)  # noqa: S311 - chance, not secrecy
    for number in range(count):
        body = dice.choice(bodies)
        yield _wrong_bytes(body, dice) if number % 3 == 0 else _wrong_values(body, dice)


def _wrong_bytes(body: bytes, dice: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(changed) + 1)
        match dice.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([dice.randrange(256)])
            case 1:
                del changed[place : place + dice.randint(1, 40)]
            case 2:
                changed[place:place] = dice.choice(ODD_BYTES)
            case _:
                changed[place:place] = changed[dice.randrange(len(changed) + 1) :][:200]
    return bytes(changed)


def _wrong_values(body: bytes, dice: random.Random) -> bytes:
    document = json.loads(body)
    for _ in range(dice.randint(1, 3)):
        holder, key = dice.choice(list(_places(document)))
        match dice.randrange(4):
            case 0:
                _drop(holder, key)
                if not list(_places(document)):
                    break
            case 1 if isinstance(holder, list):
                holder.extend(holder[:50])
            case _:
                holder[key] = dice.choice(ODD_VALUES)
    return json.dumps(document, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a JSON document."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield node, key
        yield from _places(value)


def _drop(holder: Any, key: Any) -> None:
    del holder[key]
