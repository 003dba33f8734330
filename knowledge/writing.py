"""Entries as they come in over an API and go out again: which intents they name, what their writer should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import BadRequest
from bot.models import KnowledgeEntry
from bot.tenancy.principal import Principal
from knowledge import editing
from knowledge.engine import Engine
from knowledge.parameters import Parameters
from knowledge.repository.intents import intent_names
from knowledge.schemas.entries import EntryFields, WrittenEntry, written


async def given_by(
    session: AsyncSession, principal: Principal, body: EntryFields, *, vendor_id: int | None
) -> dict[str, Any]:
    """The fields that were sent, the intents as ids. Raises NoSuchIntent and BadRequest."""
    given = body.given
    lists = [
        await editing.intent_ids_named(session, principal, named, vendor_id=vendor_id) for named in body.intents_given
    ]
    if lists:
        if any(set(one) != set(lists[0]) for one in lists):
            raise BadRequest("intents and intent_ids name different intents: give one of them.")
        given["intent_ids"] = lists[0]
    return given


@dataclass(frozen=True, slots=True)
class Noted:
    """What is read beside an entry that was written, in the transaction that wrote it."""

    row: KnowledgeEntry
    names: Mapping[int, str]
    warnings: list[str]
    parameters: Parameters


async def noted(session: AsyncSession, principal: Principal, row: KnowledgeEntry) -> Noted:
    names = await intent_names(session, principal, row.intent_ids)
    warnings = await editing.warnings_about(session, principal, row)
    return Noted(row, names, warnings, await editing.values_of(session, principal, row))


async def written_entry(engine: Engine, note: Noted) -> WrittenEntry:
    """The entry as it is shown to whoever wrote it."""
    look = partial(editing.suggestions_for, note.row, note.parameters)
    suggestions = await engine.library.encoding.in_thread(look)
    return written(note.row, note.names, warnings=note.warnings, suggestions=suggestions)
