"""Bringing an import in: its entries are staged batch by batch, and seen all at once at the end.

Nobody sees a staged entry, so an import that is cancelled, fails or loses its process leaves nothing
behind but rows that `clean` takes back. The last step is one short transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ImportRow, KnowledgeEntry
from bot.outbox.lanes import Lease
from knowledge import keywords
from knowledge.editing import state_of
from knowledge.entries import Audience, Scope
from knowledge.importing.planning import Fate, kept, plan
from knowledge.importing.preview import compare_again
from knowledge.importing.work import Stopped, Work, in_thread
from knowledge.parameters import Parameters
from knowledge.repository import staging
from knowledge.repository.import_rows import count_rows, in_batches, light_rows, rows_numbered
from knowledge.repository.imports import State, advance
from knowledge.repository.intents import names_in_use
from knowledge.repository.parameters import parameters_of
from knowledge.repository.staging import Replacing, Staged
from knowledge.suggesting import Suggestion, suggest

ROWS_A_BATCH = 25
# How often an import starts over because the knowledge changed meanwhile, before it is brought in as it is.
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything is staged, as compared with this version of the knowledge."""

    version: int


@dataclass(frozen=True, slots=True)
class _Plans:
    """What becomes of the rows of an import, whose entries may serve the intents `usable`."""

    work: Work
    fates: Mapping[int, Fate]
    usable: frozenset[int]

    def added(self, row: ImportRow, shared: KnowledgeEntry | None) -> Staged:
        """A new entry; with `shared` it is the vendor's own version of that global one."""
        texts, vendor_id = row.row, self.work.vendor_id
        scope = Scope.GLOBAL if vendor_id is None else Scope.CUSTOMIZED if shared else Scope.VENDOR
        said = self._said(texts, shared)
        state = {
            "question_summary": texts["question"], "answer": texts["answer"], "scope": scope.value,
            "vendor_id": vendor_id, "audience": said["audience"], "intent_ids": said["intent_ids"],
            "keywords": keywords.split(said["keywords"]), "is_curated": False, "is_active": True,
            "replaces_id": shared.id if shared else None, "origin": staging.IMPORTED,
        }  # fmt: skip
        return Staged(row.id, state, said["keywords"])

    def replacing(self, row: ImportRow, target: KnowledgeEntry) -> Replacing:
        """What `target` becomes."""
        said = self._said(row.row, target)
        becomes = {"question_summary": row.row["question"], "answer": row.row["answer"], **said}
        before = state_of(target)
        after = before | becomes | {"keywords": keywords.split(said["keywords"])}
        differing = [name for name in after if after[name] != before[name]]
        change = {
            "before": {name: before[name] for name in differing}, "after": {name: after[name] for name in differing},
        }  # fmt: skip
        return Replacing(row.id, target.id, row.row | {"becomes": becomes} | change)

    def _said(self, texts: Mapping[str, Any], target: KnowledgeEntry | None) -> dict[str, Any]:
        """Keywords, audience and intents: the row's own where it has some, else those of the entry in its place.

        Most files don't name an audience. What was for staff alone must not be told to customers by that.
        """
        ids = [one for one in texts["intent_ids"] if one in self.usable]
        said = {"keywords": texts["keywords"], "audience": texts["audience"], "intent_ids": ids}
        if target is None:
            return said
        silent = {"keywords": "", "audience": Audience.ALL.value, "intent_ids": []}
        return {name: getattr(target, name) if value == silent[name] else value for name, value in said.items()}


