"""Vendors and their parameters: the values that answers are made of."""

from __future__ import annotations

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import TenantOwned, Timestamped, VendorOwned


class Vendor(Base, TenantOwned, Timestamped):
    """A business whose parameters and knowledge answers come from.

    `knowledge_version` rises with every change of its parameters, entries or intents, so that each
    process notices and rebuilds what it holds in memory. `created_by` and `updated_by` are what the
    caller said of itself; the record of changes keeps who really called.
    """

    __tablename__ = "vendors"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str | None] = mapped_column(String(100))
    contact_phone: Mapped[str | None] = mapped_column(String(50))
    contact_email: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(300))
    subscription_plan: Mapped[str] = mapped_column(String(32), default="basic")
    subscription_status: Mapped[str] = mapped_column(String(32), default="active")
    is_active: Mapped[bool] = mapped_column(default=True)
    knowledge_version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(String(100))
    updated_by: Mapped[str | None] = mapped_column(String(100))


class VendorParameter(Base, VendorOwned, Timestamped):
    """One value of a vendor, typed (`string`, `number`, `money`, `date`, `phone`, `bool`), with unit."""

    __tablename__ = "vendor_parameters"
    __table_args__ = (UniqueConstraint("vendor_id", "param_key"),)

    id: Mapped[IntKey]
    category: Mapped[str] = mapped_column(String(64))
    param_key: Mapped[str] = mapped_column(String(64))
    param_value: Mapped[str] = mapped_column(Text)
    data_type: Mapped[str] = mapped_column(String(16), default="string")
    display_name: Mapped[str | None] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(20))
    is_active: Mapped[bool] = mapped_column(default=True)
