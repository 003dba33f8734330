"""What the people of a shop are in the middle of, and what is to be told to them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import TenantOwned

_UNTOLD = text("told_at IS NULL")


class StaffDialog(Base, TenantOwned):
    """What an owner or helper is doing with a bot: their next text belongs to it, until `expires_at`.

    `kind` names the behaviour that began it (`handlers.line.owner`), and `data` is that behaviour's. What the owner
    set for a group stands as a row of the group's, which doesn't end (`handlers.line.repository.groups`).
    """

    __tablename__ = "staff_dialogs"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class StaffNotice(Base, TenantOwned):
    """Something that the people of a shop should know. `told_at` is set once it was shown to the owner.

    `kind` is one of `handlers.line.notices.NoticeKind`; `key` is the same for what needs telling only once,
    such as a quota warning of one month.
    """

    __tablename__ = "staff_notices"
    __table_args__ = (Index("ix_staff_notices_untold", "bot_id", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),)

    id: Mapped[IntKey]
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"))
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
