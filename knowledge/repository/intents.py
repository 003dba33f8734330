"""Statements about intents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Intent, KnowledgeEntry
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.entries import IntentCard, IntentType
from knowledge.errors import IntentNotFound
from knowledge.repository.pages import Page, read_page

_NAMED: Sequence[Any] = (Intent.id, Intent.name)


async def intents_of(session: AsyncSession, principal: Principal, vendor_id: int) -> list[IntentCard]:
    """The enabled intents of a vendor, its own and the shared ones, the oldest first."""
    statement = select(Intent).where(Intent.is_enabled, used_by(vendor_id)).order_by(Intent.id)
    rows = await session.scalars(visible_to(principal, statement, Intent))
    return [_card(row) for row in rows]


async def intent_row(session: AsyncSession, principal: Principal, intent_id: int) -> Intent:
    """An intent, enabled or not. Raises IntentNotFound for one that isn't there or is another's."""
    statement = select(Intent).where(Intent.id == intent_id).execution_options(populate_existing=True)
    row: Intent | None = await session.scalar(visible_to(principal, statement, Intent))
    if row is None:
        raise IntentNotFound
    return row


async def list_intents(
    session: AsyncSession, principal: Principal, page: Page, *, vendor_id: int | None, enabled: bool | None
) -> tuple[list[Intent], int]:
    """The page's intents, the oldest first, and how many there are; with a vendor, those that it uses."""
    conditions: list[ColumnElement[bool]] = [] if vendor_id is None else [used_by(vendor_id)]
    if enabled is not None:
        conditions.append(Intent.is_enabled == enabled)
    return await read_page(session, principal, Intent, page, where=conditions, order=[Intent.id])


async def intent_names(session: AsyncSession, principal: Principal, ids: Collection[int]) -> dict[int, str]:
    """The names of those of `ids` that there are."""
    if not ids:
        return {}
    statement = select(*_NAMED).where(Intent.id.in_(ids))
    return {row.id: row.name for row in await session.execute(visible_to(principal, statement, Intent))}


async def names_in_use(
    session: AsyncSession, principal: Principal, *, vendor_id: int | None, with_shared: bool = False
) -> list[tuple[int, str]]:
    """Id and name of a vendor's own intents, or of the shared ones (None); own ones first, then shared ones."""
    own = Intent.vendor_id.is_(None) if vendor_id is None else Intent.vendor_id == vendor_id
    wanted = or_(own, Intent.vendor_id.is_(None)) if with_shared else own
    order = (Intent.vendor_id.is_(None), Intent.id)
    statement = select(*_NAMED).where(wanted).order_by(*order)
    rows = await session.execute(visible_to(principal, statement, Intent))
    return [(row.id, row.name) for row in rows]


async def delete_intent(session: AsyncSession, principal: Principal, intent_id: int, *, now: datetime) -> None:
    """Remove an intent, and its id from every entry that served it: SQLite gives such a number out again."""
    serving = select(KnowledgeEntry).where(serves_intent(session, intent_id)).order_by(KnowledgeEntry.id)
    for entry in await session.scalars(visible_to(principal, serving, KnowledgeEntry)):
        entry.intent_ids = [one for one in entry.intent_ids if one != intent_id]
        entry.updated_at = now
    await session.flush()
    await session.execute(visible_to(principal, delete(Intent).where(Intent.id == intent_id), Intent))


def serves_intent(session: AsyncSession, intent_id: int) -> ColumnElement[bool]:
    """The condition for entries that serve an intent; the stores look into a JSON list each in its own way."""
    if session.get_bind().dialect.name == "sqlite":
        ids = func.json_each(KnowledgeEntry.intent_ids).table_valued("value")
        return exists(select(1).select_from(ids).where(ids.c.value == intent_id))
    return cast(KnowledgeEntry.intent_ids, JSONB).contains([intent_id])


def used_by(vendor_id: int) -> ColumnElement[bool]:
    """The condition for a vendor's own intents and the shared ones."""
    return or_(Intent.vendor_id == vendor_id, Intent.vendor_id.is_(None))


def _card(row: Intent) -> IntentCard:
    return IntentCard(
        id=row.id, name=row.name, type=IntentType(row.type), description=row.description,
        examples=tuple(row.examples), endpoint=row.endpoint, secret_box=row.endpoint_secret_box,
    )  # fmt: skip
