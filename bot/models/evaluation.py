"""How question sets fared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import VendorShared


class EvaluationRun(Base, VendorShared):
    """How a question set fared at one time: `results` holds each question's verdict, by its key."""

    __tablename__ = "evaluation_runs"
    __table_args__ = (Index("ix_evaluation_runs_set", "vendor_id", "set_name", "id"),)

    id: Mapped[IntKey]
    set_name: Mapped[str] = mapped_column(String(200))
    results: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
