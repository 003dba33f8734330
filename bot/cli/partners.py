"""Partners: who may provision bots, and how many."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.cli.output import print_json
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings, load_settings
from bot.tenancy.partners import Partners

partner = typer.Typer(help="Partners, who provision bots.", no_args_is_help=True)


@partner.callback()
def partners() -> None:
    """Partners, who provision bots."""


@partner.command()
def create(
    name: Annotated[str, typer.Argument(help="The partner's name.")],
    slots: Annotated[int, typer.Option(min=0, help="How many bots it has bought.")],
    import_key: Annotated[
        str | None, typer.Option(help="A UUID key that the partner goes on using, instead of a new one.")
    ] = None,
) -> None:
    """Make a partner and print it as JSON, with its provisioning key, which is shown this once."""
    print_json(asyncio.run(_create(load_settings(), name, slots=slots, import_key=import_key)))


async def _create(settings: Settings, name: str, *, slots: int, import_key: str | None) -> dict[str, object]:
    key_hash_key = derive_key(settings.secret_key.get_secret_value(), Purpose.PARTNER_KEY)
    verbs = Partners(clock=SystemClock(), key_hash_key=key_hash_key)
    async with opened_store(settings) as database, database.unit_of_work() as session:
        made = await verbs.create(session, name, slots=slots)
        if import_key is not None:
            await verbs.import_key(session, made, key=import_key)
        api_key = import_key or await verbs.issue_key(session, made)
    return {"partner_id": made.id, "tenant_id": made.tenant_id, "name": name, "slots": slots, "api_key": api_key}
