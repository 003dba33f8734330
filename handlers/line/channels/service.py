"""What can be done with channels, for whoever may: the API's callers and the operator's commands alike."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import BadRequest, Conflict, Forbidden, NotFound, Unavailable
from bot.line.channels import ChannelAccess, ChannelDirectory
from bot.line.channels.directory import open_channel
from bot.line.channels.repository import find as find_channel
from bot.line.channels.rotation import CentralToken, announce_secret, clean_secret, clean_token, replace_token
from bot.line.channels.urls import webhook_url
from bot.line.client import AccessRefused, BotInfo, LineClient, LineError
from bot.logging import get_logger
from bot.models import Bot, Channel
from bot.security.box import BoxError, SecretBox
from bot.tenancy.principal import Principal
from handlers.line.doctor import ChannelDoctor, Finding, Subject, found
from handlers.line.repository import channels as rows

log = get_logger(__name__)


class ChannelNotFound(NotFound):
    """There is no such channel, or the principal may not see it: which of the two isn't told."""

    code = "channel_not_found"
    message = "There is no such channel."


class ChannelShared(Forbidden):
    code = "channel_shared"
    message = "Other vendors' bots answer on this channel too: its credentials are changed with a key of the tenant."


class TokenRefused(BadRequest):
    code = "token_refused"
    message = "LINE refuses this channel access token. Issue a new one in the LINE Developers Console."


class Unreadable(Conflict):
    code = "credentials_unreadable"
    message = "The channel's credentials were encrypted under another SECRET_KEY. Set that key, or rotate both of them."


class WebhookUrlRefused(BadRequest):
    code = "webhook_url_refused"


