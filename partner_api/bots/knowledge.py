"""The knowledge of the vendor that a bot speaks for: its own entries, through the chat engine's verbs.

What a tenant's vendors share, and a vendor's rewrites of that, are not a single bot's to manage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from pydantic import AfterValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Bot, KnowledgeEntry
from bot.tenancy.principal import Principal
from bot.web.fields import CHANGE, one_line
from knowledge import editing, keywords
from knowledge.entries import Audience, Scope
from knowledge.errors import EntryNotFound
from knowledge.parameters import Parameters
from knowledge.repository.changes import Author
from knowledge.repository.entries import NewEntry, entry_row
from knowledge.repository.intents import intent_names
from knowledge.repository.listing import EntryFilter, list_entries
from knowledge.repository.pages import Page
from knowledge.repository.parameters import parameters_of
from knowledge.schemas.entries import DeletedEntry, EntryAnswer, EntryFields, EntryList, shown
from knowledge.schemas.fields import AnswerText, QuestionText
from knowledge.writing import Noted, given_by, noted
from partner_api.bots.manager import Manager
from partner_api.wire import PageQuery

MAX_SEARCH = 200
Shown = TypeVar("Shown", bound=EntryAnswer)


class EntriesQuery(PageQuery):
    """Which entries; `search` is looked for in question, answer and keywords."""

    search: Annotated[str, Field(max_length=MAX_SEARCH), AfterValidator(one_line)] = ""


class EntryBody(EntryFields):
    """The entry to make. Fields beyond these are ignored."""

    question_summary: QuestionText
    answer: AnswerText


class EntryChange(EntryFields):
    """What to change of an entry: the fields that are given."""

    model_config = CHANGE


@dataclass(frozen=True, slots=True)
class BotKnowledge:
    """Each verb raises EntryNotFound for an entry that isn't the vendor's own."""

    clock: Clock

    async def listed(self, session: AsyncSession, manager: Manager, bot: Bot, *, query: EntriesQuery) -> EntryList:
        principal = manager.for_vendor_of(bot)
        wanted = EntryFilter(vendor_id=bot.vendor_id, scope=Scope.VENDOR.value, query=query.search)
        rows, total = await list_entries(session, principal, wanted, Page(query.limit, query.offset))
        names = await intent_names(session, principal, {one for row in rows for one in row.intent_ids})
        return EntryList([in_utc(shown(row, names)) for row in rows], total, query.limit, query.offset)

    async def get(self, session: AsyncSession, manager: Manager, bot: Bot, *, entry_id: int) -> EntryAnswer:
        principal = manager.for_vendor_of(bot)
        row = await _own_entry(session, principal, entry_id)
        return in_utc(shown(row, await intent_names(session, principal, row.intent_ids)))

    async def values(self, session: AsyncSession, manager: Manager, bot: Bot) -> Parameters:
        """The vendor's values by key, which an entry's text could name instead of writing them out."""
        found = await parameters_of(session, manager.for_vendor_of(bot), bot.vendor_id)
        return {item.key: item for item in found}

    async def create(self, session: AsyncSession, manager: Manager, bot: Bot, *, body: EntryBody) -> Noted:
        """Raises NoSuchIntent."""
        principal = manager.for_vendor_of(bot)
        given = await given_by(session, principal, body, vendor_id=bot.vendor_id)
        new = NewEntry(
            body.question_summary, body.answer, bot.vendor_id, keywords.join(body.keywords), Audience(body.audience),
            intent_ids=tuple(given.get("intent_ids", ())), is_curated=body.is_curated, is_active=body.is_active,
        )  # fmt: skip
        row = await editing.create(session, Author(principal, body.said_by), new, now=self.clock.now())
        return await noted(session, principal, row)

    async def change(
        self, session: AsyncSession, manager: Manager, bot: Bot, *, entry_id: int, body: EntryChange
    ) -> Noted:
        """Raises NoSuchIntent."""
        principal = manager.for_vendor_of(bot)
        await _own_entry(session, principal, entry_id)
        given = await given_by(session, principal, body, vendor_id=bot.vendor_id)
        author = Author(principal, body.said_by)
        row = await editing.update(session, author, entry_id, given=given, now=self.clock.now())
        return await noted(session, principal, row)

    async def delete(self, session: AsyncSession, manager: Manager, bot: Bot, *, entry_id: int) -> DeletedEntry:
        principal = manager.for_vendor_of(bot)
        await _own_entry(session, principal, entry_id)
        row = await editing.remove(session, Author(principal), entry_id, now=self.clock.now())
        return DeletedEntry(row.id, deleted=True, replaces_id=row.replaces_id)


def in_utc(entry: Shown) -> Shown:
    """An entry with its times written as everywhere in this API."""
    return msgspec.structs.replace(entry, created_at=f"{entry.created_at}Z", updated_at=f"{entry.updated_at}Z")


async def _own_entry(session: AsyncSession, principal: Principal, entry_id: int) -> KnowledgeEntry:
    row = await entry_row(session, principal, entry_id)
    if row.scope != Scope.VENDOR.value or row.vendor_id != principal.vendor_id:
        raise EntryNotFound
    return row
