"""The steps of the script, and their order."""

from __future__ import annotations

from typing import Any

import pytest

from partner_api.calls.analysis.adherence import adherence, call_types, steps_of
from partner_api.calls.analysis.text.objections import objections_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import turns_of

SALE = (
    "Agent: Good morning, this is Dana from BrightNet.",
    "Customer: Hi.",
    "Agent: What are you looking for?",
    "Customer: Internet.",
    "Agent: I'd recommend our Fiber plan.",
    "Customer: Too expensive.",
    "Agent: With the discount it comes to half of that.",
    "Agent: I'll email you the contract tomorrow.",
    "Agent: Thank you for your time, goodbye.",
)


def checked(lines: tuple[str, ...], call_type: str = "sales_call") -> dict[str, Any]:
    sentences = sentences_of(turns_of([*lines]))
    return adherence(sentences, call_type, objections=objections_in(sentences))


def found(result: dict[str, Any]) -> dict[str, bool | None]:
    return {step["name"]: step["found"] for step in result["steps"]}


def test_a_whole_script() -> None:
    result = checked(SALE)
    assert (result["found"], result["of"], result["share"]["value"], result["in_order"]) == (7, 7, 1.0, True)
    evidence = {step["name"]: step["evidence"]["turn"] for step in result["steps"]}
    assert evidence["objection_handling"] == 6
    assert evidence["next_step"] == 7


def test_only_the_agent_takes_steps() -> None:
    result = checked(
        ("Agent: Yes?", "Customer: Good morning, my name is Tom.", "Customer: What plan do you recommend? Goodbye.")
    )
    assert result["found"] == 0
    assert result["in_order"] is None


def test_a_step_that_there_was_no_occasion_for_does_not_count() -> None:
    result = checked((*SALE[:5], *SALE[7:]))
    assert found(result)["objection_handling"] is None
    assert (result["found"], result["of"]) == (6, 6)


def test_an_objection_that_was_passed_over_is_a_step_not_taken() -> None:
    assert found(checked((*SALE[:6], "Agent: Okay.", *SALE[7:])))["objection_handling"] is False


def test_a_step_out_of_order_is_told() -> None:
    result = checked((SALE[0], SALE[4], SALE[2], SALE[5], "Agent: We can talk about that.", *SALE[7:]))
    late = [step["name"] for step in result["steps"] if step["found"] and not step["in_order"]]
    assert (late, result["in_order"]) == (["offer"], False)


@pytest.mark.parametrize("line", ["Speaker: Hello, this is Dana.", "Customer: Hello."])
def test_without_a_known_agent_nothing_is_found_and_nothing_missed(line: str) -> None:
    result = checked((line,))
    assert set(found(result).values()) == {None}
    assert result["share"] == {
        "value": None,
        "unit": "ratio",
        "source": None,
        "reason": "no turn is known to be the agent's",
    }


def test_every_type_of_call_has_a_script() -> None:
    assert call_types() == ("sales_call", "support_call", "collection_call", "appointment_call", "general")
    assert steps_of("no_such_type") == steps_of("general")
