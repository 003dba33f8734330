"""Statements about what the language model cost."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import LlmUsage
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to

_USAGE = table_of(LlmUsage)
_KEY = ("vendor_id", "caller", "day")
_COUNTS = ("calls", "failures", "tokens", "milliseconds")
_ADD = upsert_of(
    LlmUsage,
    lambda insert: (
        insert.values({name: bindparam(name) for name in ("tenant_id", *_KEY, *_COUNTS)})
        .on_conflict_do_update(
            index_elements=[_USAGE.c[name] for name in _KEY],
            set_={name: _USAGE.c[name] + insert.excluded[name] for name in _COUNTS},
        )
        .returning(_USAGE.c.vendor_id)
    ),
)


@dataclass(frozen=True, slots=True)
class Spender:
    """Whose calls are counted together: one caller's, for one vendor, on one day (UTC)."""

    tenant_id: uuid.UUID
    vendor_id: int
    caller: str
    day: date


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls of the language model cost: their number, how many failed, tokens, and time."""

    calls: int = 0
    failures: int = 0
    tokens: int = 0
    milliseconds: int = 0


async def tokens_spent(session: AsyncSession, spender: Spender) -> int:
    """The tokens that were counted for `spender` so far."""
    found = await session.scalar(
        select(LlmUsage.tokens).where(
            LlmUsage.vendor_id == spender.vendor_id, LlmUsage.caller == spender.caller, LlmUsage.day == spender.day
        )
    )
    return found or 0


async def add_spent(session: AsyncSession, spender: Spender, spent: Spent) -> None:
    """Count `spent` on top of what is there; any number of processes may do so at once."""
    await run_upsert(session, _ADD, asdict(spender) | asdict(spent))


async def usage_of(
    session: AsyncSession, principal: Principal, *, since: date, until: date, vendor_id: int | None = None
) -> list[LlmUsage]:
    """The days' counts from `since` to `until`, both included, the latest first."""
    statement = select(LlmUsage).where(LlmUsage.day >= since, LlmUsage.day <= until)
    if vendor_id is not None:
        statement = statement.where(LlmUsage.vendor_id == vendor_id)
    ordered = statement.order_by(LlmUsage.day.desc(), LlmUsage.vendor_id, LlmUsage.caller)
    return list(await session.scalars(visible_to(principal, ordered, LlmUsage)))
