"""The content of a call as a whole."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_api.calls.analysis.content import describe
from partner_api.calls.analysis.masking import mask_turns
from partner_api.calls.analysis.scoring import score
from partner_api.calls.analysis.sentiment import feel
from partner_api.calls.analysis.turns import Speaker, Turn, turns_of
from tests.support.code import ROOT

LABELLED = Path(__file__).parent / "labelled"
SPEAKERS = st.sampled_from([*Speaker])
PIECES = st.sampled_from(
    [
        "太貴了",
        "我明天打給您",
        "?",
        "。",
        "how much",
        " is it",
        "לא ",
        "יקר",
        "0912345678",
        "好",
        "三點",
        "\n",
        "\u200f",
        "一",
    ]
)
TURNS = st.lists(
    st.builds(
        Turn, SPEAKERS, st.none(), st.none() | st.floats(0, 60), st.none(), st.lists(PIECES).map("".join) | st.text()
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(TURNS, st.sampled_from(["sales_call", "general", "other"]), st.sampled_from(["zh-TW", "en", "he", "fr", None]))
def test_whatever_is_said_there_are_results_that_json_can_hold(
    turns: list[Turn], call_type: str, language: str | None
) -> None:
    masked = mask_turns(turns)
    content, felt = describe(masked, call_type, language), feel(masked, language)
    scores = score({}, content, felt, call_type)
    json.dumps([content, felt, scores], allow_nan=False)
    assert scores["overall"] is None or 0 <= scores["overall"] <= 10


def test_every_item_carries_its_sentence_its_turn_and_its_time() -> None:
    turns = turns_of("[00:01] Agent: How much can you spend?\n[00:04] Customer: 20 dollars, but that's too expensive.")
    content = describe(turns, "sales_call", "en")
    for name in ("questions", "objections", "key_facts"):
        [item] = content[name]
        assert item["sentence"] in turns[item["turn"]].text
        assert (item["start"], item["source"]) == (turns[item["turn"]].start, "transcript")


def test_what_is_masked_is_nowhere() -> None:
    turns = turns_of(
        "Agent: 請問您的手機?\nCustomer: 零九一二三四五六七八,這個太貴了。\nAgent: 我明天打0912-345-678給您。\n"
        "Customer: 零九一二三四五六七八嗎?\nAgent: 對。"
    )
    masked = mask_turns(turns)
    told = json.dumps([describe(masked, "sales_call", "zh-TW"), feel(masked, "zh-TW")], ensure_ascii=False)
    assert "三四五六" not in told
    assert "345" not in told
    assert "[phone ***678]" in told


def test_a_language_without_word_lists_is_not_read() -> None:
    content = describe(turns_of("Agent: Bonjour.\nCustomer: C'est trop cher."), "sales_call", "fr")
    assert content["objections"] is None
    assert content["script_adherence"]["share"]["reason"] == "no word list for the language fr"
    scores = score({}, content, feel([], "fr"), "sales_call")
    assert scores["overall"] is None
    assert {part["score"] for part in scores["parts"]} == {None}


def test_an_hour_of_talk_is_read_in_less_than_its_share_of_a_minute() -> None:
    """An hour is about 18,000 characters; the bound is ten times what it takes, for a busy machine."""
    text = (LABELLED / "developed.toml").read_text(encoding="utf-8")
    turns = turns_of([line.strip(' ",') for line in text.splitlines() if line.startswith('  "')] * 8)
    turns = [
        Turn([Speaker.AGENT, Speaker.CUSTOMER][at % 2], None, None, None, turn.text) for at, turn in enumerate(turns)
    ]
    assert sum(len(turn.text) for turn in turns) > 18_000
    began = time.process_time()
    describe(mask_turns(turns), "sales_call", None), feel(turns, None)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "piece", ["a", "一", "1-", "@", "not ", "可以嗎?", "我會", "a dot ", "09 ", ",", "\n", "if you "]
)
def test_endless_speech_of_one_piece_is_read_in_a_time_that_grows_with_it(piece: str) -> None:
    """What takes the square of the length would take minutes here."""
    turns = [Turn(Speaker.CUSTOMER, None, None, None, (piece * 20_000)[:20_000])]
    began = time.process_time()
    describe(mask_turns(turns), "sales_call", "en"), feel(turns, "en")
    assert time.process_time() - began < 10


def test_the_document_names_every_field() -> None:
    content, felt = describe([], "general", "en"), feel([], "en")
    page = (ROOT / "docs" / "api" / "partner" / "analysis.md").read_text(encoding="utf-8")
    assert [name for name in (*content, *felt) if f"`{name}`" not in page] == []
