from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.line.opening import About, asked

# A Thursday.
TODAY = date(2026, 1, 1)
NOW, CLOSING, DAY, WEEK, CLOSED = About.NOW, About.CLOSING, About.DAY, About.WEEK, About.CLOSED_DAYS


@pytest.mark.parametrize(
    ("text", "about", "day"),
    [
        ("現在有營業嗎", NOW, None),
        ("現在還有開嗎", NOW, None),
        ("你好，請問現在有開嗎？", NOW, None),
        ("你們有在營業嗎", NOW, None),
        ("還開著嗎", NOW, None),
        ("打烊了嗎", NOW, None),
        ("現在開門了嗎", NOW, None),
        ("今天有營業嗎", DAY, 1),
        ("請問你們今天有開嗎？", DAY, 1),
        ("今天會休息嗎", DAY, 1),
        ("明天有開嗎？", DAY, 2),
        ("後天有休息嗎", DAY, 3),
        ("星期日有開嗎", DAY, 4),
        ("禮拜天有開嗎", DAY, 4),
        ("這禮拜六有營業嗎", DAY, 3),
        ("下週一有開嗎", DAY, 5),
        ("1/10有營業嗎", DAY, 10),
        ("你們幾點開門", DAY, None),
        ("早上幾點開", DAY, None),
        ("明天幾點開", DAY, 2),
        ("明天早上幾點開門", DAY, 2),
        ("今天幾點關", CLOSING, 1),
        ("幾點打烊", CLOSING, None),
        ("你們幾點打烊？", CLOSING, None),
        ("開到幾點", CLOSING, None),
        ("今天營業到幾點", CLOSING, 1),
        ("今晚營業到幾點", CLOSING, 1),
        ("週六營業到幾點？", CLOSING, 3),
        ("營業時間", WEEK, None),
        ("請問營業時間是幾點到幾點？", WEEK, None),
        ("週末有開嗎", WEEK, None),
        ("公休日是哪天", CLOSED, None),
        ("星期幾公休？", CLOSED, None),
        ("are you open now?", NOW, None),
        ("are you open on Sunday?", DAY, 4),
        ("what time do you close?", CLOSING, None),
        ("when do you open tomorrow?", DAY, 2),
        ("What are your opening hours?", WEEK, None),
    ],
)
def test_what_is_asked_about_the_hours(text: str, about: About, day: int | None) -> None:
    found = asked(text, TODAY)
    assert found is not None
    assert (found.about, found.day.day if found.day else None) == (about, day)


@pytest.mark.parametrize(
    "text",
    [
        "有開發票嗎",
        "有開放停車嗎",
        "幾點可以入住",
        "今天有活動嗎",
        "停車場幾點關",
        "游泳池開到幾點",
        "營業時間外可以繳費嗎",
        "可以開門嗎",
        "中秋節有開嗎",
        "今天幾點關門我要去拿東西",
        "現在",
        "明天",
        "你好",
        "廁所可以開嗎",
        "is parking open?",
    ],
)
def test_what_may_mean_something_else_is_left_to_the_engine(text: str) -> None:
    assert asked(text, TODAY) is None


@given(st.text(max_size=45))
def test_no_text_breaks_the_question(text: str) -> None:
    found = asked(text, TODAY)
    assert found is None or isinstance(found.about, About)
