"""Keys to the Partner API: made and shown this once, listed, changed, rolled, revoked."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.output import AsJson, print_json
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.models import Partner
from bot.settings import Settings, load_settings
from bot.tenancy.principal import PLATFORM
from bot.webhooks.signers import Signers
from partner_api.caller import Environment
from partner_api.keys.errors import WrongKeyRequest
from partner_api.keys.repository import list_keys
from partner_api.keys.schemas import key_issued, key_shown
from partner_api.keys.service import (
    DEFAULT_DAYS,
    DEFAULT_RATE_LIMIT,
    HIGHEST_RATE_LIMIT,
    LONGEST_DAYS,
    IssuedKey,
    KeyChanges,
    KeyRequest,
    PartnerApiKeys,
    key_to_change,
    partner_called,
)
from partner_api.keys.verifying import KeyHashes

key = typer.Typer(help="Keys to the Partner API.", no_args_is_help=True)

KeyId = Annotated[uuid.UUID, typer.Argument(help="The key's id, as `partner key list` shows it.")]
Days = Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="For how many days it works.")]
AllowIp = Annotated[
    list[str] | None,
    typer.Option(help="An address or network that it may be used from; may be given again. Every one unless given."),
]


@key.callback()
def keys() -> None:
    """Keys to the Partner API."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work with, in one transaction."""

    session: AsyncSession
    keys: PartnerApiKeys
    signers: Signers

    def issued(self, made: IssuedKey, partner: Partner) -> dict[str, Any]:
        secret = self.signers.secret(made.signer)
        return msgspec.structs.asdict(key_issued(made, partner, SystemClock().now(), webhook_secret=secret))


Work = Callable[[Desk], Awaitable[dict[str, Any]]]


@key.command()
def create(
    *,
    partner: Annotated[str, typer.Option(help="The partner's name or id.")],
    environment: Annotated[Environment, typer.Option(help="For tests, or for real use.")],
    expires_days: Days = DEFAULT_DAYS,
    company: Annotated[uuid.UUID | None, typer.Option(help="The id of the one company that it sees.")] = None,
    all_companies: Annotated[bool, typer.Option(help="Let it see the companies of every partner.")] = False,
    rate_limit: Annotated[
        int, typer.Option(min=1, max=HIGHEST_RATE_LIMIT, help="Requests in any minute.")
    ] = DEFAULT_RATE_LIMIT,
    allow_ip: AllowIp = None,
    name: Annotated[str, typer.Option(help="What people know it by.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a key and print it with its secrets. They are shown this once: only hashes are kept."""
    request = KeyRequest(
        environment=environment,
        name=name,
        valid_for=timedelta(days=expires_days),
        company_id=company,
        all_companies=all_companies,
        rate_limit=rate_limit,
        allowed_ips=allow_ip or (),
    )

    async def work(desk: Desk) -> dict[str, Any]:
        owner = await partner_called(desk.session, partner)
        return desk.issued(await desk.keys.issue(desk.session, owner, request), owner)

    _print_issued(_run(work), as_json=as_json)


@key.command()
def roll(
    key_id: KeyId,
    *,
    overlap_hours: Annotated[float, typer.Option(min=0, max=720, help="How long the old key goes on.")] = 24,
    expires_days: Days = DEFAULT_DAYS,
    as_json: AsJson = False,
) -> None:
    """Make a key in another's place and print it. Callbacks go on being signed with the same secret."""

    async def work(desk: Desk) -> dict[str, Any]:
        row, owner = await key_to_change(desk.session, key_id)
        overlap, valid_for = timedelta(hours=overlap_hours), timedelta(days=expires_days)
        made = await desk.keys.roll(desk.session, row, overlap=overlap, valid_for=valid_for, created_by="cli")
        return desk.issued(made, owner)

    _print_issued(_run(work), as_json=as_json)


@key.command(name="list")
def list_command(
    partner: Annotated[str, typer.Option(help="The name or id of the partner whose keys to list.")] = "",
    as_json: AsJson = False,
) -> None:
    """List keys, the newest first, without the keys themselves."""

    async def work(desk: Desk) -> dict[str, Any]:
        owner = await partner_called(desk.session, partner) if partner else None
        found, _ = await list_keys(desk.session, PLATFORM, partner_id=owner.id if owner else None)
        now = SystemClock().now()
        return {"keys": [msgspec.structs.asdict(key_shown(row, of, now)) for row, of in found]}

    found = _run(work)
    if as_json:
        print_json(found)
        return
    for one in found["keys"]:
        bound = f"company {one['company_id']}" if one["company_id"] else "all companies" * one["all_companies"]
        until = one["revoked_at"] or one["expires_at"]
        line = f"{one['id']}  {one['status']:9}until {until}  {one['key']}  {one['partner']}: {one['name']}  {bound}"
        typer.echo(line.rstrip())
    if not found["keys"]:
        command = "shopkeeper partner key create --partner NAME --environment sandbox"
        typer.echo(f"There is no key yet. Make one with: {command}")


@key.command()
def revoke(key_id: KeyId, as_json: AsJson = False) -> None:
    """End a key at once and for ever."""

    async def work(desk: Desk) -> dict[str, Any]:
        row, owner = await key_to_change(desk.session, key_id)
        desk.keys.revoke(row)
        return msgspec.structs.asdict(key_shown(row, owner, SystemClock().now()))

    ended = _run(work)
    if as_json:
        print_json(ended)
    else:
        typer.echo(f"{ended['name']} ({ended['id']}) is revoked.")


@key.command()
def update(
    key_id: KeyId,
    *,
    name: Annotated[str | None, typer.Option(help="What people know it by.")] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Switch it on or off.")] = None,
    rate_limit: Annotated[
        int | None, typer.Option(min=1, max=HIGHEST_RATE_LIMIT, help="Requests in any minute.")
    ] = None,
    allow_ip: AllowIp = None,
    any_ip: Annotated[bool, typer.Option("--any-ip", help="Let it be used from every address again.")] = False,
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=LONGEST_DAYS, help="For how many days from now it works.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a key; what isn't given stays as it is."""
    if any_ip and allow_ip:
        raise WrongKeyRequest("Give --allow-ip or --any-ip, not both.")
    changes = KeyChanges(
        name=name,
        is_active=active,
        rate_limit=rate_limit,
        allowed_ips=[] if any_ip else allow_ip,
        valid_for=timedelta(days=expires_days) if expires_days else None,
    )

    async def work(desk: Desk) -> dict[str, Any]:
        row, owner = await key_to_change(desk.session, key_id)
        desk.keys.change(row, changes)
        return msgspec.structs.asdict(key_shown(row, owner, SystemClock().now()))

    changed = _run(work)
    if as_json:
        print_json(changed)
    else:
        typer.echo(f"{changed['name']} ({changed['id']}) is {changed['status']} until {changed['expires_at']}.")


def _run(work: Work) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with _writing(load_settings()) as desk:
            return await work(desk)

    return asyncio.run(run())


@asynccontextmanager
async def _writing(settings: Settings) -> AsyncIterator[Desk]:
    """A transaction on the store of these settings, brought up to date, and the verbs on its keys."""
    verbs = PartnerApiKeys(KeyHashes(settings.secret_key.get_secret_value()), clock=SystemClock())
    async with opened_store(settings) as database, database.unit_of_work() as session:
        yield Desk(session, verbs, Signers(settings))


def _print_issued(made: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    for name in ("api_key", "api_secret", "webhook_secret"):
        typer.echo(f"{name}: {made[name]}")
    typer.echo(f"Keep them now: they are not shown again. The key's id is {made['id']}.", err=True)
