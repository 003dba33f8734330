"""What the language model cost, and how question sets fared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import VendorOwned, VendorShared


class LlmUsage(Base, VendorOwned):
    """One day's calls of the language model for one vendor, by whom: a bot's id, or `api`."""

    __tablename__ = "llm_usage"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"), primary_key=True)
    caller: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    milliseconds: Mapped[int] = mapped_column(BigInteger, default=0)


class EvaluationRun(Base, VendorShared):
    """How a question set fared at one time: `results` holds each question's verdict, by its key."""

    __tablename__ = "evaluation_runs"
    __table_args__ = (Index("ix_evaluation_runs_set", "vendor_id", "set_name", "id"),)

    id: Mapped[IntKey]
    set_name: Mapped[str] = mapped_column(String(200))
    results: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
