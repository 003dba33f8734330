"""The command that prepares the store."""

from __future__ import annotations

import asyncio

import typer

from bot import migrations
from bot.cli.output import AsJson, print_json
from bot.settings import load_settings


def migrate(as_json: AsJson = False) -> None:
    """Bring the store of DATABASE_URL to the newest schema."""
    settings = load_settings()
    before, after = asyncio.run(_migrate(settings.database_url))
    if as_json:
        print_json({"before": before, "after": after, "changed": before != after})
    else:
        typer.echo(f"The store is at revision {after}." if before != after else f"Nothing to do: revision {after}.")


async def _migrate(url: str) -> tuple[str | None, str | None]:
    before = await migrations.current(url)
    await migrations.upgrade(url)
    return before, await migrations.current(url)
