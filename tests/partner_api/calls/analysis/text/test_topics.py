"""The terms that a call returns to."""

from __future__ import annotations

from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.text.topics import topics_in
from partner_api.calls.analysis.turns import Speaker, Turn


def topics(*texts: str) -> dict[str, int]:
    turns = [Turn(Speaker.CUSTOMER, None, None, None, text) for text in texts]
    return {topic["term"]: topic["count"] for topic in topics_in(sentences_of(turns))}


def test_chinese_terms_come_whole() -> None:
    found = topics("北京廣電國際酒店的早餐好嗎?", "我要訂北京廣電國際酒店。", "早餐要多少錢?")
    assert found == {"北京廣電國際酒店": 2, "早餐": 2}


def test_english_terms_are_words_and_pairs_by_their_stem() -> None:
    assert topics("My washing machine leaks.", "The washing machines leaked before.", "It's fine.") == {
        "washing machine": 2
    }


def test_hebrew_terms_are_counted_without_their_prefixes() -> None:
    assert topics("המקרר לא מקרר.", "קניתי מקרר חדש.")["מקרר"] == 3


def test_what_every_call_is_full_of_is_no_topic() -> None:
    assert topics("謝謝您的來電,謝謝。", "thank you, thank you", "תודה תודה") == {}
