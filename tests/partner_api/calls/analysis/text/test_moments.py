"""Days and times as they are told."""

from __future__ import annotations

import pytest

from partner_api.calls.analysis.text.moments import moments_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("明天下午三點", ("明天下午三點", None, None, "15:00")),
        ("我們約2026年11月22日上午十點半", ("2026年11月22日上午十點半", "2026-11-22", None, "10:30")),
        ("民國一一五年三月五日", ("民國一一五年三月五日", "2026-03-05", None, None)),
        ("十二月三號到", ("十二月三號", None, "12-03", None)),
        ("明天三點", ("明天三點", None, None, None)),
        ("三個工作天內", ("三個工作天內", None, None, None)),
        ("by Friday at 10 am", ("by Friday at 10 am", None, None, "10:00")),
        ("on March 5, 2026", ("on March 5, 2026", "2026-03-05", None, None)),
        ("ביום ראשון בשעה 17:00", ("ביום ראשון בשעה 17:00", None, None, "17:00")),
    ],
)
def test_what_the_words_give_and_no_more(text: str, told: tuple[str | None, ...]) -> None:
    [found] = moments_in(sentences_of([Turn(Speaker.AGENT, None, None, None, text)])[0])
    assert tuple(found.values()) == told


@pytest.mark.parametrize(
    "text", ["有一點貴", "這個重點", "one thing", "I refunded the second charge", "may I help you", "אני מדבר"]
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert moments_in(sentences_of([Turn(Speaker.AGENT, None, None, None, text)])[0]) == []
