"""Lists of entries as people look through them: filtered, searched, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.searching import holding
from bot.models import KnowledgeEntry
from bot.tenancy.principal import Principal
from knowledge.repository.entries import EXISTING, seen_by_vendor
from knowledge.repository.intents import serves_intent
from knowledge.repository.pages import Page, read_page

_WORDS = (KnowledgeEntry.question_summary, KnowledgeEntry.answer, KnowledgeEntry.keywords)


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries; None means that it doesn't matter.

    `vendor_id`: those that this vendor's answers could come from. `query` is looked for as it stands in
    question, answer and keywords.
    """

    vendor_id: int | None = None
    scope: str | None = None
    audience: str | None = None
    intent_id: int | None = None
    is_active: bool | None = None
    is_curated: bool | None = None
    query: str | None = None


async def list_entries(
    session: AsyncSession, principal: Principal, wanted: EntryFilter, page: Page
) -> tuple[list[KnowledgeEntry], int]:
    """The page's entries, the oldest first, and how many there are in all."""
    conditions = _conditions(wanted)
    if wanted.intent_id is not None:
        conditions.append(serves_intent(session, wanted.intent_id))
    return await read_page(session, principal, KnowledgeEntry, page, where=conditions, order=[KnowledgeEntry.id])


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [EXISTING]
    if wanted.vendor_id is not None:
        conditions.append(seen_by_vendor(wanted.vendor_id))
    exact = {"scope": wanted.scope, "audience": wanted.audience}
    exact_flags = {"is_active": wanted.is_active, "is_curated": wanted.is_curated}
    for name, value in (exact | exact_flags).items():
        if value is not None:
            conditions.append(getattr(KnowledgeEntry, name) == value)
    if wanted.query:
        conditions.append(holding(_WORDS, wanted.query))
    return conditions
