"""What a shop's owner writes about business hours and holidays. Pure.

A text is read whole or not at all: what isn't understood might have been the exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from handlers.line.opening.clocks import EVERY_DAY, UP_TO, clock_at, dates_at, plain, range_of, weekdays_at
from handlers.line.opening.hours import DAY, Holiday, Opening, Ranges, joined

_SUBJECT = re.compile(r"(?:我們|本店|店裡|the )?(?:營業時間|開店時間|營業時段|上班時間|(?:business |opening )?hours)")
_ALL_DAY = re.compile(r"全天候?|整天|24 ?小時|二十四小時|24/7|24 ?h(?:ours|rs)?\b|all day")
_CLOSED = re.compile(
    r"公休日?|店休|不營業|沒營業|沒有營業|不開店|(?:不開|沒開)(?![心車始會燈玩放課])|休息日?|休假|休業|休|closed\b|off\b"
)
_NORMAL = re.compile(r"(?:正常|照常)(?:營業|開店|上班)?|有營業|有開|open as usual|取消(?:公休|休息)")
_REST = re.compile(r"其他(?:時間|天|日子)?|其餘(?:時間|天|日子)?|其它|other days|the rest")
_BETWEEN = re.compile(
    r"[\s、,，。;；:()（）/和及與跟&.]+|還有|以及|然後|但是?|都是?|則|是|為|改成|改為|設為|設定|營業|開店|開門|時間|開|有|的|分別"
    r"|and\b|open\b|from\b|on\b"
)
_WHY = re.compile(r"(?:因為?)?(?P<why>[^\s\d?？]{0,8}?(?:節|日|年|假|夕|旅遊|颱風|整修|盤點|店慶))\s*")
_ASKS = re.compile(r"[?？嗎呢]\s*$|是不是|有沒有|會不會|幾點|什麼|怎麼|如何|多久|多少|哪")
_SETS = re.compile(r"\d|[一二兩三四五六七八九十](?=[點点時])|改|設|休|調整")
# Somebody speaks of themselves or books a table; a shop that is closed doesn't.
_ABOUT_ONESELF = re.compile(r"我|訂位|預約|要訂|過去|過來")
_REASON_FIRST = re.compile(r"因為?|由於|遇到?")
_TIDY = re.compile(r"^(?:[一二兩三四五六七]天|整天|全天)|^[\s,，。:、!！~-]+|[\s,，。、~-]+$")

MOST_OF_A_WEEK = 5
LONGEST_REASON = 12


@dataclass(slots=True)
class _Reading:
    """What was read so far: the days at hand, whether their times came, and times that came before any day."""

    found: dict[int, Ranges] = field(default_factory=dict)
    days: frozenset[int] | None = None
    timed: bool = True
    closing: bool = False
    undated: Ranges = ()

    def name(self, days: frozenset[int]) -> None:
        """Days were named: those before are done with once their times came."""
        self.days = days if self.timed or self.days is None else self.days | days
        self.timed = False
        if self.closing:
            self.put(())

    def put(self, ranges: Ranges) -> None:
        for day in sorted(EVERY_DAY if self.days is None else self.days):
            self.found[day] = joined((*self.found.get(day, ()), *ranges)) if self.timed and ranges else ranges
        if self.days is None and ranges:
            self.undated = joined((*self.undated, *ranges))
        self.timed = True


def is_question(text: str) -> bool:
    """Whether a text asks something and so sets nothing."""
    return _ASKS.search(plain(text)) is not None


def is_about_hours(text: str) -> bool:
    """Whether a text begins with naming business hours and goes on to set them."""
    text = plain(text)
    named = _SUBJECT.match(text)
    if named is None:
        return False
    return text.startswith((" ", ":", ","), named.end()) or _SETS.search(text, named.end()) is not None


def names_days(text: str) -> bool:
    """Whether a text says of which days of the week it speaks."""
    text = plain(text)
    return any(weekdays_at(text, at) is not None for at in range(len(text)))


def read_week(text: str) -> Mapping[int, Ranges] | None:
    """Ranges by weekday (Monday is 0) of "週一到週五 9:00-18:00 週六 10-14"; None for what isn't surely hours."""
    text = plain(text)
    named = _SUBJECT.match(text)
    at = named.end() if named else 0
    reading = _Reading()
    while at < len(text):
        following = _step(text, at, reading)
        if following is None:
            return None
        at = following
    if not reading.timed and reading.days is not None:
        # "9:00-18:00（週一到週五）": the days come after their times.
        only_undated = reading.undated and all(ranges == reading.undated for ranges in reading.found.values())
        return dict.fromkeys(sorted(reading.days), reading.undated) if only_undated else None
    return reading.found or None


