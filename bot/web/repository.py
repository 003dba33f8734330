"""The rows behind idempotency keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Update, and_, bindparam, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import IdempotencyRecord

_TABLE = table_of(IdempotencyRecord)
_SAME_KEY = (_TABLE.c.scope == bindparam("its_scope"), _TABLE.c.key_hash == bindparam("its_key_hash"))
_GIVEN = ("scope", "key_hash", "request_hash", "created_at", "expires_at")
_OWN_CLAIM = (*_SAME_KEY, _TABLE.c.status.is_(None), _TABLE.c.created_at == bindparam("claimed_at"))


def _claiming(insert: Any) -> ReturningInsert[Any]:
    """Insert, or take the place of a row that is outdated; a row comes back to whoever did."""
    new = insert.values({name: bindparam(name) for name in _GIVEN})
    abandoned_before = bindparam("abandoned_before", type_=_TABLE.c.created_at.type)
    outdated = or_(
        _TABLE.c.expires_at <= new.excluded.created_at,
        and_(_TABLE.c.status.is_(None), _TABLE.c.created_at <= abandoned_before),
    )
    fresh = {name: new.excluded[name] for name in _GIVEN} | {"status": None, "answer_box": None}
    replacing = new.on_conflict_do_update(index_elements=["scope", "key_hash"], set_=fresh, where=outdated)
    statement: ReturningInsert[Any] = replacing.returning(_TABLE.c.scope)
    return statement


# Built once: every POST under a key takes all of them but the last.
_CLAIM = upsert_of(IdempotencyRecord, _claiming)
_COMPLETE = (
    update(_TABLE).where(*_OWN_CLAIM).values(status=bindparam("with_status"), answer_box=bindparam("with_answer"))
)
_RELEASE = delete(_TABLE).where(*_OWN_CLAIM)


async def claim(session: AsyncSession, record: IdempotencyRecord, *, abandoned_before: datetime) -> bool:
    """Insert `record` unless its key is taken; whether it was inserted.

    A row that is past its expiry, or still running since before `abandoned_before`, makes room.
    """
    given = {name: getattr(record, name) for name in _GIVEN} | {"abandoned_before": abandoned_before}
    # It waits for a concurrent one of the same key, so exactly one of them succeeds.
    return await run_upsert(session, _CLAIM, given) is not None


async def find(session: AsyncSession, scope: str, *, key_hash: str) -> IdempotencyRecord | None:
    """The record of a key, fresh from the store."""
    statement = select(IdempotencyRecord).filter_by(scope=scope, key_hash=key_hash)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def complete(session: AsyncSession, record: IdempotencyRecord, *, status: int, answer_box: bytes) -> bool:
    """Keep the answer; False when the claim was lost to another request meanwhile."""
    given = {**_own_claim(record), "with_status": status, "with_answer": answer_box}
    return await _changed(session, _COMPLETE, given) == 1


async def release(session: AsyncSession, record: IdempotencyRecord) -> None:
    """Give the key back after a request that failed. An answer that was kept stays."""
    await _changed(session, _RELEASE, _own_claim(record))


async def purge_expired(session: AsyncSession, now: datetime) -> int:
    """Remove what has expired; returns how many rows that were."""
    return await _changed(session, delete(IdempotencyRecord).where(IdempotencyRecord.expires_at <= now))


def _own_claim(record: IdempotencyRecord) -> dict[str, Any]:
    return {"its_scope": record.scope, "its_key_hash": record.key_hash, "claimed_at": record.created_at}


async def _changed(session: AsyncSession, statement: Delete | Update, parameters: dict[str, Any] | None = None) -> int:
    result = await session.execute(statement, parameters, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
