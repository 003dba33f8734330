"""The store of the settings: the command that prepares it, and opening it for others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from bot import migrations
from bot.cli.output import AsJson, print_json
from bot.db.engine import Database
from bot.settings import Settings, load_settings


def migrate(as_json: AsJson = False) -> None:
    """Bring the store of DATABASE_URL to the newest schema."""
    settings = load_settings()
    before, after = asyncio.run(_migrate(settings.database_url))
    if as_json:
        print_json({"before": before, "after": after, "changed": before != after})
    else:
        typer.echo(f"The store is at revision {after}." if before != after else f"Nothing to do: revision {after}.")


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[Database]:
    """The store of these settings, brought up to date."""
    await migrations.upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def _migrate(url: str) -> tuple[str | None, str | None]:
    before = await migrations.current(url)
    await migrations.upgrade(url)
    return before, await migrations.current(url)
