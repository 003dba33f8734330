"""Business hours in words: a week, a day, and answers to questions about them. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.clock import SHOP_TIME
from bot.texts import Language, say
from handlers.line.opening.asking import About, Asked, asked
from handlers.line.opening.hours import DAY, Holiday, Opening, Ranges

WEEKDAYS = 7
HOLIDAYS_TOLD = timedelta(days=30)
YEAR_UNSAID = timedelta(days=120)


def answer(opening: Opening, text: str, language: Language, *, now: datetime) -> str | None:
    """The answer to a question about the hours; None where nothing is set about it or it isn't surely one."""
    if not opening.week and not opening.holidays:
        return None
    today = now.astimezone(SHOP_TIME).date()
    question = asked(text, today)
    if question is None or not (opening.week or _is_about_a_holiday(opening, question, today)):
        return None
    return _answer(opening, question, language, now=now)


def reopens(opening: Opening, language: Language, *, now: datetime) -> str | None:
    """When somebody will be there again, such as 明天 09:00; None where it is open, or nobody knows."""
    if not opening.week or opening.is_open(now):
        return None
    moment = opening.opens(now)
    return None if moment is None else moment_in_words(moment, language, now=now)


def week_in_words(opening: Opening, language: Language, *, today: date, ahead: timedelta = HOLIDAYS_TOLD) -> str:
    """A line for days that are alike, then the holidays to come in the time `ahead`."""
    lines = []
    start = 0
    for day in range(1, WEEKDAYS + 1) if opening.week else ():
        if day == WEEKDAYS or opening.week[day] != opening.week[start]:
            last = say(f"opening.day_{day - 1}", language)
            first = say(f"opening.day_{start}", language)
            name = first if start == day - 1 else say("opening.days", language, first=first, last=last)
            lines.append(say("opening.line", language, day=name, hours=ranges_in_words(opening.week[start], language)))
            start = day
    if len(lines) == 1:
        hours = ranges_in_words(opening.week[0], language)
        lines = [say("opening.line", language, day=say("opening.every_day", language), hours=hours)]
    coming = [one for one in opening.holidays if today <= one.last and one.first <= today + ahead]
    # Of a day that was told twice the later word counts, as in `Opening.holiday_on`.
    coming.sort(key=lambda one: one.first)
    return "\n".join([*lines, *(holiday_in_words(one, language, today=today) for one in coming)])


def holiday_in_words(holiday: Holiday, language: Language, *, today: date) -> str:
    """A holiday's days, hours and text in one line, with the year where it is far off."""
    is_far = holiday.first - today > YEAR_UNSAID
    first, last = (f"{day.month}/{day.day}" for day in (holiday.first, holiday.last))
    first = f"{holiday.first.year}/{first}" if is_far and holiday.first.year != today.year else first
    days = first if holiday.first == holiday.last else say("opening.days", language, first=first, last=last)
    hours = ranges_in_words(holiday.ranges, language)
    key = "opening.line_with_text" if holiday.text else "opening.line"
    return say(key, language, day=days, hours=hours, text=holiday.text)


def ranges_in_words(ranges: Ranges, language: Language) -> str:
    """The times of a day."""
    if not ranges:
        return say("opening.closed", language)
    if ranges == ((0, DAY),):
        return say("opening.all_day", language)
    times = [say("opening.range", language, start=_time(start), end=_time(end)) for start, end in ranges]
    return say("opening.between", language).join(times)


def moment_in_words(moment: datetime, language: Language, *, now: datetime) -> str:
    """A day and time as one says it today."""
    local = moment.astimezone(SHOP_TIME)
    day = day_in_words(local.date(), language, today=now.astimezone(SHOP_TIME).date())
    return say("opening.moment", language, day=day, time=f"{local:%H:%M}")


def day_in_words(day: date, language: Language, *, today: date) -> str:
    """今天, 明天, or the weekday with its date."""
    away = (day - today).days
    if away in (0, 1):
        return say("opening.today" if away == 0 else "opening.tomorrow", language)
    weekday = say(f"opening.day_{day.weekday()}", language)
    return say("opening.dated", language, weekday=weekday, date=f"{day.month}/{day.day}")


def _is_about_a_holiday(opening: Opening, question: Asked, today: date) -> bool:
    """Whether a question is about a day of which something is known without the hours of a week."""
    of_a_day = question.about not in (About.WEEK, About.CLOSED_DAYS)
    return of_a_day and opening.holiday_on(question.day or today) is not None


def _answer(opening: Opening, question: Asked, language: Language, *, now: datetime) -> str:
    today = now.astimezone(SHOP_TIME).date()
    if question.about is About.WEEK:
        return say("opening.answer_week", language, hours=week_in_words(opening, language, today=today))
    if question.about is About.CLOSED_DAYS:
        return _closed_days(opening, language, today=today)
    about_now = question.about is About.NOW or (
        question.about is About.CLOSING and question.day in (None, today) and opening.is_open(now)
    )
    if about_now:
        return _now(opening, language, now=now)
    return _day(opening, question.day or today, language, now=now)


def _now(opening: Opening, language: Language, *, now: datetime) -> str:
    closes = opening.closes(now)
    if closes is not None:
        if closes - now > timedelta(days=2):
            return say("opening.answer_always", language)
        return say("opening.answer_open", language, until=moment_in_words(closes, language, now=now))
    return "\n".join([*_holiday_text(opening, now), _closed_now(opening, language, now=now)])


def _closed_now(opening: Opening, language: Language, *, now: datetime) -> str:
    when = reopens(opening, language, now=now)
    return say("opening.answer_closed", language) if when is None else say("opening.answer_opens", language, when=when)


def _holiday_text(opening: Opening, now: datetime) -> list[str]:
    holiday = opening.holiday_on(now.astimezone(SHOP_TIME).date())
    return [holiday.text] if holiday is not None and holiday.text else []


def _day(opening: Opening, day: date, language: Language, *, now: datetime) -> str:
    today = now.astimezone(SHOP_TIME).date()
    name, ranges = day_in_words(day, language, today=today), opening.ranges_on(day)
    holiday = opening.holiday_on(day)
    told = [holiday.text] if holiday is not None and holiday.text else []
    if ranges:
        words = say("opening.answer_day", language, day=name, hours=ranges_in_words(ranges, language))
        if day == today:
            words += say("opening.answer_now_open" if opening.is_open(now) else "opening.answer_now_closed", language)
        return "\n".join([*told, words])
    after = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHOP_TIME) - timedelta(minutes=1)
    opens = opening.opens(max(after, now))
    closed = say("opening.answer_day_closed", language, day=name)
    if opens is None:
        return "\n".join([*told, closed])
    when = moment_in_words(opens, language, now=now)
    return "\n".join([*told, closed + say("opening.answer_next", language, when=when)])


def _closed_days(opening: Opening, language: Language, *, today: date) -> str:
    closed = [say(f"opening.day_{day}", language) for day, ranges in enumerate(opening.week) if not ranges]
    if not closed:
        return say("opening.answer_no_closed_day", language)
    days = say("opening.between", language).join(closed)
    return say("opening.answer_closed_days", language, days=days)


def _time(minutes: int) -> str:
    """24:00 ends a day; what is later is the next day's."""
    if minutes <= DAY:
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{minutes % DAY // 60:02}:{minutes % 60:02}"
