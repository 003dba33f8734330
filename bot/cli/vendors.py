"""Vendors: their ids, which keys and other commands ask for."""

from __future__ import annotations

import asyncio
from typing import Any

import typer

from bot.cli.output import AsJson, print_json
from bot.cli.store import opened_store
from bot.settings import Settings, load_settings
from bot.tenancy.principal import PLATFORM
from knowledge.repository.vendors import vendor_rows

vendor = typer.Typer(help="Vendors, whose values and knowledge answers come from.", no_args_is_help=True)


@vendor.callback()
def vendors() -> None:
    """Vendors, whose values and knowledge answers come from."""


@vendor.command(name="list")
def list_vendors(as_json: AsJson = False) -> None:
    """List every vendor of every tenant."""
    found = asyncio.run(_list(load_settings()))
    if as_json:
        print_json({"vendors": found})
        return
    for one in found:
        state = "" if one["is_active"] else "  (inactive)"
        typer.echo(f"{one['id']:6}  {one['code']}  {one['name']}  tenant {one['tenant_id']}{state}")
    if not found:
        typer.echo("There is no vendor yet.")


async def _list(settings: Settings) -> list[dict[str, Any]]:
    names = ("id", "code", "name", "tenant_id", "is_active")
    async with opened_store(settings) as database, database.reading() as session:
        return [{name: getattr(row, name) for name in names} for row in await vendor_rows(session, PLATFORM)]
