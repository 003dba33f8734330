"""Knowledge: entries that answers are drawn from, intents, and the record of every change to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, BigId, IntKey
from bot.models.columns import Timestamped, VendorShared


class KnowledgeEntry(Base, VendorShared, Timestamped):
    """A question with its answer.

    `scope` is `global` (every vendor of the tenant; `vendor_id` is null), `vendor` (one vendor's
    own) or `customized` (one vendor's rewrite of the global entry `replaces_id`, which it hides).
    `audience` is `all`, `renter` or `staff`. `intent_ids` are the intents it serves. A curated entry
    was approved word for word by its owner and is said as it stands. `origin` tells where it came
    from: `manual`, `import`, `unanswered` or `owner`; it is `staged` while an import brings the entry
    in, which nobody sees before the whole import is there. `vector` holds the sentence vectors as the
    index stores them, null until computed.
    """

    __tablename__ = "knowledge_entries"
    # A vendor's entries are its own and the tenant's shared ones: one look-up each.
    __table_args__ = (Index("ix_knowledge_entries_tenant_vendor", "tenant_id", "vendor_id"),)

    id: Mapped[IntKey]
    scope: Mapped[str] = mapped_column(String(16))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_entries.id"))
    question_summary: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    keywords: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(16), default="all")
    intent_ids: Mapped[list[Any]] = mapped_column(default=list)
    is_curated: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(String(16), default="manual")
    is_active: Mapped[bool] = mapped_column(default=True)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)


class Intent(Base, VendorShared, Timestamped):
    """Something that customers want, learned from `examples` (a list of texts).

    `type` is `knowledge`, `data_query`, `action` or `hybrid`. `endpoint` says how the vendor's own
    system is asked (URL, method, parameters to collect, seconds), for the last three types;
    `endpoint_secret_box` is the encrypted secret that such requests are signed with.
    """

    __tablename__ = "intents"

    id: Mapped[IntKey]
    name: Mapped[str] = mapped_column(String(100))
    type: Mapped[str] = mapped_column(String(16), default="knowledge")
    description: Mapped[str] = mapped_column(Text, default="")
    examples: Mapped[list[Any]] = mapped_column(default=list)
    endpoint: Mapped[dict[str, Any] | None]
    endpoint_secret_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_enabled: Mapped[bool] = mapped_column(default=True)


class KnowledgeChange(Base, VendorShared):
    """Who changed what: one row a change of a vendor, parameter, entry or intent.

    `subject` is `vendor`, `parameter`, `entry` or `intent`; `action` is `created`, `updated`,
    `deleted`, `customized` or `imported`. `before` and `after` hold the fields that differ.
    `principal` is who really called; `said_by` is what the caller said of that itself.
    """

    __tablename__ = "knowledge_changes"
    __table_args__ = (Index("ix_knowledge_changes_subject", "subject", "subject_id", "id"),)

    id: Mapped[IntKey]
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int] = mapped_column(BigId)
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    principal: Mapped[str] = mapped_column(String(120))
    said_by: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
