"""Knowledge in and out of files: `shopkeeper import` and `shopkeeper export`."""

from __future__ import annotations

import asyncio
import sys
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli import import_report
from bot.cli.import_progress import followed
from bot.cli.output import AsJson
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.errors import BadRequest, ConfigurationError, NotFound
from bot.logging import configure_logging
from bot.models import ImportJob
from bot.settings import Settings, load_settings
from bot.tenancy import repository
from bot.tenancy.principal import PLATFORM, Principal, PrincipalKind
from bot.webhooks.sender import SafeSender
from knowledge.entries import Audience
from knowledge.importing import jobs
from knowledge.importing.export import FORMATS, write
from knowledge.importing.fetching import name_in
from knowledge.importing.jobs import Decisions
from knowledge.importing.planning import Policies
from knowledge.importing.rows import Format
from knowledge.repository.import_rows import Decision, RowState
from knowledge.repository.imports import NewImport, State
from knowledge.repository.vendors import vendor_rows

ROWS_FAILED = 1


class FormatName(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    MD = "md"


class ForDuplicates(StrEnum):
    SKIP = "skip"
    REPLACE = "replace"


File = Annotated[str, typer.Argument(metavar="FILE_OR_URL", help="A file, or the address of a web page.")]
Vendor = Annotated[str | None, typer.Option(metavar="ID_OR_CODE", help="The vendor, by its id or its code.")]
Shared = Annotated[bool, typer.Option("--global", help="What all vendors of the tenant share.")]
Tenant = Annotated[uuid.UUID | None, typer.Option(help="The tenant; needed with --global, or where codes repeat.")]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose knowledge it is, as it was said."""

    vendor: str | None
    shared: bool
    tenant: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is imported, for whom, and what is done with its rows."""

    source: str
    whose: Whose
    audience: Audience
    policies: Policies
    dry_run: bool
    yes: bool
    as_json: bool


def import_file(
    source: File,
    vendor: Vendor = None,
    *,
    shared: Shared = False,
    tenant: Tenant = None,
    audience: Annotated[Audience, typer.Option(help="Who the rows are for that don't say it.")] = Audience.ALL,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    duplicates: Annotated[ForDuplicates, typer.Option(help="Rows that are known already.")] = ForDuplicates.SKIP,
    conflicts: Annotated[Decision, typer.Option(help="Rows whose question is answered otherwise.")] = Decision.SKIP,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before importing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import questions and answers from CSV, XLSX, JSON lines, Markdown, text, HTML, DOCX or PDF.

    Ends with status 1 where a row or the file couldn't be read; the other rows are imported all the same.
    """
    if not (dry_run or yes) and (as_json or not sys.stdin.isatty()):
        raise ConfigurationError("Nobody can be asked here. Say --yes to import, or --dry-run to look.")
    policies = Policies(Decision(duplicates), conflicts)
    wanted = Wanted(source, Whose(vendor, shared, tenant), audience, policies, dry_run, yes, as_json)
    settings = load_settings()
    configure_logging("ERROR")
    job = asyncio.run(_import(settings, wanted))
    failed = job.state == State.FAILED.value or job.counts.get(RowState.ERROR.value)
    raise typer.Exit(ROWS_FAILED if failed else 0)


def export_file(
    vendor: Vendor = None,
    *,
    shared: Shared = False,
    tenant: Tenant = None,
    as_format: Annotated[FormatName, typer.Option("--format", help="How the file is written.")] = FormatName.CSV,
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="The file; the screen unless given.")] = None,
) -> None:
    """Write the entries that a vendor's answers come from to a file that `shopkeeper import` reads."""
    if output is None and as_format is FormatName.XLSX and sys.stdout.isatty():
        raise ConfigurationError("An Excel file can't be shown on a screen: say --output FILE.")
    settings = load_settings()
    configure_logging("ERROR")
    count = asyncio.run(_export(settings, Whose(vendor, shared, tenant), FORMATS[as_format], output))
    if output is not None:
        typer.echo(f"{count} entries written to {output}.", err=True)


async def _import(settings: Settings, wanted: Wanted) -> ImportJob:
    async with opened_store(settings) as database:
        sender = SafeSender(allow=settings.ssrf_allow)
        try:
            return await _imported(database, sender, wanted)
        finally:
            await sender.close()


async def _imported(database: Database, sender: SafeSender, wanted: Wanted) -> ImportJob:
    new = _file(wanted.source, sender)
    options = {"audience": wanted.audience.value, "said_by": None}
    async with database.unit_of_work() as session:
        principal, vendor_id = await _owner(session, wanted.whose)
        asked = replace(new, vendor_id=vendor_id, options=options)
        job_id = (await jobs.begin(session, principal, asked, now=SystemClock().now())).id
    job = await followed(database, sender, principal, job_id, quiet=wanted.as_json)
    rows = await import_report.telling_rows(database, job)
    if not wanted.as_json:
        import_report.show_preview(job, rows)
    if wanted.dry_run:
        await jobs.remove(database, principal, job_id)
    elif job.state == State.PREVIEW.value and (wanted.yes or typer.confirm("Import them?")):
        async with database.unit_of_work() as session:
            decisions = Decisions(wanted.policies)
            await jobs.apply(session, principal, job_id, decisions, now=SystemClock().now())
        job = await followed(database, sender, principal, job_id, quiet=wanted.as_json)
        if not wanted.as_json:
            import_report.show_end(job)
    elif job.state == State.PREVIEW.value:
        async with database.unit_of_work() as session:
            job = await jobs.cancel(session, principal, job_id, now=SystemClock().now())
    if wanted.as_json:
        import_report.print_as_json(job, rows)
    return job


def _file(source: str, sender: SafeSender) -> NewImport:
    """The file's bytes, or the page's URL. Raises ConfigurationError and UnsafeAddress."""
    if source.startswith(("http://", "https://")):
        sender.check(source)
        return NewImport(name_in(source), url=source)
    path = Path(source)
    try:
        return NewImport(path.name, data=path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{source} can't be read: {error.strerror or error}.") from None


async def _export(settings: Settings, whose: Whose, found: Format, output: Path | None) -> int:
    async with opened_store(settings) as database:
        async with database.reading() as session:
            principal, vendor_id = await _owner(session, whose)
        rows = await jobs.rows_to_export(database, principal, vendor_id)
    if output is None:
        for piece in write(rows, found):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return len(rows)
    # Written beside and moved, so that a file that was there is whole until the new one is.
    beside = output.with_name(f".{output.name}.{uuid.uuid4().hex[:8]}")
    try:
        with beside.open("wb") as file:
            file.writelines(write(rows, found))
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigurationError(f"{output} can't be written: {error.strerror or error}.") from None
    return len(rows)


async def _owner(session: AsyncSession, whose: Whose) -> tuple[Principal, int | None]:
    """In whose name, and for which vendor. Raises BadRequest and NotFound."""
    if (whose.vendor is None) != whose.shared:
        raise BadRequest("Say whose knowledge it is: --vendor ID_OR_CODE, or --global with --tenant UUID.")
    if whose.tenant is not None and await repository.find_tenant(session, whose.tenant) is None:
        raise NotFound("There is no tenant with this id.")
    if whose.vendor is None:
        if whose.tenant is None:
            raise BadRequest("Say of which tenant: --tenant UUID. `shopkeeper vendor list` shows them.")
        return _principal(whose.tenant), None
    within = PLATFORM if whose.tenant is None else _principal(whose.tenant)
    rows = await vendor_rows(session, within)
    named = [row for row in rows if row.code == whose.vendor] or [row for row in rows if str(row.id) == whose.vendor]
    if not named:
        raise NotFound("There is no vendor with this id or code. `shopkeeper vendor list` shows them.")
    if len(named) > 1:
        raise BadRequest(f"Several tenants have a vendor {whose.vendor}: say --tenant UUID, or the vendor's id.")
    return _principal(named[0].tenant_id), named[0].id


def _principal(tenant_id: uuid.UUID) -> Principal:
    return Principal(PrincipalKind.LOCAL, "command-line", tenant_id)
