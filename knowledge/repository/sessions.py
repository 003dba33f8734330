"""Statements about chat sessions, and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import ChatSession, ChatTurn
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.answers import Turn
from knowledge.repository.vendors import seen_vendor

KEPT_FOR = timedelta(days=30)
_SESSIONS = table_of(ChatSession)
_KEY = ("vendor_id", "user_id", "session_id", "audience")
_TURN: Sequence[Any] = (ChatTurn.text, ChatTurn.from_customer)
_UPSERT = upsert_of(
    ChatSession,
    lambda insert: (
        insert.values({name: bindparam(name) for name in ("tenant_id", *_KEY)})
        .values(created_at=bindparam("now"), last_message_at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=[_SESSIONS.c[name] for name in _KEY], set_={"last_message_at": bindparam("now")}
        )
        .returning(_SESSIONS.c.id)
    ),
)


@dataclass(frozen=True, slots=True)
class SessionKey:
    """Whose session it is: nobody else with the same `session_id` sees anything of it."""

    vendor_id: int
    user_id: str
    session_id: str
    audience: str


async def turns_of(session: AsyncSession, principal: Principal, key: SessionKey, *, limit: int) -> list[Turn]:
    """The latest turns, oldest first; none where the session, or the vendor, isn't the principal's to see."""
    statement = (
        select(*_TURN)
        .join(ChatSession, ChatSession.id == ChatTurn.chat_session_id)
        .where(*(getattr(ChatSession, name) == getattr(key, name) for name in _KEY))
        .order_by(ChatTurn.id.desc())
        .limit(limit)
    )
    rows = (await session.execute(visible_to(principal, statement, ChatSession))).all()
    return [Turn(text, from_customer=from_customer) for text, from_customer in reversed(rows)]


async def add_turns(
    session: AsyncSession, principal: Principal, key: SessionKey, turns: Sequence[Turn], *, now: datetime
) -> None:
    """Keep what was said, in a session that is made where there is none. Raises VendorNotFound."""
    vendor = await seen_vendor(session, principal, key.vendor_id)
    given = {name: getattr(key, name) for name in _KEY} | {"tenant_id": vendor.tenant_id, "now": now}
    (session_id,) = await run_upsert(session, _UPSERT, given)
    # One by one: the order of their ids is the order in which they were said.
    for turn in turns:
        row = ChatTurn(tenant_id=vendor.tenant_id, chat_session_id=session_id, created_at=now)
        row.from_customer, row.text = turn.from_customer, turn.text
        session.add(row)
        await session.flush()


async def purge_sessions(session: AsyncSession, now: datetime) -> None:
    """Delete every tenant's sessions in which nothing was said for 30 days, with what was said in them."""
    old = select(ChatSession.id).where(ChatSession.last_message_at < now - KEPT_FOR)
    options = {"synchronize_session": False}
    await session.execute(delete(ChatTurn).where(ChatTurn.chat_session_id.in_(old)), execution_options=options)
    await session.execute(
        delete(ChatSession).where(ChatSession.last_message_at < now - KEPT_FOR), execution_options=options
    )
