"""Questions that nobody's knowledge answered, gathered by what they ask."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import VendorOwned


class UnansweredCluster(Base, VendorOwned):
    """Questions of one vendor that ask the same. `text` is the most telling of them.

    `state` is `open`, `answered` (by the entry `entry_id`) or `dismissed`. `vector` holds two
    float32 rows: the mean of its questions' sentence vectors, then that of `text`; null where words alone
    are used.
    """

    __tablename__ = "unanswered_clusters"
    __table_args__ = (Index("ix_unanswered_clusters_open", "vendor_id", "state", "last_asked_at"),)

    id: Mapped[IntKey]
    audience: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    asked: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="open")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_entries.id"), index=True)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]


class UnansweredQuestion(Base, VendorOwned):
    """One time that such a question was asked. `text` is blank once its sender took it back.

    `message_id` is the LINE message that asked it; null where it came over the chat API.
    """

    __tablename__ = "unanswered_questions"

    id: Mapped[IntKey]
    cluster_id: Mapped[int] = mapped_column(ForeignKey("unanswered_clusters.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
