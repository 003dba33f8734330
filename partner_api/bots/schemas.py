"""The wire of bots: what may be changed, and how they are shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, ConfigDict, Field

from bot.models import Partner
from bot.tenancy.bot_settings import (
    EARLIEST_SUMMARY,
    LATEST_SUMMARY,
    LEAST_WORD,
    MOST_DAILY_TOKENS,
    MOST_PUSHES,
    MOST_WORD,
    LateReply,
    OwnerPushes,
    trigger_word,
)
from bot.tenancy.bots import ENTER_COMMAND
from bot.web.fields import one_line, without_defaults
from partner_api.bots.repository import BotRow
from partner_api.bots.states import BotStatus, status_of
from partner_api.provisioning.binding import adding_url, typing_url
from partner_api.provisioning.schemas import Binding, StoreName, SystemPrompt
from partner_api.wire import PageQuery, RequestBody, timestamp

MAX_SEARCH = 200


def _trigger_word(value: str) -> str:
    word = trigger_word(value)
    if word is None:
        raise ValueError(f"must be a word of {LEAST_WORD} to {MOST_WORD} characters on one line")
    return word


class BotsQuery(PageQuery):
    """Which bots; `search` is looked for in names and shop codes. Without a `status` all but the deleted ones."""

    search: Annotated[str, Field(max_length=MAX_SEARCH), AfterValidator(one_line)] = ""
    status: Literal["active", "paused", "suspended", "deleted"] | None = None


class SettingsBody(RequestBody):
    """The settings to change: those that are given. Fields beyond these are refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=without_defaults)

    late_reply: LateReply = "postback"
    push_limit: Annotated[int, Field(ge=0, le=MOST_PUSHES)] | None = None
    owner_pushes: OwnerPushes = "urgent"
    summary_hour: Annotated[int, Field(ge=EARLIEST_SUMMARY, le=LATEST_SUMMARY)] | None = None
    trigger_word: Annotated[str, Field(max_length=200), AfterValidator(_trigger_word)] | None = None
    llm_daily_tokens: Annotated[int, Field(ge=0, le=MOST_DAILY_TOKENS)] | None = None

    @property
    def given(self) -> dict[str, Any]:
        return self.model_dump(include=self.model_fields_set)


class BotBody(RequestBody):
    """What to change of a bot: the fields that are given. Fields beyond these are refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=without_defaults)

    store_name: StoreName = ""
    system_prompt: SystemPrompt | None = None
    settings: SettingsBody = Field(default_factory=SettingsBody)

    @property
    def given(self) -> dict[str, Any]:
        """The columns to change with their values."""
        own = self.model_dump(include=self.model_fields_set - {"settings"})
        return own | self.settings.given


class OwnerShown(msgspec.Struct):
    """Whether somebody owns the bot, and since when. Who it is on LINE isn't told."""

    bound: bool
    since: str | None


class ChannelShown(msgspec.Struct):
    """The LINE Official Account that the bot speaks on: `central`, which many share, or its `own`."""

    kind: str
    name: str
    line_id: str | None


class EntryShown(msgspec.Struct):
    """How customers come to the bot: what they type on the central account, and the link that does it for them."""

    command: str | None
    line_url: str | None


class SettingsShown(msgspec.Struct):
    late_reply: str
    push_limit: int | None
    owner_pushes: str
    summary_hour: int | None
    trigger_word: str | None
    llm_daily_tokens: int | None


class BotShown(msgspec.Struct, kw_only=True):
    """A bot. `status` is `active`, `paused` (by its owner), `suspended` (by its partner) or `deleted`."""

    id: str
    store_name: str
    system_prompt: str | None
    status: BotStatus
    owner: OwnerShown
    shop_code: str
    entry: EntryShown
    channel: ChannelShown
    settings: SettingsShown
    created_at: str
    updated_at: str
    paused_at: str | None
    suspended_at: str | None
    deleted_at: str | None


class BotList(msgspec.Struct):
    bots: list[BotShown]
    total: int
    limit: int
    offset: int


class SlotsShown(msgspec.Struct):
    """How many bots the partner has bought, has, and may still make."""

    total: int
    used: int
    left: int


class BindingIssued(msgspec.Struct):
    bot_id: str
    binding: Binding


class TokenRolled(msgspec.Struct):
    bot_id: str
    mgmt_token: str


def bot_shown(row: BotRow) -> BotShown:
    bot, owner = row.bot, row.owner
    settings = {name: getattr(bot, name) for name in SettingsShown.__struct_fields__}
    return BotShown(
        id=str(bot.id),
        store_name=bot.store_name,
        system_prompt=bot.system_prompt,
        status=status_of(bot),
        owner=OwnerShown(owner is not None, timestamp(owner.bound_at) if owner else None),
        shop_code=bot.shop_code,
        entry=_entry(row),
        channel=ChannelShown("central" if row.channel.is_central else "own", row.channel.name, row.channel.basic_id),
        settings=SettingsShown(**settings),
        created_at=timestamp(bot.created_at),
        updated_at=timestamp(bot.updated_at),
        paused_at=timestamp(bot.paused_at) if bot.paused_at else None,
        suspended_at=timestamp(bot.suspended_at) if bot.suspended_at else None,
        deleted_at=timestamp(bot.deleted_at) if bot.deleted_at else None,
    )


def slots_shown(partner: Partner) -> SlotsShown:
    return SlotsShown(partner.slots_total, partner.slots_used, partner.slots_total - partner.slots_used)


def _entry(row: BotRow) -> EntryShown:
    basic_id = row.channel.basic_id
    if not row.channel.is_central:
        return EntryShown(None, adding_url(basic_id) if basic_id else None)
    command = f"{ENTER_COMMAND} {row.bot.shop_code}"
    return EntryShown(command, typing_url(basic_id, command) if basic_id else None)
