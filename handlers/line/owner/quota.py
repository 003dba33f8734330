"""額度: what the owner's bot sent this month, what is left, and where that leads."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.channels import repository as channels
from bot.line.delivery import Purpose
from bot.line.flex import list_bubble
from bot.line.messages import FlexMessage
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.budget import Budget, budget_of
from handlers.line.months import month_begin, month_end
from handlers.line.owner.desk import Desk, Order, button
from handlers.line.rendering import messages_for
from handlers.line.repository import Role, Usage
from handlers.line.responses import Reply, Response

QUOTA = "quota"
BROADCAST = "broadcast"


def add_to(desk: Desk) -> None:
    """Let owners ask for it."""
    desk.action(QUOTA, show, needs=Role.OWNER)


async def show(session: AsyncSession, order: Order) -> Response:
    """A card with the month's figures."""
    bot, now, language = order.bot, order.incoming.now, order.language
    channel = await channels.find(session, bot.channel_id)
    if channel is None or channel.quota_checked_at is None:
        return Reply(messages=messages_for(say("quota.not_known", language)), bot_id=bot.id)
    budget = await budget_of(session, bot, channel, now=now)
    usage = await repository.usage_of_bot(session, bot, since=month_begin(now), until=month_end(now))
    card = list_bubble(
        say("quota.title", language, shop=bot.store_name),
        rows_of(budget, usage, language),
        buttons=[button(bot, say("quota.to_broadcast", language), BROADCAST)],
        note=say("quota.note", language),
    )
    return Reply(messages=(FlexMessage("", card),), bot_id=bot.id)


def rows_of(budget: Budget, usage: Usage, language: Language) -> list[tuple[str, str]]:
    """Label and figure of each line; what didn't happen is left out, except for the first ones."""

    def row(name: str, count: int) -> tuple[str, str]:
        return say(f"quota.{name}", language), say("quota.messages", language, count=count)

    key = "quota.used_without_limit" if budget.limit is None else "quota.used_of"
    rows = [(say("quota.used", language), say(key, language, used=budget.used, limit=budget.limit))]
    if budget.left is not None:
        rows.append(row("left", budget.left))
    rows += [row("forecast", budget.forecast), row("free", usage.free)]
    counted = {
        "fetched": usage.fetched,
        **{f"pushed_{purpose}": usage.billed[purpose] for purpose in Purpose},
        "not_sent": usage.refused + usage.unknown,
    }
    return rows + [row(name, count) for name, count in counted.items() if count]
