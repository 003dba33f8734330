"""Bots, who owns them, and the codes by which an owner claims one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey, UuidKey
from bot.models.columns import TenantOwned, Timestamped, VendorOwned


class Bot(Base, VendorOwned, Timestamped):
    """An assistant that speaks for one vendor on one channel.

    `shop_code` is the public code that customers enter the shop by on the central channel.
    `mgmt_token_hash` is the keyed hash of the management token that was shown at provisioning.
    `llm_daily_tokens` is how many tokens its answers may cost a day; null means the setting's.
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


class BotOwner(Base, TenantOwned):
    """The LINE user bound to a bot as its owner (店長), keyed (channel, user)."""

    __tablename__ = "bot_owners"
    __table_args__ = (Index("ix_bot_owners_user", "channel_id", "user_id"),)

    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), primary_key=True)
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    user_id: Mapped[str] = mapped_column(String(64))
    bound_at: Mapped[datetime]


class ClaimCode(Base, TenantOwned):
    """A single-use code that binds an owner to a bot. Only its keyed hash is kept."""

    __tablename__ = "claim_codes"

    id: Mapped[IntKey]
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
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
