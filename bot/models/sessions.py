"""What was said over the chat API, so that a follow-up question can be understood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import TenantOwned, VendorOwned


class ChatSession(Base, VendorOwned):
    """A session that belongs to one vendor and one of its users, in one audience.

    `user_id` and `session_id` are the caller's own words; the former is "" where it gave none.
    """

    __tablename__ = "chat_sessions"
    __table_args__ = (UniqueConstraint("vendor_id", "user_id", "session_id", "audience"),)

    id: Mapped[IntKey]
    user_id: Mapped[str] = mapped_column(String(200), default="")
    session_id: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime] = mapped_column(index=True)


class ChatTurn(Base, TenantOwned):
    """One thing said in a session, by the customer or by the engine."""

    __tablename__ = "chat_turns"
    __table_args__ = (Index("ix_chat_turns_session", "chat_session_id", "id"),)

    id: Mapped[IntKey]
    chat_session_id: Mapped[int] = mapped_column(ForeignKey("chat_sessions.id"))
    from_customer: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
