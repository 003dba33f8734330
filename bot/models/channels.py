"""LINE channels: the central Official Account, and the vendors' own."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UuidKey
from bot.models.columns import Timestamped


class Channel(Base, Timestamped):
    """A LINE Official Account.

    The central channel (`is_central`) is shared by all tenants and has no `tenant_id`. Secret and
    token are encrypted at rest (`bot.security.box`). `bot_user_id` is the `destination` of its
    webhooks, null until LINE told it. `broken_at` is set when LINE refuses the token.

    `next_secret_box` is a secret that was announced by a rotation: webhooks signed with either count until
    the first that carries it. `quota_limit` (null: none) and `quota_used` are the month's billed
    messages as LINE told them at `quota_checked_at`. `reads_by_hand` says that messages show as read only once the
    bot says so. `staff_menu_id` is the rich menu that owners get on a vendor's own channel.
    """

    __tablename__ = "channels"
    __table_args__ = (
        Index(
            "uq_channels_central",
            "is_central",
            unique=True,
            sqlite_where=text("is_central"),
            postgresql_where=text("is_central"),
        ),
    )

    id: Mapped[UuidKey]
    tenant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    is_central: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(200))
    basic_id: Mapped[str | None] = mapped_column(String(64))
    bot_user_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    secret_box: Mapped[bytes] = mapped_column(LargeBinary)
    token_box: Mapped[bytes] = mapped_column(LargeBinary)
    is_active: Mapped[bool] = mapped_column(default=True)
    broken_at: Mapped[datetime | None]
    next_secret_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    quota_limit: Mapped[int | None]
    quota_used: Mapped[int | None]
    quota_checked_at: Mapped[datetime | None]
    reads_by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    staff_menu_id: Mapped[str | None] = mapped_column(String(80))
