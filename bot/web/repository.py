"""The rows behind idempotency keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Update, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import IdempotencyRecord


async def claim(session: AsyncSession, record: IdempotencyRecord, *, abandoned_before: datetime) -> bool:
    """Insert `record` unless its key is taken; whether it was inserted.

    A row that is past its expiry, or still running since before `abandoned_before`, makes room.
    """
    outdated = or_(
        IdempotencyRecord.expires_at <= record.created_at,
        and_(IdempotencyRecord.status.is_(None), IdempotencyRecord.created_at <= abandoned_before),
    )
    await session.execute(delete(IdempotencyRecord).where(*_same_key(record), outdated))
    # The insert waits for a concurrent one of the same key, so exactly one of them succeeds.
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(IdempotencyRecord).values(
        scope=record.scope,
        key_hash=record.key_hash,
        request_hash=record.request_hash,
        created_at=record.created_at,
        expires_at=record.expires_at,
    )
    return await _changed(session, statement.on_conflict_do_nothing()) == 1


async def find(session: AsyncSession, scope: str, *, key_hash: str) -> IdempotencyRecord | None:
    """The record of a key, fresh from the store."""
    statement = select(IdempotencyRecord).filter_by(scope=scope, key_hash=key_hash)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def complete(session: AsyncSession, record: IdempotencyRecord, *, status: int, answer_box: bytes) -> bool:
    """Keep the answer; False when the claim was lost to another request meanwhile."""
    statement = update(IdempotencyRecord).where(*_own_claim(record)).values(status=status, answer_box=answer_box)
    return await _changed(session, statement) == 1


async def release(session: AsyncSession, record: IdempotencyRecord) -> None:
    """Give the key back after a request that failed. An answer that was kept stays."""
    await _changed(session, delete(IdempotencyRecord).where(*_own_claim(record)))


async def purge_expired(session: AsyncSession, now: datetime) -> int:
    """Remove what has expired; returns how many rows that were."""
    return await _changed(session, delete(IdempotencyRecord).where(IdempotencyRecord.expires_at <= now))


def _same_key(record: IdempotencyRecord) -> tuple[Any, ...]:
    return IdempotencyRecord.scope == record.scope, IdempotencyRecord.key_hash == record.key_hash


def _own_claim(record: IdempotencyRecord) -> tuple[Any, ...]:
    return *_same_key(record), IdempotencyRecord.status.is_(None), IdempotencyRecord.created_at == record.created_at


async def _changed(session: AsyncSession, statement: Delete | Update | Any) -> int:
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
