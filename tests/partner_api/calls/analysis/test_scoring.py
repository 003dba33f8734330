"""Scores that add up, and say what they rest on."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.analysis.content import describe
from partner_api.calls.analysis.measures import MEASURES
from partner_api.calls.analysis.scoring import overall, rubric, score, share_at
from partner_api.calls.analysis.sentiment import feel
from partner_api.calls.analysis.turns import turns_of
from tests.support.code import ROOT

PAGE = ROOT / "docs" / "api" / "partner" / "analysis.md"
TONE = {
    "talk_share": {"agent": {"value": 0.725, "unit": "ratio", "source": "audio"}},
    "interruptions": {"agent": {"value": 2, "unit": "count", "source": "audio"}},
    "speaking_time": {"customer": {"value": 60.0, "unit": "seconds", "source": "audio"}},
    "response_latency": {"agent": {"value": 1.0, "unit": "seconds", "source": "audio"}},
}
CALL = (
    "Agent: Good morning, this is Dana from BrightNet.\nCustomer: How much is the big plan?\n"
    "Agent: It's $49 a month.\nCustomer: Too expensive.\nAgent: With the discount it comes to half of that.\n"
    "Customer: Great, I'm happy with that.\nAgent: I'll email you the contract tomorrow. Goodbye."
)


def scored(text: str = CALL, tone: dict[str, Any] | None = None, call_type: str = "sales_call") -> dict[str, Any]:
    turns = turns_of(text)
    return score(TONE if tone is None else tone, describe(turns, call_type, "en"), feel(turns, "en"), call_type)


def points(result: dict[str, Any]) -> dict[str, float | None]:
    return {part["name"]: part["score"] for part in result["parts"]}


def test_the_parts_of_a_call() -> None:
    assert points(scored()) == {
        "script_steps": 21.4, "script_order": 5.0, "questions_answered": 10.0, "objections_handled": 10.0,
        "next_step": 10.0, "customer_sentiment": 8.3, "sentiment_change": None, "talk_share": 5.0,
        "interruptions": 2.0, "response_latency": 5.0,
    }  # fmt: skip


def test_the_parts_add_up_to_the_whole() -> None:
    result = scored()
    counting = [part for part in result["parts"] if part["score"] is not None]
    total = sum(Decimal(str(part["score"])) for part in counting)
    whole = (total * 10 / sum(part["max"] for part in counting)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert result["overall"] == float(whole) == 8.1


def test_what_cannot_be_measured_does_not_count_and_says_why() -> None:
    with_tone, without = scored(), scored(tone={})
    assert points(without)["talk_share"] is None
    [part] = [part for part in without["parts"] if part["name"] == "talk_share"]
    assert (part["source"], part["reason"], part["evidence"]) == (None, "it isn't known who speaks", [])
    assert without["overall"] != with_tone["overall"]


def test_of_small_parts_alone_nothing_follows_for_the_whole() -> None:
    found = scored("Good morning. What does it cost? It's $49 a month.", tone={})
    assert (points(found)["next_step"], found["overall"]) == (0.0, None)
    parts = [{"score": float(top), "max": top} for top in (25, 10, 5)]
    assert (overall(parts), overall(parts[:-1])) == (10.0, None)


def test_every_part_that_counts_has_its_source_and_reason() -> None:
    for part in scored()["parts"]:
        assert part["reason"]
        assert (part["source"] is None) == (part["score"] is None)
        assert part["score"] is None or 0 <= part["score"] <= part["max"]


def test_words_stand_in_where_times_are_not_known() -> None:
    words = {"word_share": {"agent": {"value": 0.5, "unit": "ratio", "source": "transcript"}}}
    [part] = [part for part in scored(tone=words)["parts"] if part["name"] == "talk_share"]
    assert (part["score"], part["source"]) == (10.0, "transcript")


def test_nothing_measured_is_no_score() -> None:
    assert overall([{"score": None, "max": 25}]) is None


@given(st.lists(st.tuples(st.integers(0, 250), st.integers(25, 30)), min_size=2))
def test_a_score_is_between_0_and_10(parts: list[tuple[int, int]]) -> None:
    found = overall([{"score": tenths / 10, "max": top} for tenths, top in parts])
    assert found is not None
    assert 0 <= found <= 10
    assert Decimal(str(found)) == Decimal(str(found)).quantize(Decimal("0.1"))


@pytest.mark.parametrize(
    ("value", "share"), [(0.0, 0.0), (0.1, 0.0), (0.225, 0.5), (0.5, 1.0), (0.725, 0.5), (1.0, 0.0)]
)
def test_points_lie_on_straight_lines(value: float, share: float) -> None:
    assert share_at(value, ((0.1, 0.0), (0.35, 1.0), (0.6, 1.0), (0.85, 0.0))) == pytest.approx(share)


def test_the_rubric_is_whole() -> None:
    assert {part.name for part in rubric().parts} == set(MEASURES)
    assert sum(part.max for part in rubric().parts) == 100
    for part in rubric().parts:
        assert [at for at, _ in part.points] == sorted(at for at, _ in part.points)
        assert all(0 <= share <= 1 for _, share in part.points)


def test_the_document_shows_the_rubric_as_it_is() -> None:
    shares = [", ".join(f"{at:g} → {share:g}" for at, share in part.points) for part in rubric().parts]
    written = [
        f"| `{part.name}` | {part.max} | {part.measure} | {points} |"
        for part, points in zip(rubric().parts, shares, strict=True)
    ]
    text = PAGE.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if " → " in line and line.startswith("| `")] == written
    assert f"`{rubric().version}`" in text


def test_what_is_said_to_an_answering_machine_is_not_scored() -> None:
    tone = {"word_share": {"agent": {"value": 1.0}, "customer": {"value": 0.0}}}
    result = scored("Agent: Hello, this is Dana from BrightNet.\nAgent: I'll call you again tomorrow. Bye.", tone)
    reasons = {
        part["reason"] for part in result["parts"] if part["name"] in ("script_steps", "next_step", "talk_share")
    }
    assert (result["overall"], reasons) == (None, {"the customer says nothing"})


def test_nothing_is_said_of_a_customer_where_it_is_not_known_who_speaks() -> None:
    reasons = {part["name"]: part["reason"] for part in scored("Hello.\nHow much is it?\nToo expensive.")["parts"]}
    names = ("script_order", "questions_answered", "objections_handled")
    assert {reasons[name] for name in names} == {"no turn is known to be the agent's"}


def test_giving_up_handles_no_objection() -> None:
    result = scored("Agent: Hello.\nCustomer: I'm not interested.\nAgent: Okay, sorry to have bothered you.")
    assert points(result)["objections_handled"] == 0.0


def test_a_proposal_handles_an_objection_and_being_sent_away_is_no_next_step() -> None:
    result = scored("Agent: Hi.\nCustomer: Too expensive.\nAgent: We could spread it over twelve months, okay?")
    assert points(result)["objections_handled"] == 10.0
    result = scored("Agent: Hi.\nCustomer: Take me off your list.\nAgent: I'll remove your number today. Goodbye.")
    assert points(result)["next_step"] == 0.0
