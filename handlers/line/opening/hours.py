"""Business hours: which days and times somebody is there, and what holidays change. Pure.

Days are local days of the shop (`bot.clock.SHOP_TIME`). Times are minutes from a day's midnight; a range that
ends after 1,440 goes on into the next day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.clock import SHOP_TIME

DAY = 24 * 60
# How far ahead the next opening is looked for: a shop that is closed longer says so by its holiday's text.
LOOK_AHEAD = 60

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days from `first` to `last` with other times: none where the shop is closed. `text` is what is said then."""

    first: date
    last: date
    ranges: Ranges = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """`week` has the ranges of each weekday, Monday first; empty where no hours are set. `rest` is said in a pause."""

    week: tuple[Ranges, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    rest: str = ""

    def ranges_on(self, day: date) -> Ranges:
        """The ranges that begin on a day."""
        holiday = self.holiday_on(day)
        if holiday is not None:
            return holiday.ranges
        return self.week[day.weekday()] if self.week else ()

    def holiday_on(self, day: date) -> Holiday | None:
        """The holiday that a day belongs to; of several the one that was told last."""
        return next((one for one in reversed(self.holidays) if one.first <= day <= one.last), None)

    def closes(self, now: datetime) -> datetime | None:
        """When the shop that is open now closes; None where it is closed."""
        ends = [end for start, end in self._spans(now, before=1, days=2) if start <= now < end]
        if not ends:
            return None
        end = max(ends)
        # What begins where another ends is one opening to whoever stands before the door.
        for start, later in self._spans(now, before=0, days=8):
            if start <= end < later:
                end = later
        return end

    def is_open(self, now: datetime) -> bool:
        return self.closes(now) is not None

    def opens(self, now: datetime) -> datetime | None:
        """When the shop opens next after now; None where that is far off."""
        return next((start for start, _ in self._spans(now, before=0, days=LOOK_AHEAD) if start > now), None)

    def with_holiday(self, holiday: Holiday, *, today: date) -> Opening:
        """This with one more holiday; those that are over are dropped."""
        kept = tuple(one for one in self.holidays if one.last >= today)
        return replace(self, holidays=(*kept, holiday))

    def without_holiday(self, first: date, last: date, *, today: date) -> Opening:
        """This with ordinary hours on those days."""
        kept = [part for one in self.holidays if one.last >= today for part in _cut(one, first, last)]
        return replace(self, holidays=tuple(kept))

    def to_json(self) -> dict[str, Any]:
        """As it stands in `Bot.opening`."""
        holidays = [
            {"from": one.first.isoformat(), "to": one.last.isoformat(), "ranges": _listed(one.ranges), "text": one.text}
            for one in self.holidays
        ]
        return {"week": [_listed(ranges) for ranges in self.week], "holidays": holidays, "rest": self.rest}

    def _spans(self, now: datetime, *, before: int, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Openings as moments, in order, from the local day of `now`."""
        today = now.astimezone(SHOP_TIME).date()
        for offset in range(-before, days):
            day = today + timedelta(days=offset)
            midnight = datetime.combine(day, time(), SHOP_TIME)
            for start, end in self.ranges_on(day):
                yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def opening_from(stored: Mapping[str, Any] | None) -> Opening:
    """What `Bot.opening` holds; nothing is set where it is null."""
    if not stored:
        return Opening()
    holidays = tuple(
        Holiday(date.fromisoformat(one["from"]), date.fromisoformat(one["to"]), _ranges(one["ranges"]), one["text"])
        for one in stored.get("holidays", ())
    )
    return Opening(tuple(_ranges(ranges) for ranges in stored.get("week", ())), holidays, stored.get("rest", ""))


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges in order, those that overlap or touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _cut(holiday: Holiday, first: date, last: date) -> Iterator[Holiday]:
    """What is left of a holiday without those days."""
    if last < holiday.first or first > holiday.last:
        yield holiday
        return
    if holiday.first < first:
        yield replace(holiday, last=first - timedelta(days=1))
    if holiday.last > last:
        yield replace(holiday, first=last + timedelta(days=1))


def _listed(ranges: Ranges) -> list[list[int]]:
    return [list(one) for one in ranges]


def _ranges(listed: Sequence[Sequence[int]]) -> Ranges:
    return tuple((int(start), int(end)) for start, end in listed)
