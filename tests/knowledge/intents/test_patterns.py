from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.intents.patterns import MAX_STEPS, MAX_VALUE, UnsafePattern, check_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        r"\d{4}-\d{2}-\d{2}",
        r"09\d{8}",
        "[A-Z]{2}[0-9]{8}",
        r".+@.+\..+",
        "早上|下午|晚上",
        r"(?:A|B)?\d+",
        r"[\]()+*]{1,9}",
    ],
)
def test_what_people_need_is_let_through(pattern: str) -> None:
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "regular expression"),
        ("(a+)+", "repeat a group"),
        ("(a|a)*", "repeat a group"),
        ("(?:x){2,9}", "repeat a group"),
        (r"(a)\1", "refer back"),
        ("(?=a)", "look around"),
        ("(?P<n>a)", "look around"),
        ("(?i)a", "look around"),
        (".*.*.*.*", "simpler"),
        ("a?" * 30 + "a" * 30, "simpler"),
        (".{0,99}" * 4, "simpler"),
        ("(?:a|b)" * 25, "simpler"),
        ("a" * 201, "200 characters"),
    ],
)
def test_what_could_take_forever_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(UnsafePattern, match=why):
        check_pattern(pattern)


PIECES = st.sampled_from(["a", "b", ".", "[ab]", r"\w", "(", "(?:", ")", "|", "*", "+", "?", "{1,3}", "{2}", "{0,50}"])


@given(pieces=st.lists(PIECES, max_size=14))
def test_a_pattern_is_refused_or_ends_on_the_worst_values(pieces: list[str]) -> None:
    pattern = "".join(pieces)
    try:
        check_pattern(pattern)
    except UnsafePattern:
        return
    # An exponential pattern would not come back within the test's own time limit.
    for value in ("a" * MAX_VALUE + "!", "ab" * (MAX_VALUE // 2) + "!"):
        re.fullmatch(pattern, value)
    assert MAX_STEPS >= 1
