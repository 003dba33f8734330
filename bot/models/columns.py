"""Column declarations that many tables share."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
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


class EnvironmentOwned(TenantOwned):
    """A row of a tenant's `sandbox` or of its `production`: neither sees the other's."""

    environment: Mapped[str] = mapped_column(String(16))


class CompanyOwned(EnvironmentOwned):
    """A row of one of a partner's companies, or of the partner as a whole where `company_id` is null."""

    company_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("companies.id"), index=True)


class Timestamped:
    """When the row was made and last changed, both set by the code that does it, from its clock."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
