"""Channels: a vendor's own LINE Official Account."""

from __future__ import annotations

import asyncio
import uuid
from typing import Annotated

import typer

from bot import migrations
from bot.cli.output import AsJson, print_json
from bot.db.engine import Database
from bot.errors import BadRequest
from bot.line.channels.registration import add_channel
from bot.line.client import AccessRefused, LineError
from bot.ports import Ports, real_ports
from bot.security.box import SecretBox
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings, load_settings
from bot.tenancy.bots import find_any_bot, move_bot
from bot.tenancy.claims import CLAIM_COMMAND, issue_claim_code

channel = typer.Typer(help="LINE channels.", no_args_is_help=True)


@channel.callback()
def channels() -> None:
    """LINE channels."""


@channel.command()
def add(
    bot: Annotated[uuid.UUID, typer.Option(help="The id of the bot that answers on the channel.")],
    secret: Annotated[str, typer.Option(prompt=True, hide_input=True, help="The channel secret.")],
    token: Annotated[str, typer.Option(prompt=True, hide_input=True, help="A channel access token.")],
    as_json: AsJson = False,
) -> None:
    """Give a bot an Official Account of its own.

    LINE is asked who the account is. The bot moves there from the channel it was on; its owner has
    another user id there and claims it anew, with the code that is printed.
    """
    added = asyncio.run(_add(load_settings(), bot, secret=secret.strip(), token=token.strip()))
    if as_json:
        print_json(added)
        return
    typer.echo(f"{added['name']} ({added['basic_id']}) is connected.")
    typer.echo(f"Set its webhook URL in the LINE Developers Console to {added['webhook_url']} and switch webhooks on.")
    typer.echo(f"The owner claims the bot there with: {added['claim']}")


async def _add(settings: Settings, bot_id: uuid.UUID, *, secret: str, token: str) -> dict[str, object]:
    await migrations.upgrade(settings.database_url)
    ports, database = real_ports(settings), Database(settings.database_url)
    try:
        return await add_own_channel(settings, ports, database, bot_id=bot_id, secret=secret, token=token)
    finally:
        await ports.close()
        await database.close()


async def add_own_channel(
    settings: Settings, ports: Ports, database: Database, *, bot_id: uuid.UUID, secret: str, token: str
) -> dict[str, object]:
    """Connect the account and move the bot to it, in one transaction.

    Raises BadRequest when LINE refuses the token or can't be asked, NotFound for an unknown bot.
    """
    try:
        info = await ports.line.bot_info(token)
    except AccessRefused:
        raise BadRequest("LINE refuses this channel access token. Issue a new one in its console.") from None
    except LineError as error:
        raise BadRequest(f"LINE could not be asked about this channel: {error}") from None
    secret_key = settings.secret_key.get_secret_value()
    box, now = SecretBox(secret_key), ports.clock.now()
    async with database.unit_of_work() as session:
        moved = await find_any_bot(session, bot_id)
        added = await add_channel(
            session, box, tenant_id=moved.tenant_id, secret=secret, token=token, info=info, now=now
        )
        await move_bot(session, moved, channel_id=added.id, now=now)
        issued = await issue_claim_code(
            session, moved, clock=ports.clock, claim_code_key=derive_key(secret_key, Purpose.CLAIM_CODE)
        )
    return {
        "channel_id": added.id,
        "name": info.display_name,
        "basic_id": info.basic_id,
        "webhook_url": f"{settings.base_url}/line/webhook/{added.id}",
        "claim": f"{CLAIM_COMMAND} {issued.code}",
    }
