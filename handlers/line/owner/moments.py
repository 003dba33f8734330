"""When something is to happen, as people write it: 「明天 10:00」「下週三下午三點半」「12/24 18:00」. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from bot.texts import words_of
from knowledge.numerals import parse
from knowledge.numerals.reading import HAN_DIGITS, SMALL_UNITS

LONGEST = 40
NOON, LAST_UNSAID_AFTERNOON, HOURS, MINUTES = 12, 7, 24, 60
MONDAYS = 7
# Days from today, and days of the week from Monday, as the catalogue numbers them.
_DAYS, _WEEKDAYS = range(4), range(1, 8)

_N = rf"(?:\d{{1,2}}|[{HAN_DIGITS}{''.join(SMALL_UNITS)}]{{1,3}})"


def read_moment(text: str, now: datetime) -> datetime | None:
    """The moment that `text` names, in the time zone of `now`; None where it names none.

    What names no year or day is the next such moment. A day and time that are over come back as they are: the
    caller says so. "3 點" without more is in the afternoon, which is what shops mean.
    """
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip(" 。.!！").casefold()
    if len(folded) > LONGEST:
        return None
    if (later := _later().fullmatch(folded)) is not None:
        return now + _span(later)
    found = _grammar().fullmatch(folded)
    if found is None:
        return None
    clock = _clock(found)
    if clock is None:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return _on_its_day(found, clock, midnight, now)
    except (ValueError, OverflowError):
        # The 30th of February, or a year that no calendar has.
        return None


def _on_its_day(found: re.Match[str], clock: timedelta, midnight: datetime, now: datetime) -> datetime | None:
    if found["days"] is not None:
        return midnight + timedelta(days=_numbered("day", _DAYS)[found["days"]]) + clock
    if found["weekday"] is not None:
        ahead = _numbered("weekday", _WEEKDAYS)[found["weekday"]] - 1 - now.weekday()
        if found["next"] is not None:
            return midnight + timedelta(days=ahead + MONDAYS) + clock
        moment = midnight + timedelta(days=ahead % MONDAYS) + clock
        return moment if moment > now or found["this"] else moment + timedelta(days=MONDAYS)
    if found["month"] is not None:
        month, day = _number(found["month"]), _number(found["day"])
        year = int(found["year"]) if found["year"] is not None else now.year
        moment = midnight.replace(year=year, month=month, day=day) + clock
        return moment if found["year"] is not None or moment > now else moment.replace(year=year + 1)
    moment = midnight + clock
    return moment if moment > now else moment + timedelta(days=1)


def _span(found: re.Match[str]) -> timedelta:
    """How long from now: 兩小時後."""
    unit = "days" if found["days"] is not None else "minutes" if found["minutes"] is not None else "hours"
    return timedelta(**{unit: 0.5 if found["half"] is not None else _number(found["count"])})


def _clock(found: re.Match[str]) -> timedelta | None:
    """Time since midnight; None for a time that no clock shows."""
    if found["midday"] is not None:
        return timedelta(hours=NOON)
    written = found["hour"] or found["oclock"] or found["bare"] or ""
    hour, minute = _number(written), _number(found["minute"] or found["past"] or "0")
    if found["half"] is not None:
        minute = 30
    period = found["period"] or found["ampm"] or ""
    if hour > HOURS or minute >= MINUTES or (hour == HOURS and minute):
        return None
    if period in _words("before_noon"):
        hour %= NOON
    elif period in _words("after_noon"):
        if hour == NOON and period in _words("evening"):
            # Midnight, the end of that day.
            hour = HOURS
        elif hour < NOON:
            hour += NOON
    elif period in _words("noon"):
        hour += NOON if hour < NOON - 1 else 0
    elif 0 < hour <= LAST_UNSAID_AFTERNOON and not written.startswith("0"):
        hour += NOON
    return timedelta(hours=hour, minutes=minute)


def _number(written: str) -> int:
    value = parse(written)
    return int(value) if value is not None else HOURS * 60


@cache
def _grammar() -> re.Pattern[str]:
    period = rf"(?P<period>{_any('before_noon', 'after_noon', 'noon')})"
    return re.compile(
        rf"""
        (?:(?:
            (?P<days>{_either(_numbered("day", _DAYS))})
            | (?:(?P<next>{_any("next")})|(?P<this>{_any("this")}))?\ ?
              (?P<weekday>{_either(_numbered("weekday", _WEEKDAYS))})
            | (?:(?P<year>20\d\d)(?:[/.-]|{_any("year")}))?
              (?P<month>{_N})(?:[/.-]|{_any("month")})(?P<day>{_N})(?:{_any("date")})?(?!\d)
        )[ ,]?)?
        (?:{period}[ ]?)?
        (?:
            (?P<hour>{_N}):(?P<minute>\d\d)
            | (?P<oclock>{_N})[ ]?(?:{_any("clock")})[ ]?
              (?:(?P<half>{_any("half")})|(?P<past>{_N})(?:{_any("minute")})?)?
            | (?P<bare>\d{{1,2}})(?=[ ]?(?:am|pm)$)
            | (?P<midday>{_any("noon")})
        )
        (?:[ ]?(?P<ampm>am|pm))?
        """,
        re.VERBOSE,
    )


@cache
def _later() -> re.Pattern[str]:
    """A while from now, such as 30 分鐘後."""
    units = rf"(?:(?P<days>{_any('days')})|(?P<minutes>{_any('minutes')})|(?P<hours>{_any('hours')}))"
    return re.compile(rf"(?:(?P<count>{_N})|(?P<half>{_any('half')}))[ ]?{units}[ ]?(?:{_any('later')})")


@cache
def _numbered(name: str, numbers: range) -> dict[str, int]:
    """The words of the keys `heard_<name>_<number>`, each with its number."""
    return {word: number for number in numbers for word in _words(f"{name}_{number}")}


def _words(name: str) -> frozenset[str]:
    """What either language says for this."""
    return words_of(f"moment.heard_{name}")


def _any(*names: str) -> str:
    return _either({word for name in names for word in _words(name)})


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
