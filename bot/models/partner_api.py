"""The Partner API's own tables: keys, companies and their agents, and the log of every request."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey, UuidKey
from bot.models.columns import CompanyOwned, EnvironmentOwned, Timestamped


class PartnerApiKey(Base, CompanyOwned):
    """A key to `/api/partner/v1`: a `pk_sandbox_` or `pk_production_` key with its `sk_` secret.

    Only keyed hashes of both are kept; `hint` is the key's last characters, for people. With a
    `company_id` it sees that company alone, without one its partner's companies, and with
    `all_companies` everybody's. `signer_id` signs what is sent back for it. `rate_limit` is in requests
    a minute; `allowed_ips` are the networks it may be used from, an empty list for all. `replaces_id` is the key
    that it was rolled from.
    """

    __tablename__ = "partner_api_keys"

    id: Mapped[UuidKey]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_signers.id"), index=True)
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partner_api_keys.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    all_companies: Mapped[bool] = mapped_column(default=False)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(8))
    rate_limit: Mapped[int]
    allowed_ips: Mapped[list[Any]] = mapped_column(default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Company(Base, EnvironmentOwned, Timestamped):
    """A partner's customer, whose calls are analysed."""

    __tablename__ = "companies"
    __table_args__ = (Index("ix_companies_list", "tenant_id", "environment", "created_at"),)

    id: Mapped[UuidKey]
    name: Mapped[str] = mapped_column(String(200))
    industry: Mapped[str | None] = mapped_column(String(100))
    contact_email: Mapped[str | None] = mapped_column(String(320))


class Agent(Base, CompanyOwned, Timestamped):
    """Somebody of a company's call centre. An e-mail address is kept in lower case."""

    __tablename__ = "agents"
    __table_args__ = (UniqueConstraint("company_id", "email"),)

    id: Mapped[UuidKey]
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(50))


class PartnerApiRequest(Base):
    """One request to the Partner API, refused ones included.

    `endpoint` is the route's template, since a path may hold ids. Key and tenant are null where no key was
    recognised. `error` is the stable code of what it was refused for.
    """

    __tablename__ = "partner_api_requests"
    __table_args__ = (Index("ix_partner_api_requests_key", "partner_api_key_id", "created_at"),)

    id: Mapped[IntKey]
    partner_api_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partner_api_keys.id"))
    tenant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(16))
    response_status: Mapped[int]
    response_time_ms: Mapped[float]
    error: Mapped[str | None] = mapped_column(String(64))
    client_ip: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)


class OperatorKey(Base):
    """A key of the platform's operator (`op_...`) to what only super admins may do over HTTP."""

    __tablename__ = "operator_keys"

    id: Mapped[UuidKey]
    name: Mapped[str] = mapped_column(String(100))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
