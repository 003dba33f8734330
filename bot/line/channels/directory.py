"""The channels this process has met, read from the store at most every few seconds each."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.engine import Database
from bot.line.channels import repository
from bot.models import Channel
from bot.security.box import SecretBox

FRESH_FOR = timedelta(seconds=5)
# What a webhook's signature doesn't fit is read anew once it is older: a secret that was just announced counts
# nearly at once, and a flood of forged signatures still costs no more than two reads a second.
REREAD_AFTER = timedelta(seconds=0.5)
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """A channel with what it takes to verify its webhooks and to send on it."""

    id: uuid.UUID
    tenant_id: uuid.UUID | None
    is_central: bool
    name: str
    basic_id: str | None
    bot_user_id: str | None
    secret: str = field(repr=False)
    token: str = field(repr=False)
    broken_at: datetime | None = None
    next_secret: str | None = field(default=None, repr=False)
    reads_by_hand: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that a webhook may be signed with: during a rotation there are two."""
        return (self.secret,) if self.next_secret is None else (self.secret, self.next_secret)


class ChannelDirectory:
    """Looks channels up by id (None for the central one).

    What it found, or didn't, is kept for `FRESH_FOR`: a rotated secret or a new channel counts
    within that time in every process, and a flood of unknown ids costs one read each.
    """

    def __init__(self, database: Database, box: SecretBox, clock: Clock) -> None:
        self._database = database
        self._box = box
        self._clock = clock
        self._kept: OrderedDict[uuid.UUID | None, tuple[datetime, ChannelAccess | None]] = OrderedDict()

    async def find(self, channel_id: uuid.UUID | None, *, fresh_for: timedelta = FRESH_FOR) -> ChannelAccess | None:
        """The active channel of this id as it was at most `fresh_for` ago, or None."""
        now = self._clock.now()
        kept = self._kept.get(channel_id)
        if kept is not None and now - kept[0] < fresh_for:
            return kept[1]
        async with self._database.reading() as session:
            channel = await repository.find(session, channel_id)
        access = open_channel(channel, self._box) if channel is not None and channel.is_active else None
        self._kept[channel_id] = (now, access)
        self._kept.move_to_end(channel_id)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return access

    def forget(self) -> None:
        """Read every channel anew at its next use."""
        self._kept.clear()


def open_channel(channel: Channel, box: SecretBox) -> ChannelAccess:
    """Decrypt a channel's secret and token. Raises BoxError when SECRET_KEY isn't the one they were sealed with."""
    return ChannelAccess(
        id=channel.id,
        tenant_id=channel.tenant_id,
        is_central=channel.is_central,
        name=channel.name,
        basic_id=channel.basic_id,
        bot_user_id=channel.bot_user_id,
        secret=box.open(channel.secret_box, context=channel.id.bytes).decode(),
        token=box.open(channel.token_box, context=channel.id.bytes).decode(),
        broken_at=channel.broken_at,
        next_secret=(
            None
            if channel.next_secret_box is None
            else box.open(channel.next_secret_box, context=channel.id.bytes).decode()
        ),
        reads_by_hand=channel.reads_by_hand,
    )
