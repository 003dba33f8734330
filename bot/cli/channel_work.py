"""What commands on channels do, on the store and the LINE of the settings."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from bot.cli.store import opened_store
from bot.db.engine import Database
from bot.errors import BadRequest, NotFound
from bot.line.channels import REREAD_AFTER, ChannelDirectory
from bot.line.channels.registration import add_channel
from bot.line.channels.rotation import clean_secret, clean_token
from bot.line.channels.urls import webhook_url
from bot.line.client import AccessRefused, LineError
from bot.ports import Ports, real_ports
from bot.security.box import SecretBox
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.tenancy.bots import find_any_bot, move_bot
from bot.tenancy.claims import CLAIM_COMMAND, issue_claim_code
from bot.tenancy.owners import end_ownership
from bot.tenancy.principal import PLATFORM
from handlers.line.channels import Channels, ChannelState, Credentials
from handlers.line.channels.schemas import channel_shown
from handlers.line.doctor import ChannelDoctor, Finding
from handlers.line.doctor.probing import fetch_metrics
from handlers.line.management import LineManagement

CENTRAL = "central"
AT_ONCE = 4

Report = tuple[str, list[Finding]]


def channels_over(database: Database, settings: Settings, ports: Ports) -> Channels:
    """The verbs on the channels of a store."""
    box, clock = SecretBox(settings.secret_key.get_secret_value()), ports.clock

    async def metrics() -> str | None:
        return await fetch_metrics(settings.base_url)

    doctor = ChannelDoctor(database, ports.line, clock=clock, metrics=metrics)
    directory, url = ChannelDirectory(database, box, clock), settings.base_url
    return Channels(database, directory, ports.line, box=box, clock=clock, doctor=doctor, base_url=url)


def configured(settings: Settings) -> Credentials:
    """The central channel's credentials as the settings have them."""
    return Credentials(
        settings.line_channel_secret.get_secret_value(), settings.line_channel_access_token.get_secret_value()
    )


@asynccontextmanager
async def _working(settings: Settings) -> AsyncIterator[tuple[Channels, Database, Ports]]:
    """The verbs, the store, brought up to date, and the ports of these settings."""
    async with opened_store(settings) as database:
        ports = real_ports(settings)
        try:
            yield channels_over(database, settings, ports), database, ports
        finally:
            await ports.close()


async def listed(settings: Settings) -> list[dict[str, Any]]:
    """Every channel, as the API shows it, with whose it is."""
    async with _working(settings) as (channels, _, _):
        return [_shown(state) for state in await channels.listed(PLATFORM)]


async def check(settings: Settings, which: str | None, *, set_webhook: bool) -> list[Report]:
    """What the doctor finds about a channel, or about every one, each with its name."""
    async with _working(settings) as (channels, _, _):
        own = [state.channel.id for state in await channels.listed(PLATFORM) if not state.channel.is_central]
        wanted = [None, *own] if which is None else [await _named(channels, which)]
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(channel_id: uuid.UUID | None) -> Report:
            async with turn:
                if set_webhook:
                    await channels.set_webhook(PLATFORM, channel_id or await _central_id(channels))
                if channel_id is None:
                    return CENTRAL, await channels.check_central(configured(settings))
                return str(channel_id), await channels.check(PLATFORM, channel_id)

        return await asyncio.gather(*map(one, wanted))


async def rotate(settings: Settings, which: str, given: Credentials) -> tuple[dict[str, Any], Finding]:
    """Give a channel new credentials; what the channel is then, and what LINE's test says."""
    if given == Credentials():
        raise BadRequest("Nothing was given: a new channel secret, a new channel access token, or both are needed.")
    async with _working(settings) as (channels, _, _):
        channel_id = await _named(channels, which) or await _central_id(channels)
        state = await channels.rotate(PLATFORM, channel_id, given)
        # Then every process knows: what it read before, it reads again for a signature that doesn't fit.
        await asyncio.sleep(REREAD_AFTER.total_seconds())
        return _shown(state), await channels.self_test(PLATFORM, channel_id)


async def add(
    settings: Settings, bot_id: uuid.UUID, given: Credentials, *, set_webhook: bool
) -> tuple[dict[str, Any], list[Finding]]:
    """Connect an account, move the bot there, and check it."""
    async with _working(settings) as (channels, database, ports):
        added = await add_own_channel(settings, ports, database, bot_id=bot_id, given=given)
        if set_webhook:
            await channels.set_webhook(PLATFORM, added["channel_id"])
        return added, await channels.check(PLATFORM, added["channel_id"])


async def _named(channels: Channels, name: str) -> uuid.UUID | None:
    """The id that an argument names; None for the central channel. Raises BadRequest and ChannelNotFound."""
    if name == CENTRAL:
        return None
    try:
        state = await channels.get(PLATFORM, uuid.UUID(name))
    except ValueError:
        raise BadRequest(f"Name a channel by its id or as `{CENTRAL}`. `shopkeeper channel list` shows them.") from None
    return None if state.channel.is_central else state.channel.id


async def _central_id(channels: Channels) -> uuid.UUID:
    for state in await channels.listed(PLATFORM):
        if state.channel.is_central:
            return state.channel.id
    raise NotFound("There is no central channel yet: `shopkeeper serve` makes it at its first start.")


def _shown(state: ChannelState) -> dict[str, Any]:
    whose = {"tenant_id": state.channel.tenant_id, "is_central": state.channel.is_central}
    return {**msgspec.to_builtins(channel_shown(state)), **whose}


async def add_own_channel(
    settings: Settings, ports: Ports, database: Database, *, bot_id: uuid.UUID, given: Credentials
) -> dict[str, Any]:
    """Connect the account and move the bot to it, in one transaction.

    Raises BadRequest when a credential is unusable, when LINE refuses the token or can't be asked, NotFound for an
    unknown bot.
    """
    secret, token = clean_secret(given.secret or ""), clean_token(given.token or "")
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
        released = await end_ownership(session, moved, now=now)
        if released is not None:
            await LineManagement().moving(session, released, now=now)
        await move_bot(session, moved, channel_id=added.id, now=now)
        issued = await issue_claim_code(
            session, moved, clock=ports.clock, claim_code_key=derive_key(secret_key, Purpose.CLAIM_CODE)
        )
    return {
        "channel_id": added.id,
        "name": info.display_name,
        "basic_id": info.basic_id,
        "webhook_url": webhook_url(settings.base_url, added.id),
        "claim": f"{CLAIM_COMMAND} {issued.code}",
    }
