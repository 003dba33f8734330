"""Tenants, and the partners who provision bots into a tenant of their own."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UuidKey
from bot.models.columns import TenantOwned, Timestamped


class Tenant(Base, Timestamped):
    """An organisation on the platform; every other row belongs to one."""

    __tablename__ = "tenants"

    id: Mapped[UuidKey]
    name: Mapped[str] = mapped_column(String(200))


class Partner(Base, TenantOwned, Timestamped):
    """A reseller with purchased slots; its bots live in its tenant."""

    __tablename__ = "partners"
    __table_args__ = (CheckConstraint("slots_used >= 0 AND slots_used <= slots_total", name="slots"),)

    id: Mapped[UuidKey]
    name: Mapped[str] = mapped_column(String(200))
    slots_total: Mapped[int]
    slots_used: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class PartnerKey(Base, TenantOwned):
    """A provisioning key. Only its keyed hash is kept; `hint` is its last characters, for people."""

    __tablename__ = "partner_keys"

    id: Mapped[UuidKey]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