async def prepare(lease: Lease, work: Work) -> Prepared:
    """Stage every row that is to be imported. Raises Stopped, and LeaseLost."""
    await clean(lease, work)
    version = await _compared(lease, work)
    async with lease.database.reading(heavy=True) as session:
        fates = plan(await light_rows(session, work.principal, work.job_id), work.policies)
        parameters = await _parameters(session, work)
        usable = await names_in_use(session, work.principal, vendor_id=work.vendor_id, with_shared=True)
    plans = _Plans(work, fates, frozenset(at for at, _ in usable))
    numbers = kept(fates)
    await _note(lease, work, staged=True, done=0, total=len(numbers))
    done = 0
    for batch in in_batches(numbers, ROWS_A_BATCH):
        async with lease.database.reading() as session:
            rows = await rows_numbered(session, work.principal, work.job_id, batch)
        if parameters:
            await in_thread(partial(_use_suggestions, rows, parameters))
        done += len(batch)
        await _stage(lease, plans, rows, done=done)
    return Prepared(version)


async def finish(session: AsyncSession, work: Work, prepared: Prepared, *, now: datetime) -> bool:
    """Publish what was staged and end the job; False where the knowledge changed since it was compared.

    Two imports of one file at once would otherwise bring every row in twice.
    """
    version = await staging.hold(session, work.staging)
    if version != prepared.version and work.attempts < MOST_ROUNDS:
        return False
    values = {"state": State.DONE.value, "staged": False, "updated_at": now}
    if not await advance(session, work.principal, work.job_id, at=State.IMPORTING, to=values):
        return False
    await staging.publish(session, work.staging, now=now)
    counts = await count_rows(session, work.principal, work.job_id)
    return await advance(session, work.principal, work.job_id, at=State.DONE, to={"counts": counts})


async def clean(lease: Lease, work: Work) -> None:
    """Take back whatever of this import is staged."""
    is_left = True
    while is_left:
        async with lease.transaction() as session:
            is_left = await staging.unstage(session, work.staging)


def with_parameters(answer: str, suggestions: Sequence[Suggestion]) -> str:
    """The answer with every suggested parameter in its place."""
    for one in sorted(suggestions, key=lambda one: -one.start):
        answer = f"{answer[: one.start]}{{{{{one.key}}}}}{answer[one.end :]}"
    return answer


async def _compared(lease: Lease, work: Work) -> int:
    """The version that the rows are compared with; they are compared anew where it has moved on."""
    async with lease.database.reading() as session:
        version = await staging.version_of_knowledge(session, work.staging)
    if version == work.found.get("version"):
        return version
    return await compare_again(lease, work)


async def _parameters(session: AsyncSession, work: Work) -> Parameters:
    if work.vendor_id is None or not work.options.get("use_suggestions"):
        return {}
    return {one.key: one for one in await parameters_of(session, work.principal, work.vendor_id)}


def _use_suggestions(rows: Sequence[ImportRow], parameters: Parameters) -> None:
    for row in rows:
        texts = row.row
        found = suggest(texts["answer"], parameters, topic=texts["question"])
        if found:
            row.row = texts | {"answer": with_parameters(texts["answer"], found)}


async def _note(lease: Lease, work: Work, **values: Any) -> None:
    async with lease.transaction() as session:
        if not await advance(session, work.principal, work.job_id, at=State.IMPORTING, to=values):
            raise Stopped


async def _stage(lease: Lease, plans: _Plans, rows: Sequence[ImportRow], *, done: int) -> None:
    work = plans.work
    wanted = {row.id: plans.fates[row.number].entry for row in rows}
    async with lease.transaction() as session:
        if not await advance(session, work.principal, work.job_id, at=State.IMPORTING, to={"done": done}):
            raise Stopped
        met = await staging.targets(session, work.staging, [one for one in wanted.values() if one is not None])
        added: list[Staged] = []
        replacing: list[Replacing] = []
        for row in rows:
            target = met.get(wanted[row.id] or 0)
            if target is not None and target.vendor_id == work.vendor_id:
                replacing.append(plans.replacing(row, target))
            else:
                added.append(plans.added(row, target))
        await staging.stage(session, work.staging, added, now=lease.clock.now())
        await staging.stage_replacements(session, work.staging, replacing)
