"""The same bytes as JavaScript's own, whatever is in them."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from bot.webhooks.javascript import number, stringify
from tests.support.node import NODE, node_command
from tests.support.payloads import anything, chance, realistic

EVERY_DAY, FULL = 2_000, 100_000


def javascripts(texts: Sequence[str]) -> list[str]:
    """What `JSON.stringify(JSON.parse(text))` prints in a real Node.js."""
    done = subprocess.run(
        [node_command(), NODE / "stringify.js"], input="\n".join(texts).encode(), capture_output=True, check=True
    )
    return done.stdout.decode().removesuffix("\n").split("\n")


@pytest.mark.timeout(300)
def test_a_real_node_prints_every_payload_as_we_do(request: pytest.FixtureRequest) -> None:
    seed, random = chance()
    count = FULL if request.config.getoption("--full-faults") else EVERY_DAY
    payloads = [realistic(random) if i % 4 == 0 else {"any": anything(random, halves=False)} for i in range(count)]
    ours = [stringify(payload).decode() for payload in payloads]
    theirs = javascripts([json.dumps(payload) for payload in payloads])
    assert [pair for pair in zip(ours, theirs, strict=True) if len(set(pair)) > 1] == [], f"seed {seed}"


def test_what_we_print_stays_the_same_in_node_also_where_the_text_is_broken() -> None:
    seed, random = chance()
    ours = [stringify({"any": anything(random, halves=True)}).decode() for _ in range(EVERY_DAY)]
    assert javascripts(ours) == ours, f"seed {seed}"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (8.0, "8"),
        (-0.0, "0"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (1e21, "1e+21"),
        (123456789012345680000.0, "123456789012345680000"),
        (12345678901234567890, "12345678901234567000"),
        (-1.5e-10, "-1.5e-10"),
        (10**400, "null"),
        (math.nan, "null"),
        (-math.inf, "null"),
    ],
)
def test_numbers_are_printed_as_javascript_prints_them(value: float, printed: str) -> None:
    assert number(value) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ({"b": 1, "2": 0, "1": 0, "01": 1}, '{"1":0,"2":0,"b":1,"01":1}'),
        ({"4294967295": 1, "4294967294": 2}, '{"4294967294":2,"4294967295":1}'),
        (["\ud83d\ude00", "\ud83d", "\u2028"], '["😀","\ufffd","\u2028"]'),
        ({"\ud800": 1, "x": 2} | {"\ufffd": 3}, '{"\ufffd":3,"x":2}'),
        (["/", '"', "\\", "\n", "\x1f", "\x7f"], '["/","\\"","\\\\","\\n","\\u001f","\x7f"]'),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_names_and_texts_are_printed_as_javascript_prints_them(value: Any, printed: str) -> None:
    assert stringify(value).decode() == printed


@pytest.mark.parametrize("value", [{1: 2}, {"a": {1}}, {"a": b"bytes"}, {"a": Decimal(1)}])
def test_what_json_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        stringify(value)
