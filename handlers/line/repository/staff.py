"""The people of a shop: who they are to a bot, and what they are in the middle of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.models import BotHelper, BotOwner, Contact, StaffDialog


class Role(StrEnum):
    """What a LINE user is to a bot beside a customer."""

    OWNER = "owner"
    HELPER = "helper"


@dataclass(frozen=True, slots=True)
class Dialog:
    """What somebody of the shop is doing; the next text belongs to it."""

    kind: str
    data: dict[str, Any]
    begun_at: datetime


_OWNERS, _HELPERS, _DIALOGS = table_of(BotOwner), table_of(BotHelper), table_of(StaffDialog)
_ROLE = union_all(
    *(
        select(literal(role.value)).where(
            people.c.bot_id == bindparam("bot"),
            people.c.channel_id == bindparam("channel"),
            people.c.user_id == bindparam("user"),
        )
        for role, people in ((Role.OWNER, _OWNERS), (Role.HELPER, _HELPERS))
    )
)
_DIALOG = select(_DIALOGS.c.kind, _DIALOGS.c.data, _DIALOGS.c.begun_at).where(
    _DIALOGS.c.contact_id == bindparam("contact"),
    _DIALOGS.c.bot_id == bindparam("bot"),
    _DIALOGS.c.expires_at > bindparam("now", type_=_DIALOGS.c.expires_at.type),
)


async def role_of(session: AsyncSession, bot_id: uuid.UUID, channel_id: uuid.UUID, user_id: str) -> Role | None:
    """What this LINE user is to the bot; owner before helper."""
    roles = (await session.execute(_ROLE, {"bot": bot_id, "channel": channel_id, "user": user_id})).scalars().all()
    return None if not roles else Role.OWNER if Role.OWNER in roles else Role.HELPER


async def find_dialog(session: AsyncSession, contact_id: int, bot_id: uuid.UUID, *, now: datetime) -> Dialog | None:
    """What the contact is doing with the bot as one of its people, unless that has expired."""
    row = (await session.execute(_DIALOG, {"contact": contact_id, "bot": bot_id, "now": now})).first()
    return Dialog(*row) if row is not None else None


async def begin_dialog(session: AsyncSession, dialog: StaffDialog) -> None:
    """Let the contact's next text belong to this; whatever they did before ends."""
    await end_dialog(session, dialog.contact_id, dialog.bot_id)
    session.add(dialog)
    await session.flush()


async def change_dialog(
    session: AsyncSession, contact_id: int, bot_id: uuid.UUID, *, data: dict[str, Any], until: datetime
) -> None:
    """Go on with a dialog: keep what it has come to, and when it expires now."""
    this = StaffDialog.contact_id == contact_id, StaffDialog.bot_id == bot_id
    await session.execute(update(StaffDialog).where(*this).values(data=data, expires_at=until))


async def end_dialog(session: AsyncSession, contact_id: int, bot_id: uuid.UUID) -> None:
    """The contact is in the middle of nothing any more."""
    ended = delete(StaffDialog).where(StaffDialog.contact_id == contact_id, StaffDialog.bot_id == bot_id)
    await session.execute(ended, execution_options={"synchronize_session": False})


async def staff_of(session: AsyncSession, bot_id: uuid.UUID) -> Sequence[tuple[Role, str, int | None]]:
    """Role, LINE user id and contact id of everybody of the shop; the contact is None before their first word."""
    people = [
        select(literal(role.value), table.c.user_id, Contact.id)
        .outerjoin(Contact, (Contact.channel_id == table.c.channel_id) & (Contact.source_id == table.c.user_id))
        .where(table.c.bot_id == bot_id)
        for role, table in ((Role.OWNER, _OWNERS), (Role.HELPER, _HELPERS))
    ]
    rows = await session.execute(union_all(*people))
    return [(Role(role), user_id, contact_id) for role, user_id, contact_id in rows]
