"""The wire of `/api/v1/channels`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Self

import msgspec
from pydantic import SecretStr, model_validator

from bot.texts import Language
from handlers.line.channels.service import ChannelState, Credentials
from handlers.line.doctor import Finding, is_healthy
from knowledge.schemas import RequestModel, to_the_second


class CredentialsBody(RequestModel):
    """The new credentials: one of them or both."""

    channel_secret: SecretStr | None = None
    channel_access_token: SecretStr | None = None

    @property
    def credentials(self) -> Credentials:
        secret, token = self.channel_secret, self.channel_access_token
        return Credentials(
            secret.get_secret_value() if secret is not None else None,
            token.get_secret_value() if token is not None else None,
        )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.channel_secret is None and self.channel_access_token is None:
            raise ValueError("must hold channel_secret, channel_access_token or both")
        return self


class BotOnChannel(msgspec.Struct, frozen=True):
    """A bot that answers on a channel."""

    id: uuid.UUID
    store_name: str


class ChannelView(msgspec.Struct, frozen=True):
    """A channel, without its secrets. `token_refused_at` is since when LINE refuses its access token."""

    id: uuid.UUID
    name: str
    basic_id: str | None
    bot_user_id: str | None
    webhook_url: str
    is_active: bool
    token_refused_at: str | None
    new_secret_announced: bool
    reads_by_hand: bool
    bots: list[BotOnChannel]
    created_at: str
    updated_at: str


class ChannelList(msgspec.Struct, frozen=True):
    items: list[ChannelView]


class CheckView(msgspec.Struct, frozen=True):
    """One finding, in the caller's language."""

    check: str
    level: str
    code: str
    detail: str
    mend: str


class Report(msgspec.Struct, frozen=True):
    """What the doctor found; `ok` where none of it is a problem."""

    ok: bool
    checks: list[CheckView]


def channel_shown(state: ChannelState) -> ChannelView:
    """A channel as the API shows it."""
    row = state.channel
    return ChannelView(
        id=row.id,
        name=row.name,
        basic_id=row.basic_id,
        bot_user_id=row.bot_user_id,
        webhook_url=state.url,
        is_active=row.is_active,
        token_refused_at=to_the_second(row.broken_at) if row.broken_at else None,
        new_secret_announced=row.next_secret_box is not None,
        reads_by_hand=row.reads_by_hand,
        bots=[BotOnChannel(bot.id, bot.store_name) for bot in state.bots],
        created_at=to_the_second(row.created_at),
        updated_at=to_the_second(row.updated_at),
    )


def report_of(findings: Sequence[Finding], language: Language) -> Report:
    """A report as the API and `--json` show it."""
    checks = [CheckView(one.check, one.level, one.code, one.detail(language), one.mend(language)) for one in findings]
    return Report(is_healthy(findings), checks)
