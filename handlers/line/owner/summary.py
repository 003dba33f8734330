"""今日摘要: a shop's day in figures, on demand and at the hour that its owner chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME
from bot.line.channels import repository as channels
from bot.line.flex import list_bubble
from bot.models import Bot
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.budget import Budget, budget_of
from handlers.line.owner.desk import Desk, Order
from handlers.line.owner.handover import WAITING
from handlers.line.owner.replies import phrase, shown, tap
from handlers.line.owner.settings import SETTINGS
from handlers.line.owner.unanswered import UNANSWERED
from handlers.line.repository import Usage
from handlers.line.responses import Response

SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened in a time: messages of customers and how many people wrote them, the bot's answers and in how
    many of them it knew one; what stands open now; and what it cost."""

    messages: int
    people: int
    given: int
    known: int
    open: int
    waiting: int
    failed: int
    usage: Usage
    budget: Budget | None

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing that anybody must know."""
        return not (self.messages or self.waiting or self.failed)


def add_to(desk: Desk) -> None:
    """Let everybody of the shop ask for it."""
    desk.action(SUMMARY, show)


async def show(session: AsyncSession, order: Order) -> Response:
    """A card with the figures since midnight, free of charge."""
    now = order.incoming.now
    local = now.astimezone(SHOP_TIME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = await day_of(session, order.bot, since=midnight, until=now)
    rows = rows_of(day, order.language)
    title = phrase(order, "summary.title", shop=order.bot.store_name, date=f"{local.month}/{local.day}")
    buttons = [tap(order, "summary.settings", SETTINGS)]
    if day.waiting:
        buttons.insert(0, tap(order, "summary.see_waiting", WAITING))
    if day.open:
        buttons.insert(0, tap(order, "summary.see_open", UNANSWERED))
    note = phrase(order, "summary.quiet") if day.is_quiet else ""
    return shown(order, list_bubble(title, rows, buttons=buttons, note=note))


async def day_of(session: AsyncSession, bot: Bot, *, since: datetime, until: datetime) -> Day:
    """A bot's figures of that time."""
    messages, people = await repository.count_asked(session, bot.id, since=since, until=until)
    answers = await repository.count_answers(session, bot.id, since=since, until=until)
    _, failed = await repository.ends_since(session, bot.channel_id, since=since)
    channel = await channels.find(session, bot.channel_id)
    return Day(
        messages=messages,
        people=people,
        given=answers.given,
        known=answers.known,
        open=await repository.count_open_questions(session, bot.vendor_id),
        waiting=await repository.count_waiting(session, bot.id, now=until),
        failed=failed[bot.id],
        usage=await repository.usage_of_bot(session, bot, since=since, until=until + timedelta(seconds=1)),
        budget=await budget_of(session, bot, channel, now=until) if channel is not None else None,
    )


def rows_of(day: Day, language: Language) -> list[tuple[str, str]]:
    """Label and figure of each line; what didn't happen is left out but for the first ones."""

    def row(name: str, key: str, **values: object) -> tuple[str, str]:
        return say(f"summary.{name}", language), say(f"summary.{key}", language, **values)

    rows = [row("asked", "asked_by", messages=day.messages, people=day.people)]
    if day.given:
        share = round(100 * day.known / day.given)
        rows.append(row("answered", "answered_of", share=share, known=day.known, all=day.given))
    rows.append(row("open", "open_count", count=day.open))
    if day.waiting:
        rows.append(row("waiting", "waiting_count", count=day.waiting))
    if day.failed:
        rows.append(row("failed", "failed_count", count=day.failed))
    rows.append(row("sent", "sent_count", free=day.usage.free, billed=day.usage.total_billed))
    if day.budget is not None:
        key = "month_without_limit" if day.budget.limit is None else "month_of"
        budget = day.budget
        rows.append(row("month", key, used=budget.used, limit=budget.limit, forecast=budget.forecast))
    return rows


def in_words(day: Day, language: Language) -> str:
    """The figures as lines of text."""
    lines = [say("handover.says", language, name=label, text=figure) for label, figure in rows_of(day, language)]
    return "\n".join([*lines, *([say("summary.quiet", language)] if day.is_quiet else [])])
