"""Groups and rooms as a bot is in them, and what its owner set for each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, Contact, StaffDialog

KINDS = ("group", "room")
# What is set for a group stands as what goes on between it and the bot, and doesn't end by itself.
SETTINGS = "group_settings"
_FOR_GOOD = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Group:
    """A group or room that a bot is in. `display_name` is None for rooms and where LINE didn't tell."""

    id: int
    source_id: str
    source_type: str
    display_name: str | None
    language: str | None
    muted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """Whether newcomers are welcomed, when that was last done, and when the group was told to write in private."""

    welcomes: bool = False
    welcomed_at: datetime | None = None
    hinted_at: datetime | None = None


_GROUP = tuple(getattr(Contact, name) for name in Group.__dataclass_fields__)


def _groups(bot: Bot, *, alone: bool) -> Select[Any]:
    """`alone`: the bot has its channel to itself, so that it is in every group there."""
    here = select(*_GROUP).where(Contact.channel_id == bot.channel_id, Contact.source_type.in_(KINDS))
    present = here.where(Contact.left_at.is_(None))
    return present if alone else present.where(Contact.entered_bot_id == bot.id)


async def groups_of(session: AsyncSession, bot: Bot, *, alone: bool, limit: int, offset: int = 0) -> Sequence[Group]:
    """The groups that a bot is in, the first met first."""
    rows = await session.execute(_groups(bot, alone=alone).order_by(Contact.id).limit(limit).offset(offset))
    return [Group(*row) for row in rows]


async def group_of(session: AsyncSession, bot: Bot, contact_id: int, *, alone: bool) -> Group | None:
    """One of them."""
    row = (await session.execute(_groups(bot, alone=alone).where(Contact.id == contact_id))).first()
    return Group(*row) if row is not None else None


async def group_settings(session: AsyncSession, contact_id: int, bot_id: uuid.UUID) -> GroupSettings:
    """What the owner set for a group, and what was said there because of it."""
    row = await session.get(StaffDialog, (contact_id, bot_id))
    return _settings(row) if row is not None and row.kind == SETTINGS else GroupSettings()


async def change_group_settings(
    session: AsyncSession, bot: Bot, contact_id: int, *, settings: GroupSettings, now: datetime
) -> None:
    """Keep what is set for a group."""
    row = await session.get(StaffDialog, (contact_id, bot.id))
    if row is None:
        row = StaffDialog(contact_id=contact_id, bot_id=bot.id, tenant_id=bot.tenant_id, begun_at=now)
        session.add(row)
    row.kind, row.expires_at = SETTINGS, now + _FOR_GOOD
    row.data = {
        "welcomes": settings.welcomes,
        "welcomed_at": _written(settings.welcomed_at),
        "hinted_at": _written(settings.hinted_at),
    }
    await session.flush()


def _settings(row: StaffDialog) -> GroupSettings:
    return GroupSettings(
        welcomes=bool(row.data.get("welcomes")),
        welcomed_at=_read(row.data.get("welcomed_at")),
        hinted_at=_read(row.data.get("hinted_at")),
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _read(moment: object) -> datetime | None:
    return datetime.fromisoformat(moment) if isinstance(moment, str) else None
