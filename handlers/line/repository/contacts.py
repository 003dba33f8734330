"""Contacts: the people and groups of a channel."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import Contact

_CONTACTS = table_of(Contact)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as the runtime needs it: the shop it entered last, and what is set for it as a group."""

    id: int
    entered_bot_id: uuid.UUID | None
    language: str | None
    muted_at: datetime | None


_SHOWN = tuple(_CONTACTS.c[name] for name in ContactRow.__dataclass_fields__)
_FIND = select(*_SHOWN).where(
    _CONTACTS.c.channel_id == bindparam("channel"), _CONTACTS.c.source_id == bindparam("source")
)
_UPSERT = upsert_of(
    Contact,
    lambda insert: (
        insert.values(
            channel_id=bindparam("channel"),
            source_id=bindparam("source"),
            source_type=bindparam("kind"),
            created_at=bindparam("now"),
        )
        # Changing nothing is what makes "returning" answer for a row that was there.
        .on_conflict_do_update(
            index_elements=[_CONTACTS.c.channel_id, _CONTACTS.c.source_id], set_={"source_type": bindparam("kind")}
        )
        .returning(*_SHOWN)
    ),
)


async def find_contact(session: AsyncSession, channel_id: uuid.UUID, source_id: str) -> ContactRow | None:
    """The contact of (channel, source id)."""
    row = (await session.execute(_FIND, {"channel": channel_id, "source": source_id})).first()
    return ContactRow(*row) if row is not None else None


async def upsert_contact(
    session: AsyncSession, channel_id: uuid.UUID, source_id: str, *, source_type: str, now: datetime
) -> ContactRow:
    """The contact of (channel, source id), made if it is new."""
    given = {"channel": channel_id, "source": source_id, "kind": source_type, "now": now}
    return ContactRow(*await run_upsert(session, _UPSERT, given))


async def contact(session: AsyncSession, contact_id: int) -> Contact:
    """The whole row of a contact."""
    return await session.get_one(Contact, contact_id)


async def enter_bot(session: AsyncSession, contact_id: int, bot_id: uuid.UUID) -> None:
    """From now on this bot answers the contact."""
    await change_contact(session, contact_id, entered_bot_id=bot_id)


async def mark_follow(session: AsyncSession, contact_id: int, *, follows: bool, at: datetime) -> None:
    """The contact added the account as a friend, or blocked it."""
    changes = {"followed_at": at, "unfollowed_at": None} if follows else {"unfollowed_at": at}
    await change_contact(session, contact_id, **changes)


async def change_contact(session: AsyncSession, contact_id: int, **changes: Any) -> None:
    """Set columns of a contact."""
    await session.execute(update(Contact).where(Contact.id == contact_id).values(**changes))
