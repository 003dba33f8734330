"""Bots, who owns them and helps with them, and the codes by which people are bound to one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey, UuidKey
from bot.models.columns import TenantOwned, Timestamped, VendorOwned


class Bot(Base, VendorOwned, Timestamped):
    """An assistant that speaks for one vendor on one channel.

    `shop_code` is the public code that customers enter the shop by on the central channel.
    `mgmt_token_hash` is the keyed hash of the management token that was shown at provisioning.
    `llm_daily_tokens` is how many tokens its answers may cost a day; null means the setting's.

    `late_reply` (`postback`, `push` or `drop`) is what becomes of an answer that misses its reply token.
    `push_limit` is how many billed messages it may cause a month; null means what the channel has.
    `owner_pushes` (`none`, `urgent` or `all`) are the notices that may cost one. `summary_hour` is the
    hour of the owner's daily summary, null for none. `paused_at` is set while its owner lets it rest.
    `opening` holds business hours and holidays as `handlers.line.opening` reads them. `trigger_word`
    calls it in groups. `suspended_at` is set while its partner lets it rest, which its owner can't end;
    `deleted_at` once its partner has given it up.
    """

    __tablename__ = "bots"
    __table_args__ = (Index("ix_bots_channel_id", "channel_id"),)

    id: Mapped[UuidKey]
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partners.id"))
    store_name: Mapped[str] = mapped_column(String(200))
    shop_code: Mapped[str] = mapped_column(String(16), unique=True)
    system_prompt: Mapped[str | None] = mapped_column(Text)
    mgmt_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    llm_daily_tokens: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    late_reply: Mapped[str] = mapped_column(String(16), default="postback", server_default="postback")
    push_limit: Mapped[int | None]
    owner_pushes: Mapped[str] = mapped_column(String(16), default="urgent", server_default="urgent")
    summary_hour: Mapped[int | None]
    paused_at: Mapped[datetime | None]
    opening: Mapped[dict[str, Any] | None]
    trigger_word: Mapped[str | None] = mapped_column(String(40))
    suspended_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class BotOwner(Base, TenantOwned):
    """The LINE user bound to a bot as its owner (店長), keyed (channel, user)."""

    __tablename__ = "bot_owners"
    __table_args__ = (Index("ix_bot_owners_user", "channel_id", "user_id"),)

    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), primary_key=True)
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    user_id: Mapped[str] = mapped_column(String(64))
    bound_at: Mapped[datetime]


class BotHelper(Base, TenantOwned):
    """A LINE user who helps a bot's owner (店員), with fewer rights, keyed (channel, user)."""

    __tablename__ = "bot_helpers"
    __table_args__ = (Index("ix_bot_helpers_user", "channel_id", "user_id"),)

    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), primary_key=True)
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime]


class ClaimCode(Base, TenantOwned):
    """A single-use code that binds somebody to a bot. Only its keyed hash is kept.

    `role` is what its bearer becomes: `owner` of a bot that has none, `successor` of the present
    owner, or `helper`.
    """

    __tablename__ = "claim_codes"

    id: Mapped[IntKey]
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16), default="owner", server_default="owner")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ClaimAttempt(Base):
    """A wrong code tried by a LINE user: what the hourly limit counts. It belongs to no tenant yet."""

    __tablename__ = "claim_attempts"
    __table_args__ = (Index("ix_claim_attempts_user", "channel_id", "user_id", "tried_at"),)

    id: Mapped[IntKey]
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    user_id: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[datetime]
