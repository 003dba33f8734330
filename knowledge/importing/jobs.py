"""The verbs on imports. Each works in the caller's transaction; `tasks` does what takes long."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.models import ImportJob, ImportRow, KnowledgeEntry
from bot.tenancy.principal import Principal
from bot.tenancy.scope import may_share
from knowledge.errors import NoSuchRow, NotImportable, SharedIsReadOnly, TooManyImports, WrongState
from knowledge.importing.planning import Policies
from knowledge.importing.rows import Row
from knowledge.repository import imports
from knowledge.repository.import_rows import Decision, RowState, acting_for, drop_rows, entries_after, rows_numbered
from knowledge.repository.imports import FINAL, NewImport, State
from knowledge.repository.intents import intent_names
from knowledge.repository.vendors import seen_vendor

MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class RowDecision:
    """What a person decides about one row, and how its question and answer are to read."""

    number: int
    action: Decision
    question: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What to do with the rows of a preview: with those that are named, and with the others by their states."""

    policies: Policies = field(default_factory=Policies)
    rows: Sequence[RowDecision] = field(default_factory=tuple)
    use_suggestions: bool = False


async def begin(session: AsyncSession, principal: Principal, new: NewImport, *, now: datetime) -> ImportJob:
    """Store an import that a worker then reads.

    Raises VendorNotFound, SharedIsReadOnly for an import into what all vendors share by whoever is
    bound to one, and TooManyImports.
    """
    if new.vendor_id is None:
        if not may_share(principal):
            raise SharedIsReadOnly
    else:
        await seen_vendor(session, principal, new.vendor_id)
    if await imports.count_open(session, principal) >= MOST_OPEN:
        raise TooManyImports(MOST_OPEN)
    return await imports.add_job(session, principal, new, now=now)


async def apply(
    session: AsyncSession, principal: Principal, job_id: uuid.UUID, decisions: Decisions, *, now: datetime
) -> ImportJob:
    """Let the rows of a preview be brought in. Raises ImportNotFound, WrongState, NoSuchRow and NotImportable."""
    job = await imports.job_for_update(session, principal, job_id)
    if job.state != State.PREVIEW.value:
        raise WrongState(job.state, "applied after its preview was made, and once")
    await _decide(session, job, decisions.rows)
    job.options = job.options | {
        "duplicates": decisions.policies.duplicates.value,
        "conflicts": decisions.policies.conflicts.value,
        "use_suggestions": decisions.use_suggestions,
    }
    job.state, job.attempts, job.done, job.total, job.updated_at = State.IMPORTING.value, 0, 0, 0, now
    return job


async def cancel(session: AsyncSession, principal: Principal, job_id: uuid.UUID, *, now: datetime) -> ImportJob:
    """End an import; nothing of it is kept but its rows. Raises ImportNotFound, and WrongState for an ended one."""
    job = await imports.job_for_update(session, principal, job_id)
    if State(job.state) in FINAL:
        raise WrongState(job.state, "cancelled before it has ended")
    job.state, job.data, job.updated_at = State.CANCELLED.value, None, now
    return job


async def remove(database: Database, principal: Principal, job_id: uuid.UUID) -> None:
    """Delete an import with its rows, in several transactions; the entries that it made stay.

    Raises ImportNotFound, and WrongState while it is being worked on.
    """
    is_left = True
    while is_left:
        async with database.unit_of_work() as session:
            job = await imports.job_for_update(session, principal, job_id)
            if job.staged or State(job.state) not in (*FINAL, State.PREVIEW):
                raise WrongState(job.state, "deleted when nothing is being done about it: cancel it first")
            if job.state == State.PREVIEW.value:
                job.state = State.CANCELLED.value
            is_left = await drop_rows(session, acting_for(job), job.id)
            if not is_left:
                await imports.delete_job(session, principal, job.id)


async def rows_to_export(
    database: Database, principal: Principal, vendor_id: int | None, *, scope: str | None = None
) -> list[Row]:
    """The entries in use that a vendor's answers come from, or without a vendor those that all share.

    With a `scope` those of that scope alone. Raises VendorNotFound.
    """
    rows: list[Row] = []
    after = 0
    while True:
        async with database.reading(heavy=True) as session:
            if vendor_id is not None:
                await seen_vendor(session, principal, vendor_id)
            found = await entries_after(session, principal, vendor_id, scope=scope, after=after)
            names = await intent_names(session, principal, {one for entry in found for one in entry.intent_ids})
        if not found:
            return rows
        after = found[-1].id
        rows += [_exported(number, entry, names) for number, entry in enumerate(found, len(rows) + 1)]


def _exported(number: int, entry: KnowledgeEntry, names: Mapping[int, str]) -> Row:
    intents = tuple(names[one] for one in entry.intent_ids if one in names)
    return Row(number, entry.question_summary, entry.answer, entry.keywords, entry.audience, intents)


async def _decide(session: AsyncSession, job: ImportJob, decided: Sequence[RowDecision]) -> None:
    """Note with each row what was decided about it, and bring its texts to what was given."""
    rows = {
        row.number: row
        for row in await rows_numbered(session, acting_for(job), job.id, [one.number for one in decided])
    }
    for one in decided:
        row = rows.get(one.number)
        if row is None:
            raise NoSuchRow(one.number)
        row.row = _texts(row, one) | {"decided": one.action.value}


def _texts(row: ImportRow, decided: RowDecision) -> dict[str, Any]:
    given = {name: text for name in ("question", "answer") if (text := getattr(decided, name)) is not None}
    if row.state != RowState.ERROR.value:
        return row.row | given
    if decided.action is not Decision.SKIP and len(given) < len(("question", "answer")):
        raise NotImportable(row.number)
    return {"keywords": "", "audience": "all", "intents": [], "intent_ids": []} | row.row | given
