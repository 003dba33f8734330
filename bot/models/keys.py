"""API keys of tenants and vendors, for the chat engine's own APIs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UuidKey
from bot.models.columns import VendorShared


class ApiKey(Base, VendorShared):
    """A key to one vendor, or to all vendors of its tenant where `vendor_id` is null.

    `rights` is `manage` (everything) or `chat` (ask as a customer, and nothing else). Only the keyed
    hash is kept; `hint` is the key's last characters, for people.
    """

    __tablename__ = "api_keys"

    id: Mapped[UuidKey]
    name: Mapped[str] = mapped_column(String(100))
    rights: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
