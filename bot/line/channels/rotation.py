"""Replacing a channel's secret and token while its webhooks and messages go on.

LINE shows a new channel secret only when it issues it, and the old one ends at that moment. So the new one is
announced as soon as it is known: from then on webhooks signed with either count, and soon after the first that
carries the new one it is the only one. The central channel's secret stands in the settings, so there both count
until the new one stands there too: else the next start would bring the old one back.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import BadRequest, Conflict
from bot.line.channels import repository
from bot.line.channels.directory import ChannelAccess, ChannelDirectory, open_channel
from bot.line.channels.registration import describe
from bot.line.client import BotInfo
from bot.logging import get_logger
from bot.models import Channel
from bot.security.box import BoxError, SecretBox

GRACE = timedelta(seconds=10)
LONGEST_SECRET = 64
LONGEST_TOKEN = 1_000
_SECRET = re.compile(r"[\x21-\x7e]+")

log = get_logger(__name__)


class UnusableCredential(BadRequest):
    """What was given can't be a channel secret, or can't be an access token. The message never repeats it."""

    code = "unusable_credential"


class AnotherAccount(Conflict):
    """The access token opens another Official Account than the channel's."""

    code = "another_account"

    def __init__(self, *, given: str, wanted: str) -> None:
        super().__init__(
            f"This access token is the one of {given}, and the channel is {wanted}. "
            "Issue a token in the LINE Developers Console of the channel itself."
        )


class CentralToken(Conflict):
    """The central channel's token can't be replaced here."""

    code = "central_token_is_a_setting"
    message = (
        "The central channel's access token comes from LINE_CHANNEL_ACCESS_TOKEN. Reissue it in the LINE Developers "
        "Console with some hours left for the old one, set the new one there, and restart."
    )


def clean_secret(given: str) -> str:
    """A channel secret without the space around it. Raises UnusableCredential."""
    secret = given.strip()
    if len(secret) > LONGEST_SECRET:
        raise UnusableCredential(
            "This is too long for a channel secret, which has 32 characters. Is it the channel access token?"
        )
    if not _SECRET.fullmatch(secret):
        raise UnusableCredential("The channel secret is empty, or holds spaces or letters that none has.")
    return secret


def clean_token(given: str) -> str:
    """A channel access token without the space around it. Raises UnusableCredential."""
    token = given.strip()
    if len(token) > LONGEST_TOKEN or not _SECRET.fullmatch(token):
        raise UnusableCredential("The channel access token is empty or too long, or holds spaces or letters none has.")
    return token


def announce_secret(channel: Channel, box: SecretBox, *, secret: str, now: datetime) -> bool:
    """Let webhooks signed with `secret` count as well. False where it is the channel's secret already.

    A secret that was announced before and never seen is forgotten: whoever mistyped one announces again.
    """
    try:
        known = open_channel(channel, box).secret
    except BoxError:
        known = None
    if known is None:
        # Nobody can verify with what nobody can open.
        channel.secret_box = box.seal(secret.encode(), context=channel.id.bytes)
        channel.next_secret_box = None
    elif known == secret:
        channel.next_secret_box = None
    else:
        channel.next_secret_box = box.seal(secret.encode(), context=channel.id.bytes)
    channel.updated_at = now
    return known != secret


async def replace_token(
    session: AsyncSession, channel: Channel, box: SecretBox, *, token: str, info: BotInfo, now: datetime
) -> None:
    """Send with `token` from now on, for which LINE gave `info`. Raises AnotherAccount and CentralToken."""
    if channel.is_central:
        raise CentralToken
    if channel.bot_user_id is not None and channel.bot_user_id != info.user_id:
        raise AnotherAccount(
            given=f"{info.display_name} ({info.basic_id})", wanted=f"{channel.name} ({channel.basic_id})"
        )
    await describe(session, channel, info)
    channel.token_box = box.seal(token.encode(), context=channel.id.bytes)
    channel.updated_at = now


class SecretPromoter:
    """Makes an announced secret the only one, beside the webhook that showed it and not in its way.

    It waits for `GRACE`: webhooks that LINE signed with the old secret may still be under way.
    """

    def __init__(self, database: Database, channels: ChannelDirectory, *, box: SecretBox, clock: Clock) -> None:
        self._database = database
        self._channels = channels
        self._box = box
        self._clock = clock
        self._running: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()

    def seen(self, channel: ChannelAccess) -> None:
        """A webhook was signed with the announced secret of `channel`."""
        if channel.is_central or channel.next_secret is None or channel.id in self._running:
            return
        task = asyncio.create_task(self._promote_soon(channel.id, channel.next_secret))
        self._running[channel.id] = task
        task.add_done_callback(lambda _: self._running.pop(channel.id))

    async def settle(self) -> None:
        """Promote at once what waits. A promotion that is cut off is begun again by the next webhook."""
        self._hurry.set()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._hurry.clear()

    async def _promote_soon(self, channel_id: uuid.UUID, secret: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE.total_seconds()):
                await self._hurry.wait()
        await self._promote(channel_id, secret)

    async def _promote(self, channel_id: uuid.UUID, secret: str) -> None:
        try:
            async with self._database.unit_of_work() as session:
                channel = await repository.find(session, channel_id)
                if channel is None or open_channel(channel, self._box).next_secret != secret:
                    return
                promoted = await repository.promote_secret(session, channel, at=self._clock.now())
        except (SQLAlchemyError, BoxError, OSError):
            log.exception("secret_not_promoted", channel_id=str(channel_id))
            return
        self._channels.forget()
        if promoted:
            log.info("secret_rotated", channel_id=str(channel_id))
