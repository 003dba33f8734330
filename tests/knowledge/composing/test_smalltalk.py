from __future__ import annotations

import pytest

from knowledge.composing.smalltalk import kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你好", "greeting"),
        ("哈囉～ 在嗎？", "greeting"),
        ("Hello!", "greeting"),
        ("謝謝你喔 🙏", "thanks"),
        ("ＯＫ", "acknowledged"),
        ("掰掰", "goodbye"),
        ("你好，押金多少", None),
        ("謝謝 好的", "thanks"),
        ("ok thanks", "thanks"),
        ("好的謝謝你，掰掰", "goodbye"),
        ("你好 找真人", "human"),
        ("human please", "human"),
        ("好喝嗎", None),
        ("", None),
        ("早餐有賣嗎", None),
    ],
)
def test_small_talk_is_told_from_questions(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind
