"""Times, weekdays and dates as people write them in business hours. Pure.

Everything here is read from the front of a normalised text (`plain`): a value and where it ends, or None.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

EVERY_DAY = frozenset(range(7))
HALF_DAY, WHOLE_DAY, HOUR = 12, 24, 60
# Hours that one still calls night; the night before is meant.
_SMALL_HOURS = 4
_LATE_MORNING = 11
_LONGEST_MONTH = 31
_LONGEST_HOLIDAY = timedelta(days=120)
_UNIT = r"(?:星期|禮拜|礼拜|週|周)"
_NAMES = "一二三四五六日"
_NAME = "[一二三四五六日天](?![十點点時时])"
_UP_TO = r"\s*(?:營業|開)?(?:到|至|~|-|–|—|〜|to\b|until\b|through\b)\s*"
_AND = r"\s*(?:[、,和及與跟&]|and\b)?\s*"
_ENGLISH = r"(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day|s|rs|r)?s?\b"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SETS = (
    (re.compile(r"每天|每日|天天|一週七天|全年無休|every ?day|daily|all week"), EVERY_DAY),
    (re.compile(r"平日|平常日|工作日|weekdays?\b"), frozenset(range(5))),
    (re.compile(r"週末|周末|假日|weekends?\b"), frozenset({5, 6})),
)
_DAY = re.compile(rf"(?:(?:每個?|逢)?{_UNIT}(?P<han>{_NAME})|(?P<english>{_ENGLISH}))")
_NEXT_DAY = re.compile(rf"{_UP_TO}(?:{_UNIT}?(?P<han>{_NAME})|(?P<english>{_ENGLISH}))")
_ALSO_DAY = re.compile(rf"{_AND}(?:{_UNIT}?(?P<han>{_NAME})|(?P<english>{_ENGLISH}))")
UP_TO = re.compile(_UP_TO)

_MORNING, _NOON = "凌晨|清晨|早上|上午|早", "中午"
_AFTERNOON, _NIGHT = "下午|傍晚", "晚上|晚間|晚|夜間|深夜|半夜"
_DIGITS = {name: at for at, name in enumerate("零一二三四五六七八九十")} | {"兩": 2, "〇": 0}
_CLOCK = re.compile(
    rf"(?P<period>{_MORNING}|{_NOON}|{_AFTERNOON}|{_NIGHT})?\s*"
    r"(?:(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)|(?P<packed>[0-2]\d[0-5]\d)(?!\d)"
    r"|(?P<digits>\d{1,2})(?![\d/月.])|(?P<han>十[一二]?|二十[一二三四]?|[一二兩三四五六七八九])(?=[點点時时]))"
    r"(?:\s*[點点時时](?:(?P<half>半)|(?P<past>[0-5]?\d)分?|(?P<past_han>[一二三四五]?十[一二三四五六七八九]?)分?|整|鐘)?)?"
    r"\s*(?P<english>[ap]\.?m\.?(?![a-z]))?"
)
_NAMED_TIME = re.compile(r"(?P<noon>中午|正午|noon\b)|(?P<midnight>午夜|凌晨十二點|midnight\b)")
_DATE = re.compile(r"(?:(?P<year>20\d\d)[/.\-年])?(?P<month>\d{1,2})[/月](?P<day>\d{1,2})(?!\d|:|[點点時])[日號号]?")
_HAN_DATE = re.compile(
    r"(?P<month>十[一二]?|[一二三四五六七八九])月(?P<day>三?十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日號号]?"
)
_RELATIVE_DAY = re.compile(r"(?P<two>後天)|(?P<three>大後天)|(?P<one>明天|明日|tomorrow\b)|(?P<none>今天|今日|today\b)")
_WEEKDAY_OF = re.compile(rf"(?P<which>這|本|下)個?{_UNIT}(?P<han>{_NAME})")
_SAME_MONTH = re.compile(rf"{_UP_TO}(?P<day>\d{{1,2}})(?![\d:/月.]|\s*[點点時])[日號号]?")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes; `half` is `am` or `pm` where that was said, `exact` where it needn't be."""

    minutes: int
    half: str = ""
    exact: bool = False

    @property
    def is_open_to_both(self) -> bool:
        """Whether it may as well mean twelve hours later."""
        return not self.half and not self.exact and self.minutes <= HALF_DAY * HOUR


