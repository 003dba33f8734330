"""Bodies of callbacks by chance: realistic ones, and any JSON that there is."""

from __future__ import annotations

import struct
import time
from random import Random
from typing import Any

WORDS = (
    "שלום", "תודה", "מחיר", "您好", "價格", "謝謝", "agent", "customer", "café", "naïve", "👍🏽", "𠮷野家",
    "\u2028", "\x7f",
)  # fmt: skip
ANY_CHARACTERS = (
    *map(chr, range(0x20)), '"', "\\", "/", "\x7f", "\x85", "\u00ad", "\u2028", "\u2029", "\ufeff", "\ufffd", "\uffff",
    "א", "中", "😀", "\U0010ffff", "e\u0301",
)  # fmt: skip
HALVES = ("\ud800", "\udbff", "\udc00", "\udfff")
NAMES = (
    "0",
    "1",
    "2",
    "10",
    "01",
    "-1",
    "4294967294",
    "4294967295",
    "9007199254740993",
    "",
    "__proto__",
    "a",
    "中",
    "٣",
)
NUMBERS = (
    0, 1, -1, 8.0, 8.5, -0.0, 0.1, 1e-6, 1e-7, 1.5e-7, 1e16, 1e20, 1e21, 123456789012345680000.0,
    1.7976931348623157e308, 5e-324, 2**53, 2**53 + 1, -(2**53) - 1, 12345678901234567890, 10**21, 10**30 + 7,
    10**400, -(10**400),
)  # fmt: skip


def chance() -> tuple[int, Random]:
    """Another generator in every run, and its seed, for telling what failed."""
    seed = time.time_ns()
    return seed, Random(seed)  # noqa: S311 - chance, not secrecy


def realistic(random: Random) -> dict[str, Any]:
    """A callback that tells of the analysis of a call, with Hebrew and Chinese text, and scores such as 8.0."""
    turns = [" ".join(random.choices(WORDS, k=random.randint(1, 12))) for _ in range(random.randint(1, 20))]
    score = random.choice([8.0, 7.0, 10.0, 0.0, round(random.uniform(0, 10), 1)])
    return {
        "job_id": f"{random.getrandbits(128):032x}",
        "job_type": "call_analysis",
        "status": "completed",
        "timestamp": "2026-01-01T00:00:00Z",
        "results": {
            "transcript": "\n".join(turns),
            "duration_seconds": round(random.uniform(0, 4000), random.randint(0, 6)),
            "segments": [{"speaker": "agent", "start": i * 1.0, "end": i + random.random()} for i in range(len(turns))],
            "tone_analysis": {"talk_share": {"value": random.random(), "unit": "share", "source": "segments"}},
            "content_analysis": {str(i): turn for i, turn in enumerate(reversed(turns))},
            "overall_score": score,
        },
    }


def anything(random: Random, *, halves: bool, depth: int = 4) -> Any:
    """A value that JSON knows; with `halves` its texts may hold halves of surrogate pairs."""
    kind = random.randrange(8 if depth else 5)
    if kind < 2:
        return number(random)
    if kind < 4:
        return text(random, halves=halves)
    if kind == 4:
        return random.choice([None, True, False])
    several = range(random.randint(0, 5))
    if kind == 5:
        return [anything(random, halves=halves, depth=depth - 1) for _ in several]
    return {name(random, halves=halves): anything(random, halves=halves, depth=depth - 1) for _ in several}


def number(random: Random) -> float:
    """Any finite number, whatever its size and its digits."""
    kind = random.randrange(5)
    if kind == 0:
        return random.choice(NUMBERS)
    if kind == 1:
        (bits,) = struct.unpack("d", random.randbytes(8))
        return float(bits) if bits - bits == 0 else 0.5
    if kind == 2:
        return random.randrange(-(10 ** random.randint(1, 30)), 10 ** random.randint(1, 30))
    if kind == 3:
        return round(random.uniform(-100, 100), random.randint(0, 3))
    return random.uniform(-1, 1) * 10.0 ** random.randint(-30, 30)


def text(random: Random, *, halves: bool) -> str:
    characters = ANY_CHARACTERS + (HALVES if halves else ())
    return "".join(random.choices(characters, k=random.randint(0, 8)))


def name(random: Random, *, halves: bool) -> str:
    return random.choice(NAMES) if random.random() < 0.7 else text(random, halves=halves)
