"""What LINE messages cost: the month's quota of each channel, what each bot used of it, and a bot's own limit."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.output import AsJson, print_json
from bot.cli.store import opened_store
from bot.clock import Clock, SystemClock
from bot.errors import BadRequest
from bot.models import Bot, Channel
from bot.settings import load_settings
from bot.tenancy.bots import find_any_bot
from handlers.line import repository
from handlers.line.budget import channel_budget
from handlers.line.months import LINE_TIME, month_begin, month_end, month_name
from handlers.line.pushing import limit_of
from handlers.line.repository import Usage

Found = TypeVar("Found")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")

usage = typer.Typer(help="What was sent and what it cost.", no_args_is_help=True)


@usage.callback()
def usages() -> None:
    """What was sent and what it cost."""


@usage.command()
def line(
    month: Annotated[str, typer.Option(help="Such as 2026-11; this month where none is given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show each channel's quota and forecast, and what each bot sent on it: for free, and billed."""
    clock = SystemClock()
    begin = month_of(month, clock)
    found = asyncio.run(_with_store(lambda session: usage_report(session, begin, now=clock.now())))
    if as_json:
        print_json(found)
        return
    for text in lines_of(found):
        typer.echo(text)


@usage.command()
def limit(
    bot: Annotated[uuid.UUID, typer.Argument(help="The id of the bot.")],
    messages: Annotated[str, typer.Argument(help="Billed messages it may cause a month, or `none`.")],
    as_json: AsJson = False,
) -> None:
    """Set how many billed messages a bot may cause a month.

    With `none` the channel's quota holds: all of it on a channel of its own, and a fifth of it on the central one.
    """
    if messages != "none" and not messages.isdecimal():
        raise BadRequest("The limit is a whole number of messages, or `none`.")
    wanted = None if messages == "none" else int(messages)
    asyncio.run(_with_store(lambda session: set_limit(session, bot, wanted)))
    if as_json:
        print_json({"bot_id": bot, "push_limit": wanted})
    else:
        typer.echo(f"Bot {bot}: {'no limit of its own' if wanted is None else f'at most {wanted} a month'}.")


def month_of(text: str, clock: Clock) -> datetime:
    """When a month begins that is written like 2026-11. Raises BadRequest for anything else."""
    if not text:
        return month_begin(clock.now())
    found = _MONTH.fullmatch(text)
    if found is None:
        raise BadRequest("A month is written like 2026-11.")
    return datetime(int(found[1]), int(found[2]), 1, tzinfo=LINE_TIME)


async def usage_report(session: AsyncSession, begin: datetime, *, now: datetime) -> dict[str, Any]:
    """The month that begins at `begin`: every channel with its bots."""
    channels = [
        await _channel_report(session, channel, begin, now=now) for channel in await repository.all_channels(session)
    ]
    return {"month": month_name(begin), "channels": channels}


async def set_limit(session: AsyncSession, bot_id: uuid.UUID, limit: int | None) -> None:
    """Write a bot's limit. Raises NotFound."""
    (await find_any_bot(session, bot_id)).push_limit = limit


def lines_of(report: dict[str, Any]) -> list[str]:
    """The report as a table for a terminal."""
    lines = [f"LINE messages of {report['month']}"]
    for channel in report["channels"]:
        quota = "quota not known yet"
        if channel["checked_at"] is not None:
            limit = "no limit" if channel["limit"] is None else f"of {channel['limit']}"
            quota = f"{channel['used']} billed, {limit}, forecast {channel['forecast']}"
        lines += ["", f"{channel['name']} ({channel['basic_id'] or 'no id yet'}): {quota}"]
        lines += [f"  {'bot':24} {'free':>7} {'fetched':>8} {'billed':>7} {'limit':>7} {'refused':>8} {'unknown':>8}"]
        for bot in channel["bots"]:
            limit = "-" if bot["limit"] is None else bot["limit"]
            counts = (
                f"{bot['free']:7} {bot['fetched']:8} {bot['billed']:7} {limit:>7} {bot['refused']:8} {bot['unknown']:8}"
            )
            by = ", ".join(f"{purpose} {count}" for purpose, count in bot["billed_by_purpose"].items())
            lines.append(f"  {bot['name'][:24]:24} {counts}{f'  ({by})' if by else ''}")
    return lines


async def _channel_report(session: AsyncSession, channel: Channel, begin: datetime, *, now: datetime) -> dict[str, Any]:
    this_month = month_begin(now) == month_begin(begin)
    budget = await channel_budget(session, channel, now=now) if this_month else None
    found = await repository.usage_of_channel(session, channel.id, since=begin, until=month_end(begin))
    return {
        "channel_id": channel.id,
        "name": channel.name,
        "basic_id": channel.basic_id,
        "checked_at": channel.quota_checked_at if budget is not None else None,
        "used": budget.used if budget is not None else sum(one.total_billed for one in found),
        "limit": budget.limit if budget is not None else None,
        "forecast": budget.forecast if budget is not None else None,
        "bots": [await _bot_report(session, channel, one) for one in found],
    }


async def _bot_report(session: AsyncSession, channel: Channel, used: Usage) -> dict[str, Any]:
    bot = await session.get(Bot, used.bot_id) if used.bot_id is not None else None
    return {
        "bot_id": used.bot_id,
        "name": bot.store_name if bot is not None else "(no bot)",
        "limit": limit_of(bot, channel)[0] if bot is not None else None,
        "free": used.free,
        "fetched": used.fetched,
        "billed": used.total_billed,
        "billed_by_purpose": dict(used.billed),
        "refused": used.refused,
        "unknown": used.unknown,
    }


async def _with_store(work: Callable[[AsyncSession], Awaitable[Found]]) -> Found:
    async with opened_store(load_settings()) as database, database.unit_of_work() as session:
        return await work(session)
