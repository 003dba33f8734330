"""Partners: who may provision bots and how many, their keys, and what these were used for."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from bot.cli.output import AsJson, print_json
from bot.cli.partner_callbacks import retry_failed_command
from bot.cli.partner_keys import key
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings, load_settings
from bot.tenancy.partners import Partners
from bot.tenancy.principal import PLATFORM
from bot.web.requests import validate
from partner_api.keys.repository import list_partners
from partner_api.keys.schemas import PartnerBody, PartnerPatch, partner_shown
from partner_api.keys.service import PartnerChanges, change_partner, partner_called
from partner_api.usage.schemas import PeriodQuery, UsageShown
from partner_api.usage.service import Usage, clean_up

partner = typer.Typer(help="Partners, who provision bots and analyse calls.", no_args_is_help=True)
partner.add_typer(key, name="key")
partner.command(name="retry-failed")(retry_failed_command)
Found = TypeVar("Found")


@partner.callback()
def partners() -> None:
    """Partners, who provision bots and analyse calls."""


@partner.command()
def create(
    name: Annotated[str, typer.Argument(help="The partner's name.")],
    slots: Annotated[int, typer.Option(min=0, help="How many bots it has bought.")],
    import_key: Annotated[
        str | None, typer.Option(help="A UUID key that the partner goes on using, instead of a new one.")
    ] = None,
) -> None:
    """Make a partner and print it as JSON, with its provisioning key, which is shown this once."""
    wanted = validate(PartnerBody, {"name": name, "slots": slots})
    print_json(asyncio.run(_create(load_settings(), wanted, import_key=import_key)))


@partner.command(name="list")
def list_command(as_json: AsJson = False) -> None:
    """List every partner, the newest first."""

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.reading() as session:
            rows, _ = await list_partners(session, PLATFORM)
        return [msgspec.structs.asdict(partner_shown(row)) for row in rows]

    found = _run(work)
    if as_json:
        print_json({"partners": found})
        return
    for one in found:
        typer.echo(_partner_line(one))
    if not found:
        typer.echo("There is no partner yet. Make one with: shopkeeper partner create NAME --slots N")


@partner.command()
def update(
    called: Annotated[str, typer.Argument(metavar="PARTNER", help="The partner's name or id.")],
    *,
    name: Annotated[str | None, typer.Option(help="What it is called from now on.")] = None,
    slots: Annotated[int | None, typer.Option(min=0, help="How many bots it has bought in all.")] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--disabled", help="Whether its credentials open anything.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a partner; what isn't given stays as it is."""
    wanted = validate(PartnerPatch, {"name": name, "slots": slots, "is_active": active})
    changes = PartnerChanges(name=wanted.name, slots=wanted.slots, is_active=wanted.is_active)

    async def work(database: Database) -> dict[str, Any]:
        async with database.unit_of_work() as session:
            found = await partner_called(session, called)
            row = await change_partner(session, found.id, changes, now=SystemClock().now())
        return msgspec.structs.asdict(partner_shown(row))

    changed = _run(work)
    if as_json:
        print_json(changed)
    else:
        typer.echo(_partner_line(changed))


@partner.command(name="provisioning-key")
def provisioning_key(
    called: Annotated[str, typer.Argument(metavar="PARTNER", help="The partner's name or id.")],
    *,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Let the keys before go on as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new provisioning key of a partner and print it, this once. Those before it end at once."""
    shown = asyncio.run(_new_key(load_settings(), called, keep_old=keep_old))
    if as_json:
        print_json(shown)
    else:
        typer.echo(shown["api_key"])


@partner.command()
def usage(
    key_id: Annotated[uuid.UUID, typer.Argument(help="The key's id, as `partner key list` shows it.")],
    *,
    since: Annotated[str, typer.Option("--from", help="A day or moment; 30 days before the end unless given.")] = "",
    until: Annotated[
        str, typer.Option("--to", help="A day, which counts in whole, or a moment; now unless given.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what a key was used for."""
    query = validate(PeriodQuery, {"from": since, "to": until})
    shown = _run(lambda database: Usage(database, SystemClock()).of_key(key_id, query))
    if as_json:
        print_json(msgspec.to_builtins(shown))
        return
    for line in _lines(shown):
        typer.echo(line)


@partner.command()
def cleanup(
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="How old a row is that goes; PARTNER_LOG_DAYS unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Delete old rows of the logs of requests and of callbacks' attempts, and print how many."""
    kept = timedelta(days=days or load_settings().partner_log_days)
    deleted = dict(_run(lambda database: clean_up(database, before=SystemClock().now() - kept)))
    if as_json:
        print_json({"deleted": deleted, "days": kept.days})
        return
    for table, number in deleted.items():
        typer.echo(f"{table}: {number} rows older than {kept.days} days deleted.")


def _partner_line(one: Mapping[str, Any]) -> str:
    state = "active  " if one["is_active"] else "disabled"
    return f"{one['id']}  {state}  {one['slots_used']}/{one['slots_total']} slots  {one['name']}"


def _lines(shown: UsageShown) -> list[str]:
    requests = shown.requests
    told = [
        f"{shown.since} to {shown.until}",
        f"requests {requests.total}, refused or failed {requests.errors}, over the limit {requests.rate_limited}",
    ]
    for one in requests.by_endpoint:
        times = f"p50 {one.p50_ms:g} ms  p95 {one.p95_ms:g} ms"
        told.append(f"  {one.requests:8}  {one.errors} errors  {times}  {one.method} {one.endpoint}")
    for name, of in (("jobs", shown.jobs), ("callbacks", shown.callbacks)):
        states = ", ".join(f"{state} {number}" for state, number in sorted(of.by_state.items()))
        told.append(f"{name} {of.total}" + (f" ({states})" if states else ""))
    return told


def _run(work: Callable[[Database], Awaitable[Found]]) -> Found:
    async def run() -> Found:
        async with opened_store(load_settings()) as database:
            return await work(database)

    return asyncio.run(run())


def _verbs(settings: Settings) -> Partners:
    return Partners(
        clock=SystemClock(), key_hash_key=derive_key(settings.secret_key.get_secret_value(), Purpose.PARTNER_KEY)
    )


async def _new_key(settings: Settings, called: str, *, keep_old: bool) -> dict[str, object]:
    verbs = _verbs(settings)
    async with opened_store(settings) as database, database.unit_of_work() as session:
        found = await partner_called(session, called)
        if not keep_old:
            await verbs.revoke_keys(session, found)
        return {"partner_id": found.id, "name": found.name, "api_key": await verbs.issue_key(session, found)}


async def _create(settings: Settings, wanted: PartnerBody, *, import_key: str | None) -> dict[str, object]:
    verbs = _verbs(settings)
    async with opened_store(settings) as database, database.unit_of_work() as session:
        made = await verbs.create(session, wanted.name, slots=wanted.slots)
        if import_key is not None:
            await verbs.import_key(session, made, key=import_key)
        api_key = import_key or await verbs.issue_key(session, made)
    shown = {"partner_id": made.id, "tenant_id": made.tenant_id, "name": made.name, "slots": made.slots_total}
    return {**shown, "api_key": api_key}
