from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers.line.opening import Holiday, Opening, changed, opening_from, read_holiday, read_ordinary, read_week
from handlers.line.opening.hours import DAY, Ranges

TODAY = date(2026, 9, 1)
WEEK, NONE = "一二三四五六日", "-"
DAY_TIMES = st.integers(0, DAY - 1)


def shown(ranges: Ranges) -> str:
    return " ".join(f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}" for start, end in ranges) or NONE


def read(text: str) -> dict[str, str] | None:
    """Days by their hours, such as {"一二三四五": "9:00-18:00"}."""
    week = read_week(text)
    if week is None:
        return None
    found: dict[str, str] = {}
    for day in sorted(week):
        hours = shown(week[day])
        names = next((names for names, same in found.items() if same == hours), "")
        found.pop(names, None)
        found[names + WEEK[day]] = hours
    return found


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("營業時間 週一到週五 9:00-18:00 週六 10-14", {"一二三四五": "9:00-18:00", "六": "10:00-14:00"}),
        ("營業時間:週一至週六 08:30-17:30;週日休息", {"一二三四五六": "8:30-17:30", "日": NONE}),
        ("每天 11:30-14:00、17:00-21:00", {WEEK: "11:30-14:00 17:00-21:00"}),
        ("週二公休，其他 11-20", {"二": NONE, "一三四五六日": "11:00-20:00"}),
        ("星期一至星期五 上午9點到下午6點", {"一二三四五": "9:00-18:00"}),
        ("禮拜一三五 早上九點半到晚上八點", {"一三五": "9:30-20:00"}),
        ("週一、三、五 13:00～21:30", {"一三五": "13:00-21:30"}),
        ("18:00-02:00", {WEEK: "18:00-26:00"}),
        ("10:00-02:00", {WEEK: "10:00-26:00"}),
        ("週五、週六 18:00-02:00 其他 18:00~24:00", {"五六": "18:00-26:00", "一二三四日": "18:00-24:00"}),
        ("全天", {WEEK: "0:00-24:00"}),
        ("24小時營業", {WEEK: "0:00-24:00"}),
        ("週一休", {"一": NONE}),
        ("公休日：週日", {"日": NONE}),
        ("平日 9-6 假日 10-5", {"一二三四五": "9:00-18:00", "六日": "10:00-17:00"}),
        ("週末 10點到19點", {"六日": "10:00-19:00"}),
        ("Mon-Fri 9am-6pm, Sat 10:00-14:00", {"一二三四五": "9:00-18:00", "六": "10:00-14:00"}),
        ("hours weekdays 9:00 to 17:00 weekends closed", {"一二三四五": "9:00-17:00", "六日": NONE}),
        ("9:00-18:00（週一到週五）", {"一二三四五": "9:00-18:00"}),
        ("早上9點到12點，下午1點半到5點半", {WEEK: "9:00-12:00 13:30-17:30"}),
        ("週一到週五 11-2, 5-9", {"一二三四五": "11:00-14:00 17:00-21:00"}),
        ("每天 9:00-18:00 週日公休", {"一二三四五六": "9:00-18:00", "日": NONE}),
        ("晚上6點到凌晨2點", {WEEK: "18:00-26:00"}),
        ("晚上10點到6點", {WEEK: "22:00-30:00"}),
        ("中午12點到晚上12點", {WEEK: "12:00-24:00"}),
        ("營業時間改成 週三 13:00-17:00", {"三": "13:00-17:00"}),
        ("週六日 10:00～16:00", {"六日": "10:00-16:00"}),
        ("星期日、一公休 其餘 10:00-19:00", {"一日": NONE, "二三四五六": "10:00-19:00"}),
        ("0900-1800", {WEEK: "9:00-18:00"}),
        ("每天早上10點開到晚上9點半", {WEEK: "10:00-21:30"}),
        ("週五到週一 10-18", {"一五六日": "10:00-18:00"}),
        ("週一全天 週二 9-12", {"一": "0:00-24:00", "二": "9:00-12:00"}),
        ("每週一公休", {"一": NONE}),
        ("每個禮拜一公休", {"一": NONE}),
        ("今天很忙", None),
        ("10 點", None),
        ("週一到週五", None),
        ("週一到週五 9:00", None),
        ("營業時間", None),
        ("營業時間 9-18 但是廚房只到八點", None),
        ("25:00-26:00", None),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: dict[str, str] | None) -> None:
    assert read(text) == hours


