"""營業時間: business hours and holidays, shown and changed; a change counts once it was confirmed."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME
from handlers.line.opening import (
    Opening,
    changed,
    is_about_hours,
    is_question,
    names_days,
    opening_from,
    read_holiday,
    read_ordinary,
    read_week,
    week_in_words,
)
from handlers.line.owner.desk import Desk, Order
from handlers.line.owner.replies import (
    begin,
    drafted,
    end,
    expired,
    new_draft,
    phrase,
    says_no,
    says_yes,
    tap,
    told,
    way_back,
    ways_out,
)
from handlers.line.owner.sentences import read_value_change
from handlers.line.repository import Role
from handlers.line.responses import Reply, Response

HOURS = "hours"
CHANGE, CONFIRM = "change", "ok-"
# Owners see every holiday that they set.
ALL_TO_COME = timedelta(days=1000)
# For recognising a date any day will do.
_ANY_DAY = date(2000, 1, 1)


def add_to(desk: Desk) -> None:
    """Show hours to everybody of the shop; its owner may change them."""
    desk.action(HOURS, hours, read=read)
    desk.dialog(HOURS, answer, expects="opening.text_expected")


def read(text: str) -> str | None:
    """The text, where it sets hours or holidays."""
    if is_question(text):
        return None
    if read_holiday(text, _ANY_DAY) or read_ordinary(text, _ANY_DAY) or (names_days(text) and read_week(text)):
        return text
    # Something else may be called that: a value that is said in words.
    is_hours = is_about_hours(text) and (read_week(text) is not None or read_value_change(text) is None)
    return text if is_hours else None


async def hours(session: AsyncSession, order: Order) -> Response:
    """Show the hours, or propose what was said or confirmed."""
    argument = order.argument
    if not argument:
        return _show(order)
    if order.role is not Role.OWNER:
        return told(order, phrase(order, "owner.owners_only"), *ways_out(order))
    if argument == CHANGE:
        await begin(session, order, HOURS, data={})
        return told(order, phrase(order, "opening.how"), way_back(order))
    if argument.startswith(CONFIRM):
        return await _save(session, order, argument.removeprefix(CONFIRM))
    return await _propose(session, order, argument)


async def answer(session: AsyncSession, order: Order) -> Response:
    """What the owner says to a proposal, or to the question what to change."""
    dialog = order.turn.situation.dialog
    draft = str(dialog.data.get("draft", "")) if dialog is not None else ""
    if draft and says_yes(order.argument):
        return await _save(session, order, draft)
    if draft and says_no(order.argument):
        await end(session, order)
        return told(order, phrase(order, "owner.cancelled"), *ways_out(order))
    return await _propose(session, order, order.argument)


def _show(order: Order) -> Reply:
    opening = opening_from(order.bot.opening)
    words = _words(order, opening) if opening.week or opening.holidays else phrase(order, "opening.none")
    text = phrase(order, "opening.shown", shop=order.bot.store_name, hours=words)
    if order.role is not Role.OWNER:
        return told(order, text, *ways_out(order))
    how = "\n\n".join([text, phrase(order, "opening.how")])
    return told(order, how, tap(order, "opening.change", HOURS, CHANGE), *ways_out(order))


async def _propose(session: AsyncSession, order: Order, text: str) -> Reply:
    """Say what the hours would be, with a button that makes them so."""
    opening = opening_from(order.bot.opening)
    today = _today(order)
    week, holiday, ordinary = read_week(text), read_holiday(text, today), read_ordinary(text, today)
    if holiday is not None:
        wanted = opening.with_holiday(holiday, today=today)
    elif ordinary is not None:
        wanted = opening.without_holiday(*ordinary, today=today)
    elif week is None:
        await begin(session, order, HOURS, data={})
        not_understood = "\n".join([phrase(order, "opening.not_understood"), phrase(order, "opening.how")])
        return told(order, not_understood, way_back(order))
    elif not opening.week and not any(week.values()):
        await begin(session, order, HOURS, data={})
        return told(order, phrase(order, "opening.hours_first"), way_back(order))
    else:
        wanted = changed(opening, week)
    draft = new_draft()
    await begin(session, order, HOURS, data={"draft": draft, "opening": wanted.to_json()})
    question = phrase(order, "opening.confirm", hours=_words(order, wanted))
    return told(order, question, tap(order, "opening.yes", HOURS, CONFIRM + draft), way_back(order))


async def _save(session: AsyncSession, order: Order, draft: str) -> Reply:
    data = await drafted(session, order, HOURS, draft)
    if data is None:
        return expired(order)
    await end(session, order)
    order.bot.opening = data["opening"]
    await session.flush()
    return told(
        order, phrase(order, "opening.saved", hours=_words(order, opening_from(data["opening"]))), *ways_out(order)
    )


def _words(order: Order, opening: Opening) -> str:
    words = week_in_words(opening, order.language, today=_today(order), ahead=ALL_TO_COME)
    return words or phrase(order, "opening.none")


def _today(order: Order) -> date:
    return order.incoming.now.astimezone(SHOP_TIME).date()