def read_holiday(text: str, today: date) -> Holiday | None:
    """ "10/10 公休", "12/24 到 12/26 休息 聖誕快樂", "10/10 10:00-15:00"; None for anything else, or for questions."""
    written = " ".join(text.split())
    text = plain(written)
    reason, days = _reason_and_days(text, today)
    if days is None or _ASKS.search(text):
        return None
    first, last, at = days
    at = _skip(text, at)
    why = _WHY.match(text, at)
    closed = _CLOSED.match(text, at)
    if closed is None and why is not None:
        closed = _CLOSED.match(text, _skip(text, why.end()))
    if closed is not None:
        said = _said(written, text, closed.end()) or reason
        return Holiday(first, last, (), said or (why["why"] if why and why.end() <= closed.start() else ""))
    ranges: list[tuple[int, int]] = []
    while (found := _range_at(text, at, ranges[-1][1] if ranges else 0)) is not None:
        ranges.append(found[0])
        at = _skip(text, found[1])
    said = _said(written, text, at) or reason
    return Holiday(first, last, joined(ranges), said) if ranges and not _ABOUT_ONESELF.search(said) else None


def read_ordinary(text: str, today: date) -> tuple[date, date] | None:
    """The days of "10/10 正常營業": what was said of them before doesn't hold any more."""
    text = plain(text)
    days = dates_at(text, 0, today)
    if days is None or _ASKS.search(text):
        return None
    first, last, at = days
    normal = _NORMAL.match(text, _skip(text, at))
    return (first, last) if normal is not None and not text[normal.end() :].strip(" 。!！喔哦了") else None


def changed(opening: Opening, week: Mapping[int, Ranges]) -> Opening:
    """`opening` with these hours. Most of a week stands for all of it: days that aren't named are closed then."""
    whole = len(week) >= MOST_OF_A_WEEK or not opening.week
    before = ((),) * 7 if whole else opening.week
    return Opening(tuple(week.get(day, before[day]) for day in range(7)), opening.holidays, opening.rest)


def _step(text: str, at: int, reading: _Reading) -> int | None:
    """Read one thing; where the next begins, or None for what isn't known."""
    if (days := weekdays_at(text, at)) is not None:
        reading.name(days[0])
        return days[1]
    if rest := _REST.match(text, at):
        reading.name(EVERY_DAY - reading.found.keys())
        return rest.end()
    times = _times_at(text, at, reading)
    if times is not None:
        return times
    between = _BETWEEN.match(text, at)
    return between.end() if between else None


def _times_at(text: str, at: int, reading: _Reading) -> int | None:
    """Read when the days at hand are open, or that they are closed."""
    if all_day := _ALL_DAY.match(text, at):
        reading.put(((0, DAY),))
        return all_day.end()
    if closed := _CLOSED.match(text, at):
        reading.closing = reading.timed
        if not reading.timed:
            reading.put(())
        return closed.end()
    before = [end for day in (reading.days or ()) for _, end in reading.found.get(day, ())] if reading.timed else []
    found = None if reading.closing else _range_at(text, at, max(before, default=0))
    if found is None:
        return None
    reading.put((found[0],))
    return found[1]


def _range_at(text: str, at: int, after: int) -> tuple[tuple[int, int], int] | None:
    start = clock_at(text, at)
    up_to = UP_TO.match(text, start[1]) if start else None
    end = clock_at(text, up_to.end()) if up_to else None
    if start is None or end is None:
        return None
    found = range_of(start[0], end[0], after)
    return (found, end[1]) if found is not None else None


def _reason_and_days(text: str, today: date) -> tuple[str, tuple[date, date, int] | None]:
    """The days that a text begins with, or that follow a reason: 因為颱風明天休息."""
    begun = _REASON_FIRST.match(text)
    if begun is None:
        return "", dates_at(text, 0, today)
    for at in range(begun.end() + 1, min(begun.end() + LONGEST_REASON, len(text))):
        if (days := dates_at(text, at, today)) is not None:
            return text[begun.end() : at].strip(" ,，"), days
    return "", None


def _skip(text: str, at: int) -> int:
    while between := _BETWEEN.match(text, at):
        at = between.end()
    return at


def _said(written: str, text: str, at: int) -> str:
    """What else stands there, for people to read; as it was written where normalising changed no lengths."""
    rest = (written if len(written) == len(text) else text)[at:]
    while (tidied := _TIDY.sub("", rest)) != rest:
        rest = tidied
    return rest.strip()
