from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SHOP_TIME
from bot.texts import Language
from handlers.line.opening import Holiday, Opening, answer, changed, read_week, reopens, week_in_words

ZH = Language.ZH_TW


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of January 2026, which begins with a Thursday."""
    return datetime(2026, 1, day, hour, minute, tzinfo=SHOP_TIME)


def opening(text: str) -> Opening:
    return changed(Opening(), read_week(text) or {})


MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: at(1, 0) + timedelta(minutes=minutes))
CAFE = opening("週一到週五 11:00-14:00、17:00-21:00 週六 10:00-22:00")
BAR = opening("每天 18:00-02:00")


@pytest.mark.parametrize(
    ("hours", "moment", "question", "said"),
    [
        (CAFE, at(1, 12), "現在有營業嗎", "現在有營業喔，營業到今天 14:00。"),
        (CAFE, at(1, 15), "現在有營業嗎", "現在是休息時間，今天 17:00 開始營業。"),
        (CAFE, at(1, 23), "現在有營業嗎", "現在是休息時間，明天 11:00 開始營業。"),
        (CAFE, at(3, 23), "現在有開嗎", "現在是休息時間，週一（1/5） 11:00 開始營業。"),
        (CAFE, at(1, 12), "今天幾點關", "現在有營業喔，營業到今天 14:00。"),
        (CAFE, at(1, 12), "星期日有開嗎", "週日（1/4）休息。下次營業是週一（1/5） 11:00。"),
        (CAFE, at(1, 12), "明天幾點開", "明天的營業時間是 11:00–14:00、17:00–21:00。"),
        (CAFE, at(1, 22), "今天有營業嗎", "今天的營業時間是 11:00–14:00、17:00–21:00。現在是休息時間。"),
        (CAFE, at(1, 12), "公休日是哪天", "我們週日休息。"),
        (BAR, at(2, 1), "幾點打烊", "現在有營業喔，營業到今天 02:00。"),
        (BAR, at(1, 23), "現在有開嗎", "現在有營業喔，營業到明天 02:00。"),
        (opening("全天"), at(1, 3), "現在有開嗎", "我們 24 小時營業。"),
        (CAFE, at(1, 12), "可以訂位嗎", None),
        (Opening(), at(1, 12), "現在有營業嗎", None),
    ],
)
def test_questions_are_answered_from_the_hours(
    hours: Opening, moment: datetime, question: str, said: str | None
) -> None:
    assert answer(hours, question, ZH, now=moment) == said


def test_a_week_is_told_in_few_lines() -> None:
    words = week_in_words(CAFE, ZH, today=date(2026, 1, 1))
    assert words == "週一～週五　11:00–14:00、17:00–21:00\n週六　10:00–22:00\n週日　休息"
    assert week_in_words(BAR, ZH, today=date(2026, 1, 1)) == "每天　18:00–02:00"


def test_a_holiday_says_its_own_words() -> None:
    closed = CAFE.with_holiday(Holiday(date(2026, 1, 1), date(2026, 1, 2), text="新年快樂"), today=date(2026, 1, 1))
    assert answer(closed, "現在有開嗎", ZH, now=at(1, 12)) == "新年快樂\n現在是休息時間，週六（1/3） 10:00 開始營業。"
    again = closed.without_holiday(date(2026, 1, 2), date(2026, 1, 2), today=date(2026, 1, 1))
    assert (again.ranges_on(date(2026, 1, 1)), again.ranges_on(date(2026, 1, 2))) == ((), CAFE.week[4])
    assert "1/1　休息（新年快樂）" in week_in_words(again, ZH, today=date(2026, 1, 1))


def test_a_holiday_is_told_where_nothing_is_known_of_the_week() -> None:
    today = date(2026, 1, 1)
    only = Opening().with_holiday(Holiday(today, today, text="元旦"), today=today)
    assert week_in_words(only, ZH, today=today) == "1/1　休息（元旦）"
    assert answer(only, "今天有開嗎", ZH, now=at(1, 12)) == "元旦\n今天休息。"
    assert answer(only, "現在有開嗎", ZH, now=at(1, 12)) == "元旦\n現在是休息時間。"
    assert answer(only, "明天有開嗎", ZH, now=at(1, 12)) is None
    assert answer(only, "營業時間", ZH, now=at(1, 12)) is None


def test_holidays_are_told_in_their_order_and_far_ones_with_their_year() -> None:
    today = date(2026, 11, 22)
    hours = Opening()
    for day in (date(2027, 10, 10), date(2027, 1, 1), date(2026, 12, 24)):
        hours = hours.with_holiday(Holiday(day, day), today=today)
    lines = week_in_words(hours, ZH, today=today, ahead=timedelta(days=1000)).split("\n")
    assert lines == ["12/24　休息", "1/1　休息", "2027/10/10　休息"]


@given(MOMENTS)
def test_a_shop_is_open_until_it_closes_and_closed_until_it_opens(moment: datetime) -> None:
    for hours in (CAFE, BAR):
        closes, opens = hours.closes(moment), hours.opens(moment)
        assert opens is not None
        assert opens > moment
        assert hours.is_open(opens)
        assert (reopens(hours, ZH, now=moment) is None) is (closes is not None)
        if closes is not None:
            assert closes > moment
            assert not hours.is_open(closes)
