"""Column declarations that many tables share."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column


class TenantOwned:
    """A row that belongs to one tenant. Only `bot.tenancy.scope` compares this column."""

    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenants.id"), index=True)


class VendorOwned(TenantOwned):
    """A row that belongs to one vendor of its tenant."""

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"), index=True)


class VendorShared(TenantOwned):
    """A row that belongs to one vendor, or to all vendors of its tenant where `vendor_id` is null."""

    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"), index=True)


class Timestamped:
    """When the row was made and last changed, both set by the code that does it, from its clock."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
