"""What `shopkeeper import` prints: the preview's counts, and the first rows that somebody should look at."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.output import print_json
from bot.db.engine import Database
from bot.models import ImportJob, ImportRow
from bot.texts import Language, say
from knowledge.importing.errors import told
from knowledge.importing.rows import Flaw
from knowledge.repository.import_rows import RowState, acting_for, list_rows
from knowledge.repository.imports import State
from knowledge.repository.pages import Page

MOST_SHOWN = 10
LONGEST_SHOWN = 60


async def telling_rows(database: Database, job: ImportJob) -> list[ImportRow]:
    """The first conflicts and the first rows that couldn't be read."""
    rows: list[ImportRow] = []
    for state in (RowState.CONFLICT, RowState.ERROR):
        async with database.reading() as session:
            found, _ = await list_rows(session, acting_for(job), job.id, Page(MOST_SHOWN), state=state.value)
        rows += found
    return rows


def show_preview(job: ImportJob, rows: list[ImportRow]) -> None:
    """The counts, and the rows that tell something."""
    if job.state == State.FAILED.value:
        typer.echo(_failure(job), err=True)
        return
    console = Console(width=None)
    counts = Table("rows", "count", title=f"{job.file_name} ({job.format})", title_justify="left")
    for state, count in job.counts.items():
        counts.add_row(state, str(count))
    console.print(counts)
    if rows:
        telling = Table("row", "place", "state", "question", "why")
        for row in rows:
            question = row.row.get("question", "")[:LONGEST_SHOWN]
            telling.add_row(str(row.number), row.place, row.state, question, _why(row))
        console.print(telling)


def show_end(job: ImportJob) -> None:
    """What came of it, in one line."""
    if job.state == State.FAILED.value:
        typer.echo(_failure(job), err=True)
        return
    typer.echo(", ".join(f"{count} {state}" for state, count in job.counts.items()) or "Nothing was imported.")


def print_as_json(job: ImportJob, rows: list[ImportRow]) -> None:
    """All of it as one object."""
    error = {"code": job.error, "message": _failure(job)} if job.error else None
    told_rows = [
        {"number": row.number, "place": row.place, "state": row.state, "problem": row.problem, "meets": row.meets}
        for row in rows
    ]
    print_json({"id": job.id, "state": job.state, "counts": job.counts, "error": error, "rows": told_rows})


def _failure(job: ImportJob) -> str:
    return told(job.error or "", Language.EN, job.found.get("error_values", {}))


def _why(row: ImportRow) -> str:
    if row.problem is not None:
        return say(Flaw(row.problem).text_key, Language.EN)
    met: dict[str, Any] = row.meets[0]
    where = f"entry {met['entry']}" if met.get("entry") is not None else f"row {met['row']}"
    differing = ", ".join(met["facts"])
    return f"{met['kind']}: {where}" + (f" ({differing})" if differing else "")
