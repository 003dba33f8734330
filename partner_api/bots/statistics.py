"""What a bot did in a time of up to a year, day by day as the shops count days (UTC+8)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME
from bot.errors import BadRequest
from bot.line import figures as line
from bot.models import Bot, UnansweredCluster
from knowledge.repository.pages import Page
from knowledge.repository.unanswered import ClusterFilter, State, list_clusters
from partner_api.api import Api
from partner_api.bots.manager import Manager
from partner_api.wire import timestamp

LONGEST = timedelta(days=366)
USUAL = timedelta(days=29)
MOST_QUESTIONS = 10
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day_written(value: object) -> object:
    """A day as 2026-11-22 alone: what reads numbers as days would take any number for one."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a day such as 2026-11-22")
    return value


Day = Annotated[date, BeforeValidator(_day_written)]


class StatisticsQuery(BaseModel):
    """First and last day, such as 2026-11-22; without them the last 30 days up to today."""

    model_config = ConfigDict(str_strip_whitespace=True)

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None


class Contacts(msgspec.Struct):
    active: int
    new_conversations: int


class Messages(msgspec.Struct):
    received: int
    sent_by_bot: int
    sent_by_staff: int


class Answers(msgspec.Struct):
    from_knowledge: int
    other: int
    not_known: int
    failed: int


class HandOvers(msgspec.Struct):
    requested: int
    conversations: int


class LateAnswers(msgspec.Struct):
    given: int
    fetched: int


class Sent(msgspec.Struct):
    free_replies: int
    pushes: int
    pushes_by_purpose: dict[str, int]


class OpenQuestion(msgspec.Struct):
    id: int
    text: str
    asked: int
    last_asked_at: str


class OpenQuestions(msgspec.Struct):
    total: int
    top: list[OpenQuestion]


class DayShown(msgspec.Struct):
    date: str
    received: int
    sent_by_bot: int
    sent_by_staff: int
    active_contacts: int


class StatisticsShown(msgspec.Struct, kw_only=True, rename={"first": "from", "last": "to"}):
    """A bot's figures from the first to the last day. `unanswered` is how it stands now."""

    bot_id: str
    first: str
    last: str
    timezone: str
    contacts: Contacts
    messages: Messages
    answers: Answers
    hand_overs: HandOvers
    late_answers: LateAnswers
    sent: Sent
    unanswered: OpenQuestions
    days: list[DayShown]


async def statistics_of(
    api: Api, session: AsyncSession, manager: Manager, bot: Bot, *, query: StatisticsQuery
) -> StatisticsShown:
    """Raises BadRequest for a time that ends before it begins, or lasts longer than a year."""
    first, last = _days_asked(query, api.clock.now().astimezone(SHOP_TIME).date())
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    figures = await api.line.figures(session, bot, since=since, until=until)
    wanted = ClusterFilter(state=State.OPEN, vendor_id=bot.vendor_id)
    principal = manager.for_vendor_of(bot)
    clusters, total = await list_clusters(session, principal, wanted, Page(MOST_QUESTIONS, 0))
    return _shown(bot, figures, first=first, last=last, unanswered=OpenQuestions(total, list(map(_question, clusters))))


def _days_asked(query: StatisticsQuery, today: date) -> tuple[date, date]:
    last = query.last or today
    try:
        first = query.first or last - USUAL
        last + timedelta(days=2)
    except OverflowError:
        raise BadRequest("from and to must be days of this era.") from None
    if first > last:
        raise BadRequest("from must not be after to.")
    if last - first >= LONGEST:
        raise BadRequest(f"from and to may be at most {LONGEST.days} days apart.")
    return first, last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHOP_TIME).astimezone(UTC)


def _shown(bot: Bot, figures: line.Figures, *, first: date, last: date, unanswered: OpenQuestions) -> StatisticsShown:
    days = figures.days
    return StatisticsShown(
        bot_id=str(bot.id),
        first=first.isoformat(),
        last=last.isoformat(),
        timezone=str(SHOP_TIME),
        contacts=Contacts(figures.active_contacts, figures.new_conversations),
        messages=Messages(
            sum(day.received for day in days), sum(day.by_bot for day in days), sum(day.by_staff for day in days)
        ),
        answers=Answers(figures.from_knowledge, figures.otherwise_answered, figures.not_known, figures.failed),
        hand_overs=HandOvers(figures.asked_for_person, figures.handed_over),
        late_answers=LateAnswers(figures.late_answers, figures.late_fetched),
        sent=Sent(figures.free_replies, sum(figures.pushes.values()), dict(figures.pushes)),
        unanswered=unanswered,
        days=_every_day(days, first, last),
    )


def _every_day(days: tuple[line.Day, ...], first: date, last: date) -> list[DayShown]:
    """A row for each day, those included on which nothing was said."""
    known = {one.day: one for one in days}
    every = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [
        _day(known.get(day) or line.Day(day=day, received=0, by_bot=0, by_staff=0, active_contacts=0)) for day in every
    ]


def _day(one: line.Day) -> DayShown:
    return DayShown(one.day.isoformat(), one.received, one.by_bot, one.by_staff, one.active_contacts)


def _question(row: UnansweredCluster) -> OpenQuestion:
    return OpenQuestion(row.id, row.text, row.asked, timestamp(row.last_asked_at))
