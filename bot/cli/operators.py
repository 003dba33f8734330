"""Keys of the platform's operator, who manages partners and their keys over HTTP."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.output import AsJson, print_json
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.models import OperatorKey
from bot.settings import load_settings
from partner_api.keys.operators import KEY_PREFIX, OperatorKeys
from partner_api.keys.repository import list_operators
from partner_api.wire import timestamp

operator = typer.Typer(help="Keys of the platform's operator.", no_args_is_help=True)
LONGEST_DAYS = 3650

Work = Callable[[AsyncSession, OperatorKeys], Awaitable[dict[str, Any]]]


@operator.callback()
def operators() -> None:
    """Keys of the platform's operator."""


@operator.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="Who will use it.")],
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=LONGEST_DAYS, help="For how many days it works; for ever unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key to the operator's API and print it. It is shown this once: only a hash of it is kept."""
    valid_for = timedelta(days=expires_days) if expires_days else None

    async def work(session: AsyncSession, keys: OperatorKeys) -> dict[str, Any]:
        row, made = await keys.issue(session, name, valid_for=valid_for)
        return {**_shown(row), "api_key": made}

    made = _run(work)
    if as_json:
        print_json(made)
        return
    typer.echo(made["api_key"])
    typer.echo(f"Keep it now: it is not shown again. Its id is {made['id']}.", err=True)


@operator.command(name="list")
def list_command(as_json: AsJson = False) -> None:
    """List every operator's key, the newest first, without the keys themselves."""

    async def work(session: AsyncSession, _: OperatorKeys) -> dict[str, Any]:
        return {"keys": [_shown(row) for row in await list_operators(session)]}

    found = _run(work)
    if as_json:
        print_json(found)
        return
    for one in found["keys"]:
        typer.echo(f"{one['id']}  {one['status']:9}{KEY_PREFIX}...{one['hint']}  {one['name']}")
    if not found["keys"]:
        typer.echo("There is no operator's key yet. Make one with: shopkeeper operator create --name NAME")


@operator.command()
def revoke(
    key_id: Annotated[uuid.UUID, typer.Argument(help="The key's id, as `operator list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """End an operator's key at once."""

    async def work(session: AsyncSession, keys: OperatorKeys) -> dict[str, Any]:
        return _shown(await keys.revoke(session, key_id))

    ended = _run(work)
    if as_json:
        print_json(ended)
    else:
        typer.echo(f"{ended['name']} ({ended['id']}) is revoked.")


def _run(work: Work) -> dict[str, Any]:
    settings = load_settings()
    verbs = OperatorKeys(settings.secret_key.get_secret_value(), clock=SystemClock())

    async def run() -> dict[str, Any]:
        async with opened_store(settings) as database, database.unit_of_work() as session:
            return await work(session, verbs)

    return asyncio.run(run())


def _shown(row: OperatorKey) -> dict[str, Any]:
    expired = row.expires_at is not None and row.expires_at <= SystemClock().now()
    status = "revoked" if row.revoked_at is not None else "expired" if expired else "active"
    moments = ("created_at", "expires_at", "last_used_at", "revoked_at")
    shown = {name: timestamp(at) if (at := getattr(row, name)) else None for name in moments}
    return {"id": row.id, "name": row.name, "hint": row.hint, **shown, "status": status}