class LineUnreachable(Unavailable):
    code = "line_unreachable"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A channel's secret and access token. What is None stays as it is."""

    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel, where its webhooks belong, and the bots that answer on it."""

    channel: Channel
    url: str
    bots: Sequence[Bot]


# What is known of the central channel before a server has started.
_UNSTORED = ChannelAccess(
    id=uuid.UUID(int=0), tenant_id=None, is_central=True, name="", basic_id=None, bot_user_id=None, secret="", token=""
)


class Channels:
    """The verbs. `base_url` is where LINE reaches this server."""

    def __init__(
        self,
        database: Database,
        directory: ChannelDirectory,
        line: LineClient,
        *,
        box: SecretBox,
        clock: Clock,
        doctor: ChannelDoctor,
        base_url: str,
    ) -> None:
        self._database = database
        self._directory = directory
        self._line = line
        self._box = box
        self._clock = clock
        self._doctor = doctor
        self._base_url = base_url

    async def listed(self, principal: Principal) -> list[ChannelState]:
        """The channels that the principal may see."""
        async with self._database.reading() as session:
            found_rows = await rows.list_channels(session, principal)
            bots = await rows.bots_by_channel(session, principal)
        return [ChannelState(row, self._url(row), bots.get(row.id, ())) for row in found_rows]

    async def get(self, principal: Principal, channel_id: uuid.UUID) -> ChannelState:
        """Raises ChannelNotFound."""
        async with self._database.reading() as session:
            row = await _visible(session, principal, channel_id)
            bots = await rows.bots_by_channel(session, principal)
        return ChannelState(row, self._url(row), bots.get(row.id, ()))

    async def check(self, principal: Principal, channel_id: uuid.UUID) -> list[Finding]:
        """Everything the doctor finds. Raises ChannelNotFound."""
        state = await self.get(principal, channel_id)
        channel = self._opened(state.channel)
        if channel is None:
            return [found("secrets_unreadable")]
        findings = await self._doctor.examine(Subject(channel, state.url))
        self._directory.forget()
        # The doctor's own test may have been the first webhook that carried an announced secret.
        after = (await self.get(principal, channel_id)).channel
        return [found("secrets_readable" if after.next_secret_box is None else "rotation_unfinished"), *findings]

    async def check_central(self, configured: Credentials) -> list[Finding]:
        """Everything the doctor finds about the central channel, tried with what the settings have."""
        async with self._database.reading() as session:
            row = await find_channel(session, None)
        stored = self._opened(row) if row is not None else None
        secret, token = configured.secret or "", configured.token or ""
        channel = replace(stored or _UNSTORED, secret=secret, token=token)
        findings = await self._doctor.examine(Subject(channel, webhook_url(self._base_url, None), channel == stored))
        self._directory.forget()
        code = "settings_not_in_use"
        if channel == stored:
            code = "secrets_readable" if stored.next_secret is None else "rotation_in_settings"
        return [found(code), *findings]

    async def ask_line(self, configured: Credentials) -> list[Finding]:
        """What LINE says about the central channel as the settings have it, where there is no store to look into."""
        channel = replace(_UNSTORED, secret=configured.secret or "", token=configured.token or "")
        return await self._doctor.ask_line(Subject(channel, webhook_url(self._base_url, None), stored=False))

    async def rotate(self, principal: Principal, channel_id: uuid.UUID, wanted: Credentials) -> ChannelState:
        """Announce a new secret, replace the access token, or both at once.

        Raises ChannelNotFound, ChannelShared, UnusableCredential, TokenRefused, AnotherAccount, CentralToken,
        LineUnreachable.
        """
        secret = clean_secret(wanted.secret) if wanted.secret is not None else None
        token = clean_token(wanted.token) if wanted.token is not None else None
        before = (await self.get(principal, channel_id)).channel
        if token is not None and before.is_central:
            raise CentralToken
        info = await self._account_of(token) if token is not None else None
        now = self._clock.now()
        async with self._database.unit_of_work() as session:
            row = await rows.changeable_channel(session, principal, channel_id)
            if row is None:
                raise ChannelShared
            if secret is not None:
                announce_secret(row, self._box, secret=secret, now=now)
            if token is not None and info is not None:
                await replace_token(session, row, self._box, token=token, info=info, now=now)
        self._directory.forget()
        log.info(
            "channel_rotated",
            channel_id=str(channel_id),
            by=principal.label,
            secret=secret is not None,
            token=token is not None,
        )
        return await self.get(principal, channel_id)

    async def set_webhook(self, principal: Principal, channel_id: uuid.UUID) -> None:
        """Have LINE send the channel's webhooks here. Raises ChannelNotFound, Unreadable and WebhookUrlRefused."""
        state = await self.get(principal, channel_id)
        channel = self._opened(state.channel)
        if channel is None:
            raise Unreadable
        try:
            await self._line.set_webhook_endpoint(channel.token, url=state.url)
        except LineError as error:
            raise WebhookUrlRefused(f"LINE did not take {state.url} as the webhook URL: {error}") from None

    async def self_test(self, principal: Principal, channel_id: uuid.UUID) -> Finding:
        """LINE's own test of the webhook alone, with what the store holds. Raises ChannelNotFound."""
        state = await self.get(principal, channel_id)
        channel = self._opened(state.channel)
        if channel is None:
            return found("secrets_unreadable")
        [tested] = await self._doctor.self_test(Subject(channel, state.url))
        return tested

    async def _account_of(self, token: str) -> BotInfo:
        try:
            return await self._line.bot_info(token)
        except AccessRefused:
            raise TokenRefused from None
        except LineError as error:
            raise LineUnreachable(f"LINE could not be asked about this access token: {error}") from None

    def _opened(self, row: Channel) -> ChannelAccess | None:
        """None for what was sealed under another SECRET_KEY."""
        try:
            return open_channel(row, self._box)
        except BoxError:
            return None

    def _url(self, row: Channel) -> str:
        return webhook_url(self._base_url, None if row.is_central else row.id)


async def _visible(session: AsyncSession, principal: Principal, channel_id: uuid.UUID) -> Channel:
    row = await rows.visible_channel(session, principal, channel_id)
    if row is None:
        raise ChannelNotFound
    return row
