"""The preview: each row of a file beside what it meets, kept with the job until a person decides."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from bot.db.engine import Database
from bot.outbox.lanes import Lease
from knowledge.entries import Audience
from knowledge.importing import duplicates
from knowledge.importing.duplicates import Finding, Kind, Known
from knowledge.importing.rows import Reading, Row, RowProblem
from knowledge.importing.work import Stopped, Work, in_thread
from knowledge.naming import name_key
from knowledge.repository.import_rows import (
    RowState,
    add_rows,
    compare_anew,
    drop_rows,
    in_batches,
    known_entries,
    readable_rows,
)
from knowledge.repository.imports import State, advance
from knowledge.repository.intents import names_in_use
from knowledge.repository.staging import version_of_knowledge

# A turn of the one writer takes some ten milliseconds with these.
ROWS_A_BATCH = 50
LONGEST_PLACE = 200
TELL_SECONDS = 1.0
_SAME = frozenset({Kind.DUPLICATE, Kind.REWORDED})
Meets = list[dict[str, Any]]


async def store(lease: Lease, work: Work, reading: Reading) -> int:
    """Compare the rows that were read and keep them with their job; returns the version compared with.

    What an interrupted attempt kept is dropped first. Raises Stopped, and LeaseLost.
    """
    # Each row is compared, and later kept: that makes two steps.
    count = len(reading.rows) + len(reading.problems)
    rows = await _prepared(lease.database, work, reading.rows)
    async with _telling(lease, work, total=2 * count) as note:
        version, met = await compare(lease.database, work, rows, note=note)
    kept = [_kept(work, number, row, met[number]) for number, row in enumerate(rows, 1)]
    kept += [_problem(work, number, problem) for number, problem in enumerate(reading.problems, len(rows) + 1)]
    await _drop(lease, work)
    for batch in in_batches(kept, ROWS_A_BATCH):
        async with lease.transaction() as session:
            done = {"done": count + batch[-1]["number"], "total": 2 * count}
            if not await advance(session, work.principal, work.job_id, at=State.READING, to=done):
                raise Stopped
            await add_rows(session, batch)
    return version


async def compare(
    database: Database, work: Work, rows: Sequence[Mapping[str, Any]], *, note: Callable[[int], object] | None = None
) -> tuple[int, Mapping[int, Meets]]:
    """What each row meets, by its place from 1, and the version of the knowledge that this is true of."""
    async with database.reading(heavy=True) as session:
        version = await version_of_knowledge(session, work.staging)
        known = await known_entries(session, work.principal, work.vendor_id)
    new = [Known(row["question"], row["answer"], audience=row["audience"]) for row in rows]
    existing = [Known(one.question, one.answer, id=one.id, audience=one.audience) for one in known]
    met: defaultdict[int, Meets] = defaultdict(list)
    for finding in await in_thread(partial(duplicates.find, new, existing, note=note)):
        met[finding.row + 1].append(_met(finding))
    return version, met


async def compare_again(lease: Lease, work: Work) -> int:
    """Compare the kept rows with what the knowledge has become; returns the version compared with."""
    async with lease.database.reading(heavy=True) as session:
        rows = await readable_rows(session, work.principal, work.job_id)
    version, met = await compare(lease.database, work, [row.row for row in rows])
    numbers = {place: row.number for place, row in enumerate(rows, 1)}
    moved = []
    for place, row in enumerate(rows, 1):
        meets = [one | {"row": numbers[one["row"]]} if one.get("row") else one for one in met[place]]
        if meets != row.meets:
            moved.append((row.id, state_of(meets), meets))
    for batch in in_batches(moved, ROWS_A_BATCH):
        async with lease.transaction() as session:
            await compare_anew(session, batch)
    return version


def state_of(meets: Meets) -> RowState:
    """A row's state by what it meets, of which the surest comes first."""
    if not meets:
        return RowState.NEW
    return RowState.DUPLICATE if meets[0]["kind"] in _SAME else RowState.CONFLICT


async def _prepared(database: Database, work: Work, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as they are kept: with the job's audience and intents where they name none themselves."""
    async with database.reading() as session:
        usable = await names_in_use(session, work.principal, vendor_id=work.vendor_id, with_shared=True)
    by_name = {name_key(name): at for at, name in reversed(usable)}
    names = dict(usable)
    audience = work.options.get("audience", Audience.ALL.value)
    return [_row(row, by_name=by_name, names=names, audience=audience, default=work.options) for row in rows]


def _row(
    row: Row, *, by_name: Mapping[str, int], names: Mapping[int, str], audience: str, default: Mapping[str, Any]
) -> dict[str, Any]:
    ids = [by_name[name_key(name)] for name in row.intents if name_key(name) in by_name]
    unknown = [name for name in row.intents if name_key(name) not in by_name]
    intents = list(row.intents)
    if not intents:
        ids = [one for one in default.get("intent_ids", ()) if one in names]
        intents = [names[one] for one in ids]
    return {
        "place": row.place, "question": row.question, "answer": row.answer, "keywords": row.keywords,
        "audience": audience if row.audience == Audience.ALL else row.audience,
        "intents": intents, "intent_ids": list(dict.fromkeys(ids)), "unknown_intents": unknown,
        "notice": row.notice,
    }  # fmt: skip


def _kept(work: Work, number: int, row: dict[str, Any], meets: Meets) -> dict[str, Any]:
    texts = {name: value for name, value in row.items() if name != "place"}
    return {
        "job_id": work.job_id, "tenant_id": work.tenant_id, "number": number, "place": row["place"][:LONGEST_PLACE],
        "state": state_of(meets).value, "row": texts, "problem": None, "meets": meets,
    }  # fmt: skip


def _problem(work: Work, number: int, problem: RowProblem) -> dict[str, Any]:
    return {
        "job_id": work.job_id, "tenant_id": work.tenant_id, "number": number, "place": problem.place[:LONGEST_PLACE],
        "state": RowState.ERROR.value, "row": {}, "problem": problem.code.value, "meets": [],
    }  # fmt: skip


def _met(finding: Finding) -> dict[str, Any]:
    row = finding.other + 1 if finding.other is not None else None
    return {
        "kind": finding.kind.value, "entry": finding.entry, "row": row, "likeness": finding.likeness,
        "facts": list(finding.facts),
    }  # fmt: skip


@asynccontextmanager
async def _telling(lease: Lease, work: Work, *, total: int) -> AsyncIterator[Callable[[int], None]]:
    """A note of how many rows are done, from whatever thread; a person sees it every now and then."""
    done, ended = 0, asyncio.Event()

    def note(count: int) -> None:
        nonlocal done
        done = count

    async def tell() -> None:
        while not ended.is_set():
            async with lease.transaction() as session:
                to = {"done": done, "total": total}
                await advance(session, work.principal, work.job_id, at=State.READING, to=to)
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), TELL_SECONDS)

    telling = asyncio.create_task(tell())
    try:
        yield note
    finally:
        ended.set()
        # A lease that was lost meanwhile is noticed by the next transaction of the import itself.
        await asyncio.gather(telling, return_exceptions=True)


async def _drop(lease: Lease, work: Work) -> None:
    is_left = True
    while is_left:
        async with lease.transaction() as session:
            is_left = await drop_rows(session, work.principal, work.job_id)
