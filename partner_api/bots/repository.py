"""The statements behind bot management. Each is narrowed to what the manager may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.searching import holding
from bot.models import Bot, BotOwner, Channel, Partner
from bot.tenancy.scope import visible_to
from partner_api.bots.errors import BotNotFound, InvalidToken
from partner_api.bots.manager import Manager
from partner_api.bots.states import BotStatus
from partner_api.wire import PageQuery


@dataclass(frozen=True, slots=True)
class BotRow:
    """A bot with the channel that it speaks on and its owner, if it has one."""

    bot: Bot
    channel: Channel
    owner: BotOwner | None


def _of(manager: Manager, *columns: Any) -> Select[Any]:
    statement: Select[Any] = select(*columns).select_from(Bot)
    if manager.bot_id is not None:
        statement = statement.where(Bot.id == manager.bot_id, Bot.mgmt_token_hash == manager.token_hash)
    else:
        statement = statement.where(Bot.partner_id == manager.partner)
    return visible_to(manager.principal, statement, Bot)


async def list_bots(
    session: AsyncSession, manager: Manager, page: PageQuery, *, search: str, status: BotStatus | None
) -> tuple[list[BotRow], int]:
    """The page's bots, the newest first, and how many there are; without a `status` all but the deleted ones.

    Raises PartnerKeyNeeded for a token, which opens one bot and lists none.
    """
    conditions = [Bot.partner_id == manager.partner, *_in_status(status)]
    if search:
        conditions.append(holding((Bot.store_name, Bot.shop_code), search))
    wanted = _rows(manager).where(*conditions).order_by(Bot.created_at.desc(), Bot.id)
    rows = await session.execute(wanted.limit(page.limit).offset(page.offset))
    total = await session.scalar(_of(manager, func.count(Bot.id)).where(*conditions))
    return [BotRow(*row) for row in rows], total or 0


async def bot_row(session: AsyncSession, manager: Manager, bot_id: uuid.UUID, *, or_deleted: bool = False) -> BotRow:
    """A bot, to show. Raises BotNotFound."""
    wanted = _rows(manager).where(Bot.id == bot_id)
    row = (await session.execute(wanted if or_deleted else wanted.where(Bot.is_active))).first()
    if row is None:
        raise BotNotFound
    return BotRow(*row)


async def held_bot(session: AsyncSession, manager: Manager, bot_id: uuid.UUID) -> Bot:
    """A bot, to change: nobody else changes or deletes it until this transaction ends.

    Raises BotNotFound, and InvalidToken where a token's bot was deleted or its token rolled since the request came in.
    """
    wanted = _of(manager, Bot).where(Bot.id == bot_id, Bot.is_active).with_for_update(key_share=True)
    bot: Bot | None = await session.scalar(wanted.execution_options(populate_existing=True))
    if bot is None:
        raise InvalidToken if bot_id == manager.bot_id else BotNotFound
    return bot


async def partner_row(session: AsyncSession, manager: Manager) -> Partner:
    """The partner whose bots are managed."""
    wanted: Select[Any] = select(Partner).where(Partner.id == manager.partner)
    found: Partner = (await session.scalars(visible_to(manager.principal, wanted, Partner))).one()
    return found


def _rows(manager: Manager) -> Select[Any]:
    joined = _of(manager, Bot, Channel, BotOwner).join(Channel, Channel.id == Bot.channel_id)
    return joined.outerjoin(BotOwner, BotOwner.bot_id == Bot.id)


def _in_status(status: BotStatus | None) -> list[ColumnElement[bool]]:
    suspended, paused = Bot.suspended_at.is_not(None), Bot.paused_at.is_not(None)
    match status:
        case None:
            return [Bot.is_active.is_(True)]
        case BotStatus.DELETED:
            return [Bot.is_active.is_(False)]
        case BotStatus.SUSPENDED:
            return [Bot.is_active.is_(True), suspended]
        case BotStatus.PAUSED:
            return [Bot.is_active.is_(True), ~suspended, paused]
    return [Bot.is_active.is_(True), ~suspended, ~paused]
