"""Figures, each with its value and its sentence."""

from __future__ import annotations

import pytest

from partner_api.calls.analysis.masking import mask
from partner_api.calls.analysis.text.facts import facts_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn


def facts(text: str) -> list[tuple[str, str, str | None]]:
    found = facts_in(sentences_of([Turn(Speaker.AGENT, None, None, None, text)]))
    return [(fact["kind"], fact["text"], fact["value"]) for fact in found]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("一個月一千二百元", ("amount", "一千二百元", "1200")),
        ("it's $49.90 a month", ("amount", "$49.90", "49.90")),
        ("זה עולה 99 שקלים", ("amount", "99 שקלים", "99")),
        ("打八五折", ("share", "八五折", "85")),
        ("我明天下午三點到", ("moment", "明天下午三點", "15:00")),
        ("電話是0912345678", ("phone", "0912345678", "0912345678")),
        ("寫信到 a@example.com", ("email", "a@example.com", None)),
    ],
)
def test_each_kind_is_read(text: str, fact: tuple[str, str, str | None]) -> None:
    assert [(kind, said, value and value.rstrip("0")) for kind, said, value in facts(text)] == [
        (fact[0], fact[1], fact[2] and fact[2].rstrip("0"))
    ]


def test_a_masked_number_is_no_fact() -> None:
    assert facts(mask("電話是0912345678")) == []


def test_the_same_figure_counts_once() -> None:
    assert len(facts("一百元。對,一百元。")) == 1