def plain(text: str) -> str:
    """A text in the form that is read here."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def weekdays_at(text: str, at: int) -> tuple[frozenset[int], int] | None:
    """Days of the week, such as 週一到週五, 週一、三、五, weekends."""
    for words, named_days in _SETS:
        if named := words.match(text, at):
            return named_days, named.end()
    first = _DAY.match(text, at)
    if first is None:
        return None
    last, end = _weekday(first), first.end()
    days = {last}
    while True:
        if up_to := _NEXT_DAY.match(text, end):
            until = _weekday(up_to)
            days |= {(last + step) % 7 for step in range((until - last) % 7 + 1)}
            last, end = until, up_to.end()
        elif also := _ALSO_DAY.match(text, end):
            last, end = _weekday(also), also.end()
            days.add(last)
        else:
            return frozenset(days), end


def clock_at(text: str, at: int) -> tuple[Clock, int] | None:
    """A time of day, such as 9:30, 下午三點半, 6pm, 24:00."""
    found = _CLOCK.match(text, at)
    if found is None:
        named = _NAMED_TIME.match(text, at)
        return (
            None
            if named is None
            else (Clock(HALF_DAY * HOUR if named["noon"] else WHOLE_DAY * HOUR, exact=True), named.end())
        )
    written = found["hour"] or (found["packed"] or "")[:2] or found["digits"]
    hour = int(written) if written else _han_number(found["han"])
    past = found["minute"] or (found["packed"] or "")[2:] or found["past"]
    minute = 30 if found["half"] else int(past) if past else _han_number(found["past_han"] or "零")
    if hour > WHOLE_DAY or minute >= HOUR or (hour == WHOLE_DAY and minute):
        return None
    half, hour = _half_of_day(found["period"] or "", (found["english"] or "")[:1], hour)
    exact = bool(written and written[0] == "0" and written != "0") or hour > HALF_DAY
    return Clock(hour * HOUR + minute, half, exact), found.end()


def range_of(start: Clock, end: Clock, after: int = 0) -> tuple[int, int] | None:
    """Minutes from and to; `after` is where the range before ends. None for what can't be one."""
    begin, until = start.minutes % (WHOLE_DAY * HOUR), end.minutes
    half = start.half
    if start.is_open_to_both and begin < after <= begin + HALF_DAY * HOUR:
        begin, half = begin + HALF_DAY * HOUR, "pm"
    if end.is_open_to_both:
        later = until + HALF_DAY * HOUR
        if (half == "pm" and begin < later) or (until <= begin < (HALF_DAY + 1) * HOUR and later > begin):
            until = later
    if until <= begin:
        until += WHOLE_DAY * HOUR
    return (begin, until) if until - begin <= WHOLE_DAY * HOUR else None


def dates_at(text: str, at: int, today: date) -> tuple[date, date, int] | None:
    """A day or days of the calendar, such as 10/10, 12月24日到26日, 明天, 下週一: first, last, and where that ends."""
    first = _date_at(text, at, today)
    if first is None:
        return None
    begin, end = first
    up_to = UP_TO.match(text, end)
    last = _date_at(text, up_to.end(), begin) if up_to else None
    if last is not None:
        return (begin, *last) if begin <= last[0] <= begin + _LONGEST_HOLIDAY else None
    same = _SAME_MONTH.match(text, end)
    if same is not None and begin.day < int(same["day"]) <= _LONGEST_MONTH:
        until = _day(begin.year, begin.month, int(same["day"]))
        return (begin, until, same.end()) if until is not None else None
    return begin, begin, end


def _date_at(text: str, at: int, today: date) -> tuple[date, int] | None:
    if found := _DATE.match(text, at):
        month, day = int(found["month"]), int(found["day"])
        if found["year"]:
            given = _day(int(found["year"]), month, day)
            return (given, found.end()) if given is not None else None
        return _coming(month, day, found.end(), today)
    if found := _HAN_DATE.match(text, at):
        return _coming(_han_number(found["month"]), _han_number(found["day"]), found.end(), today)
    if found := _WEEKDAY_OF.match(text, at):
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * (found["which"] == "下"))
        return monday + timedelta(days=_weekday(found)), found.end()
    if found := _RELATIVE_DAY.match(text, at):
        days = 3 if found["three"] else 2 if found["two"] else 1 if found["one"] else 0
        return today + timedelta(days=days), found.end()
    return None


def _coming(month: int, day: int, end: int, today: date) -> tuple[date, int] | None:
    """The next such day of a calendar, with where it was written."""
    years = (_day(today.year + more, month, day) for more in range(5))
    return next(((one, end) for one in years if one is not None and one >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(found: re.Match[str]) -> int:
    groups = found.groupdict()
    if groups["han"]:
        return _NAMES.index(groups["han"].replace("天", "日"))
    return _ENGLISH_DAYS.index(str(groups["english"])[:3])


def _half_of_day(period: str, english: str, hour: int) -> tuple[str, int]:
    """Which half of the day a word or am/pm puts an hour in. The night's small hours belong to the next day."""
    if english == "a" or (period and period in _MORNING.split("|")):
        return "am", 0 if hour == HALF_DAY and (english or period in ("凌晨", "半夜")) else hour
    if english == "p" or (period and period in _AFTERNOON.split("|")) or (period == _NOON and hour < _LATE_MORNING):
        return "pm", hour + HALF_DAY if hour < HALF_DAY else hour
    if period and period in _NIGHT.split("|"):
        if hour == HALF_DAY or hour <= _SMALL_HOURS:
            return "pm", WHOLE_DAY if hour == HALF_DAY else hour + WHOLE_DAY
        return "pm", hour + HALF_DAY if hour < HALF_DAY else hour
    return ("pm" if period == _NOON else ""), hour


def _han_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
