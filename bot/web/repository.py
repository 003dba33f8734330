"""The rows behind idempotency keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import IdempotencyRecord

_TABLE = table_of(IdempotencyRecord)
_SAME_KEY = (_TABLE.c.scope == bindparam("its_scope"), _TABLE.c.key_hash == bindparam("its_key_hash"))
_GIVEN = ("scope", "key_hash", "request_hash", "created_at", "expires_at")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered to a key, and what for. `request_hash` is the body's; `answer_box` is encrypted."""

    request_hash: str
    status: int
    answer_box: bytes


def _claiming(insert: Any) -> ReturningInsert[Any]:
    """Insert, or take the place of a row that is outdated; a row comes back to whoever did."""
    new = insert.values({name: bindparam(name) for name in _GIVEN})
    fresh = {name: new.excluded[name] for name in _GIVEN} | {"status": None, "answer_box": None}
    outdated = _TABLE.c.expires_at <= new.excluded.created_at
    replacing = new.on_conflict_do_update(index_elements=["scope", "key_hash"], set_=fresh, where=outdated)
    statement: ReturningInsert[Any] = replacing.returning(_TABLE.c.scope)
    return statement


# Built once: every POST under a key takes the first and one of the others.
_CLAIM = upsert_of(IdempotencyRecord, _claiming)
_COMPLETE = update(_TABLE).where(*_SAME_KEY).values(status=bindparam("its_status"), answer_box=bindparam("its_answer"))
_FIND = select(_TABLE.c.request_hash, _TABLE.c.status, _TABLE.c.answer_box).where(*_SAME_KEY)


async def claim(session: AsyncSession, record: IdempotencyRecord) -> bool:
    """Insert `record` unless its key is taken; whether it was inserted. A row past its expiry makes room.

    It waits until whoever claimed the key at the same time has committed or rolled back.
    """
    given = {name: getattr(record, name) for name in _GIVEN}
    return await run_upsert(session, _CLAIM, given) is not None


async def find(session: AsyncSession, scope: str, *, key_hash: str) -> Kept | None:
    """What was answered to a key."""
    row = (await session.execute(_FIND, {"its_scope": scope, "its_key_hash": key_hash})).one_or_none()
    return None if row is None else Kept(*row)


async def complete(session: AsyncSession, record: IdempotencyRecord, *, status: int, answer_box: bytes) -> None:
    """Keep the answer to a key that this transaction claimed."""
    given = {"its_scope": record.scope, "its_key_hash": record.key_hash}
    await session.execute(_COMPLETE, given | {"its_status": status, "its_answer": answer_box})


async def purge_expired(session: AsyncSession, now: datetime) -> int:
    """Remove what has expired; returns how many rows that were."""
    statement = delete(IdempotencyRecord).where(IdempotencyRecord.expires_at <= now)
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
