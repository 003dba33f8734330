"""A call in three of its own sentences."""

from __future__ import annotations

from partner_api.calls.analysis.content import describe
from partner_api.calls.analysis.turns import Speaker, Turn

LINES = (
    (Speaker.AGENT, "Hello, how can I help?"), (Speaker.CUSTOMER, "My router stopped working on Monday."),
    (Speaker.AGENT, "I see."), (Speaker.CUSTOMER, "Okay."), (Speaker.CUSTOMER, "That's too expensive for me."),
    (Speaker.AGENT, "I'll send you a new one tomorrow."), (Speaker.CUSTOMER, "Fine."), (Speaker.AGENT, "Goodbye."),
)  # fmt: skip


def test_it_says_why_the_call_was_and_what_came_of_it() -> None:
    turns = [Turn(who, None, None, None, text) for who, text in LINES]
    summary = describe(turns, "support_call", "en")["summary"]
    assert summary["text"] == (
        "My router stopped working on Monday. That's too expensive for me. I'll send you a new one tomorrow."
    )
    assert [one["turn"] for one in summary["sentences"]] == [1, 4, 5]
    assert summary["source"] == "transcript"


def test_there_is_none_of_two_sentences() -> None:
    summary = describe([Turn(Speaker.AGENT, None, None, None, "Hello. Bye.")], "general", "en")["summary"]
    assert (summary["text"], summary["source"], summary["reason"]) == (None, None, "fewer than 3 sentences")


def test_it_begins_with_the_trouble_and_not_with_the_words_before_it() -> None:
    said = ("hello", "hi i stayed with you last weekend and i was charged twice for the same night", "i see", "bye")
    people = (Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT, Speaker.AGENT)
    turns = [Turn(who, None, None, None, text) for who, text in zip(people, said, strict=True)]
    assert describe(turns, "support_call", "en")["summary"]["text"] == "and i was charged twice for the same night"
