"""Statements about evaluations: whom to ask, and how a set fared before."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import EvaluationRun, KnowledgeEntry, Vendor
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to

_VERSIONS: Sequence[Any] = (KnowledgeEntry.replaces_id, KnowledgeEntry.id)


@dataclass(frozen=True, slots=True)
class Shop:
    """A vendor as a question set names it: by its code, which is unique in its tenant, or its id."""

    id: int
    tenant_id: uuid.UUID
    code: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class LastRun:
    """How a set fared the last time: each question's record, by its key."""

    at: datetime
    results: Mapping[str, Any]


async def shops(session: AsyncSession, principal: Principal) -> list[Shop]:
    """Every vendor that the principal may see, by id."""
    statement = select(*(getattr(Vendor, name) for name in Shop.__dataclass_fields__)).order_by(Vendor.id)
    return [Shop(*row) for row in await session.execute(visible_to(principal, statement, Vendor))]


async def replaced_by(session: AsyncSession, principal: Principal, vendor_id: int) -> dict[int, int]:
    """The ids of the global entries that the vendor rewrote, with the ids of its versions."""
    statement = select(*_VERSIONS).where(
        KnowledgeEntry.vendor_id == vendor_id, KnowledgeEntry.is_active, KnowledgeEntry.replaces_id.is_not(None)
    )
    rows = await session.execute(visible_to(principal, statement, KnowledgeEntry))
    return {row.replaces_id: row.id for row in rows}


async def last_run(session: AsyncSession, principal: Principal, vendor_id: int, set_name: str) -> LastRun | None:
    """The latest run of this set over this vendor; None where there is none."""
    statement = (
        select(EvaluationRun.created_at, EvaluationRun.results)
        .where(EvaluationRun.vendor_id == vendor_id, EvaluationRun.set_name == set_name)
        .order_by(EvaluationRun.id.desc())
        .limit(1)
    )
    row = (await session.execute(visible_to(principal, statement, EvaluationRun))).first()
    return LastRun(*row) if row is not None else None


def add_run(session: AsyncSession, shop: Shop, set_name: str, *, results: Mapping[str, Any], now: datetime) -> None:
    """Keep how the set fared over this vendor."""
    session.add(
        EvaluationRun(
            tenant_id=shop.tenant_id, vendor_id=shop.id, set_name=set_name, results=dict(results), created_at=now
        )
    )