@pytest.mark.parametrize(
    ("text", "days", "ranges", "said"),
    [
        ("10/10 公休", "2026-10-10 2026-10-10", NONE, ""),
        ("12/24 到 12/26 休息 聖誕快樂", "2026-12-24 2026-12-26", NONE, "聖誕快樂"),
        ("12/24-12/26 closed Merry Christmas", "2026-12-24 2026-12-26", NONE, "Merry Christmas"),
        ("10月10日國慶日公休", "2026-10-10 2026-10-10", NONE, "國慶日"),
        ("12/25 聖誕節休息一天", "2026-12-25 2026-12-25", NONE, "聖誕節"),
        ("明天休息", "2026-09-02 2026-09-02", NONE, ""),
        ("下週一公休", "2026-09-07 2026-09-07", NONE, ""),
        ("12/24-26 休息", "2026-12-24 2026-12-26", NONE, ""),
        ("1/1~1/3 公休 新年快樂！", "2027-01-01 2027-01-03", NONE, "新年快樂！"),
        ("12/30 到 1/2 公休", "2026-12-30 2027-01-02", NONE, ""),
        ("2027/2/5 休息", "2027-02-05 2027-02-05", NONE, ""),
        ("10/10 10:00-15:00", "2026-10-10 2026-10-10", "10:00-15:00", ""),
        ("10/10 10-15 縮短營業", "2026-10-10 2026-10-10", "10:00-15:00", "縮短營業"),
        ("12/31 18:00-01:00", "2026-12-31 2026-12-31", "18:00-25:00", ""),
        ("十月十日公休", "2026-10-10 2026-10-10", NONE, ""),
        ("十二月三十一號休息", "2026-12-31 2026-12-31", NONE, ""),
        ("因為颱風明天休息", "2026-09-02 2026-09-02", NONE, "颱風"),
        ("明天颱風休息一天", "2026-09-02 2026-09-02", NONE, "颱風"),
    ],
)
def test_holidays_are_read_as_people_write_them(text: str, days: str, ranges: str, said: str) -> None:
    holiday = read_holiday(text, TODAY)
    assert holiday is not None
    assert (f"{holiday.first} {holiday.last}", shown(holiday.ranges), holiday.text) == (days, ranges, said)


@pytest.mark.parametrize(
    "text",
    [
        "10/10 公休嗎？",
        "10/10 訂位的客人要休息",
        "2/30 公休",
        "9/10 折扣",
        "公休",
        "10/10",
        "10/10 有沒有休息",
        "12/24 買一送一",
        "明天不開心",
        "後天沒開車",
        "12/24 18:00-21:00 我要訂位",
        "明天 10:00-12:00 我會過去",
        "因為很忙",
        "三十月五日公休",
    ],
)
def test_what_is_no_holiday_is_left_alone(text: str) -> None:
    assert read_holiday(text, TODAY) is None


def test_a_day_can_be_ordinary_again() -> None:
    assert read_ordinary("10/10 正常營業", TODAY) == (date(2026, 10, 10), date(2026, 10, 10))
    assert read_ordinary("10/10 正常營業嗎", TODAY) is None


def test_most_of_a_week_stands_for_all_of_it_and_a_single_day_for_itself() -> None:
    opening = changed(Opening(), read_week("週一到週五 9-18") or {})
    assert [shown(ranges) for ranges in opening.week[4:]] == ["9:00-18:00", NONE, NONE]
    later = changed(opening, read_week("週日 10-14") or {})
    assert [shown(ranges) for ranges in later.week[4:]] == ["9:00-18:00", NONE, "10:00-14:00"]


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    for reading in (read_week(text), read_holiday(text, TODAY), read_ordinary(text, TODAY)):
        assert reading is None or reading


@given(st.frozensets(st.integers(0, 6), min_size=1), DAY_TIMES, st.integers(1, DAY))
def test_hours_that_are_written_out_are_read_back(days: frozenset[int], start: int, length: int) -> None:
    end = start + length
    closing = end % DAY
    # Past 10:01 "-10:00" may as well mean ten in the evening, and is read so.
    ambiguous = end > DAY and 10 * 60 <= closing < start < 13 * 60
    assume(closing and length != DAY and not ambiguous)
    times = f"{start // 60:02}:{start % 60:02}-{closing // 60:02}:{closing % 60:02}"
    text = "營業時間 " + "、".join(f"週{WEEK[day]}" for day in sorted(days)) + f" {times}"
    assert read_week(text) == dict.fromkeys(sorted(days), ((start, end),))


@given(st.lists(st.tuples(DAY_TIMES, st.integers(1, DAY)), max_size=3), st.text(max_size=20))
def test_what_is_stored_is_read_back(spans: list[tuple[int, int]], text: str) -> None:
    ranges = tuple((start, start + length) for start, length in spans)
    opening = Opening((ranges,) * 7, (Holiday(TODAY, TODAY, ranges, text),), rest=text)
    assert opening_from(opening.to_json()) == opening
