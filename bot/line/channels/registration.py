"""Adding channels, and learning from LINE who they are."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict
from bot.line.channels import repository
from bot.line.client import BotInfo
from bot.models import Channel
from bot.security.box import BoxError, SecretBox


class ChannelTaken(Conflict):
    """Another channel on this platform is the same Official Account."""

    code = "channel_taken"
    message = "This LINE Official Account is already connected."


async def save_central(
    session: AsyncSession, box: SecretBox, *, secret: str, token: str, info: BotInfo | None, now: datetime
) -> Channel:
    """Make the central channel as configured, or bring it up to date; `info` is what LINE said of it.

    A secret that was announced stays announced until it is the configured one.
    """
    channel = await repository.find(session, None)
    if channel is None:
        channel = Channel(id=uuid.uuid4(), is_central=True, name="LINE", is_active=True, created_at=now)
        session.add(channel)
    elif not _is_sealed(channel.secret_box, secret, box, channel):
        # Announced and now configured, or replaced by one that was never announced: either way it is over.
        channel.next_secret_box = None
    _seal(channel, box, secret=secret, token=token, now=now)
    if info is not None:
        await describe(session, channel, info)
    return channel


async def add_channel(
    session: AsyncSession,
    box: SecretBox,
    *,
    tenant_id: uuid.UUID,
    secret: str,
    token: str,
    info: BotInfo,
    now: datetime,
) -> Channel:
    """Add a vendor's own channel. Raises ChannelTaken when the account is connected already."""
    channel = Channel(id=uuid.uuid4(), tenant_id=tenant_id, is_central=False, name="", is_active=True, created_at=now)
    _seal(channel, box, secret=secret, token=token, now=now)
    await describe(session, channel, info)
    session.add(channel)
    await session.flush()
    return channel


def _seal(channel: Channel, box: SecretBox, *, secret: str, token: str, now: datetime) -> None:
    channel.secret_box = box.seal(secret.encode(), context=channel.id.bytes)
    channel.token_box = box.seal(token.encode(), context=channel.id.bytes)
    channel.updated_at = now


def _is_sealed(sealed: bytes, secret: str, box: SecretBox, channel: Channel) -> bool:
    try:
        return box.open(sealed, context=channel.id.bytes) == secret.encode()
    except BoxError:
        return False


async def describe(session: AsyncSession, channel: Channel, info: BotInfo) -> None:
    """Keep what LINE says of the account behind a channel's token, which therefore works.

    Raises ChannelTaken when another channel is that account already.
    """
    with session.no_autoflush:
        holder = await repository.find_by_bot_user_id(session, info.user_id)
    if holder is not None and holder.id != channel.id:
        raise ChannelTaken
    channel.bot_user_id, channel.basic_id, channel.name = info.user_id, info.basic_id, info.display_name
    channel.reads_by_hand = info.mark_as_read_mode == "manual"
    channel.broken_at = None
