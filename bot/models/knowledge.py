"""Knowledge entries: what a vendor's answers may be drawn from."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import TenantOwned, Timestamped


class KnowledgeEntry(Base, TenantOwned, Timestamped):
    """A question with its answer.

    `scope` is `global` (every vendor of the tenant; `vendor_id` is null), `vendor` (one vendor's
    own) or `customized` (one vendor's rewrite of the global entry `replaces_id`, which it hides).
    `audience` is `all`, `renter` or `staff`. `vector` holds the sentence vectors as the index
    stores them, null until computed.
    """

    __tablename__ = "knowledge_entries"

    id: Mapped[IntKey]
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"), index=True)
    scope: Mapped[str] = mapped_column(String(16))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_entries.id"))
    question_summary: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    keywords: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(16), default="all")
    is_active: Mapped[bool] = mapped_column(default=True)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
