"""API keys: who may call the chat engine's APIs, for which vendors, and what for."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.output import AsJson, print_json
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.errors import BadRequest, NotFound
from bot.models import ApiKey
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings, load_settings
from bot.tenancy import repository
from bot.tenancy.api_keys import ApiKeys, KeyRequest, Rights
from bot.tenancy.bots import find_any_bot
from bot.tenancy.principal import PLATFORM
from knowledge.repository import vendor_card

key = typer.Typer(help="API keys of vendors and tenants.", no_args_is_help=True)
LONGEST_DAYS = 3650
LARGEST_ID = 2**63 - 1


@key.callback()
def keys() -> None:
    """API keys of vendors and tenants."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The key to make, as it was asked for: exactly one of `vendor`, `tenant` and `bot` says for whom."""

    vendor: int | None
    tenant: uuid.UUID | None
    bot: uuid.UUID | None
    name: str | None
    rights: Rights
    valid_for: timedelta | None


@key.command()
def create(
    *,
    vendor: Annotated[int | None, typer.Option(min=1, max=LARGEST_ID, help="The id of the vendor it opens.")] = None,
    tenant: Annotated[uuid.UUID | None, typer.Option(help="The id of the tenant whose vendors it opens.")] = None,
    bot: Annotated[uuid.UUID | None, typer.Option(help="The id of a bot whose vendor it opens.")] = None,
    name: Annotated[str | None, typer.Option(help="What people know it by.")] = None,
    rights: Annotated[Rights, typer.Option(help="Everything, or asking as a customer alone.")] = Rights.MANAGE,
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=LONGEST_DAYS, help="For how many days it works; for ever unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it. It is shown this once: only a hash of it is kept."""
    valid_for = timedelta(days=expires_days) if expires_days else None
    made = asyncio.run(_create(load_settings(), Wanted(vendor, tenant, bot, name, rights, valid_for)))
    if as_json:
        print_json(made)
        return
    typer.echo(made["api_key"])
    typer.echo(f"Keep it now: it is not shown again. Its id is {made['id']}.", err=True)


@key.command(name="list")
def list_keys(as_json: AsJson = False) -> None:
    """List every API key, the newest first, without the keys themselves."""
    found = asyncio.run(_list(load_settings()))
    if as_json:
        print_json({"keys": found})
        return
    for one in found:
        opens = f"vendor {one['vendor_id']}" if one["vendor_id"] else f"tenant {one['tenant_id']}"
        typer.echo(f"{one['id']}  {one['state']:8}{one['rights']:8}{opens}  vk_...{one['hint']}  {one['name']}")
    if not found:
        typer.echo("There is no API key yet. Make one with: shopkeeper key create --vendor ID")


@key.command()
def revoke(
    key_id: Annotated[uuid.UUID, typer.Argument(help="The key's id, as `key list` shows it.")], as_json: AsJson = False
) -> None:
    """End an API key at once."""
    ended = asyncio.run(_revoke(load_settings(), key_id))
    if as_json:
        print_json(ended)
    else:
        typer.echo(f"{ended['name']} ({ended['id']}) is revoked.")


async def _create(settings: Settings, wanted: Wanted) -> dict[str, Any]:
    async with _writing(settings) as (session, verbs):
        tenant_id, vendor_id = await _opened_by(session, wanted)
        name = wanted.name or (f"vendor {vendor_id}" if vendor_id else f"tenant {tenant_id}")
        request = KeyRequest(tenant_id, name, vendor_id=vendor_id, rights=wanted.rights, valid_for=wanted.valid_for)
        row, made = await verbs.issue(session, request)
    return {**_shown(row, SystemClock().now()), "api_key": made}


async def _opened_by(session: AsyncSession, wanted: Wanted) -> tuple[uuid.UUID, int | None]:
    """The tenant, and the vendor where it is to be one. Raises BadRequest and NotFound."""
    if len([one for one in (wanted.vendor, wanted.tenant, wanted.bot) if one is not None]) != 1:
        raise BadRequest("Say whom the key is for: --vendor ID, --tenant UUID or --bot UUID, and one of them alone.")
    if wanted.bot is not None:
        found = await find_any_bot(session, wanted.bot)
        return found.tenant_id, found.vendor_id
    if wanted.vendor is not None:
        vendor = await vendor_card(session, PLATFORM, wanted.vendor)
        if vendor is None:
            raise NotFound("There is no vendor with this id. `shopkeeper vendor list` shows them.")
        return vendor.tenant_id, vendor.id
    if wanted.tenant is None or await repository.find_tenant(session, wanted.tenant) is None:
        raise NotFound("There is no tenant with this id.")
    return wanted.tenant, None


async def _list(settings: Settings) -> list[dict[str, Any]]:
    now = SystemClock().now()
    async with _writing(settings) as (session, _):
        return [_shown(row, now) for row in await repository.api_keys(session, PLATFORM)]


async def _revoke(settings: Settings, key_id: uuid.UUID) -> dict[str, Any]:
    async with _writing(settings) as (session, verbs):
        return _shown(await verbs.revoke(session, PLATFORM, key_id), SystemClock().now())


@asynccontextmanager
async def _writing(settings: Settings) -> AsyncIterator[tuple[AsyncSession, ApiKeys]]:
    """A transaction on the store of these settings, brought up to date, and the verbs on its keys."""
    hash_key = derive_key(settings.secret_key.get_secret_value(), Purpose.API_KEY)
    async with opened_store(settings) as database, database.unit_of_work() as session:
        yield session, ApiKeys(clock=SystemClock(), hash_key=hash_key)


def _shown(row: ApiKey, now: datetime) -> dict[str, Any]:
    expired = row.expires_at is not None and row.expires_at <= now
    state = "revoked" if row.revoked_at is not None else "expired" if expired else "active"
    names = ("id", "name", "rights", "tenant_id", "vendor_id", "hint", "created_at", "expires_at", "revoked_at")
    return {"state": state, **{name: getattr(row, name) for name in names}}
