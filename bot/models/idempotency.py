"""Answers kept for repeated requests that carry the same idempotency key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class IdempotencyRecord(Base):
    """A request under an idempotency key, and its answer once there is one.

    `scope` names credential and route; `key_hash` is the hash of the caller's key; `answer_box` is
    the encrypted answer, since it may hold a secret that is shown once. Both are null within the transaction
    that does the work, and never after it.
    """

    __tablename__ = "idempotency_records"

    scope: Mapped[str] = mapped_column(String(120), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    answer_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
