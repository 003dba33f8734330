"""Whose a session's memory is, and that no answer is lost over it."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import ChatSession, ChatTurn, UnansweredCluster
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge.repository.sessions import KEPT_FOR, purge_sessions
from knowledge.sessions import Exchange, SessionKey, Sessions
from knowledge.unanswered.clustering import Asked
from tests.support.vendors import Documented, add_documented, new_tenant


@pytest.fixture
async def documented(database: Database, clock: ManualClock) -> Documented:
    return await add_documented(database, clock, await new_tenant(database, clock))


@pytest.fixture
def sessions(database: Database, clock: ManualClock) -> Sessions:
    return Sessions(database, clock)


@pytest.fixture
def key(documented: Documented) -> SessionKey:
    return SessionKey(documented.a, "user_456", "session_123", "renter")


async def said(sessions: Sessions, principal: Principal, key: SessionKey | None) -> list[str]:
    return [turn.text for turn in await sessions.history(principal, key)]


async def counted(database: Database) -> tuple[int, int]:
    """How many sessions and turns there are."""
    async with database.reading() as session:
        counts = [await session.scalar(select(func.count(model.id))) for model in (ChatSession, ChatTurn)]
    return counts[0] or 0, counts[1] or 0


async def test_the_last_six_turns_are_remembered_in_their_order(
    sessions: Sessions, documented: Documented, key: SessionKey
) -> None:
    for number in range(5):
        await sessions.remember(documented.principal, key, Exchange(f"q{number}", f"a{number}"))
    turns = await sessions.history(documented.principal, key)
    assert [turn.text for turn in turns] == ["q2", "a2", "q3", "a3", "q4", "a4"]
    assert [turn.from_customer for turn in turns] == [True, False] * 3


@pytest.mark.parametrize(
    "other", [{"vendor_id": None}, {"user_id": ""}, {"user_id": "x"}, {"audience": "staff"}, {"session_id": "x"}]
)
async def test_the_same_session_id_of_somebody_else_remembers_nothing(
    sessions: Sessions, documented: Documented, key: SessionKey, other: dict[str, str | None]
) -> None:
    await sessions.remember(documented.principal, key, Exchange("q", "a"))
    changed = replace(key, **({"vendor_id": documented.b} if "vendor_id" in other else other))
    assert await said(sessions, documented.principal, changed) == []


async def test_a_session_is_seen_by_its_own_tenant_and_vendor_alone(
    database: Database, clock: ManualClock, sessions: Sessions, documented: Documented, key: SessionKey
) -> None:
    await sessions.remember(documented.principal, key, Exchange("q", "a"))
    tenant_id = documented.principal.tenant_id
    mine, sibling = (Principal(PrincipalKind.BOT, "b", tenant_id, one) for one in (documented.a, documented.b))
    assert await said(sessions, mine, key) == ["q", "a"]
    assert await said(sessions, sibling, key) == []
    stranger = await new_tenant(database, clock, "stranger")
    assert await said(sessions, stranger, key) == []
    for other in (sibling, stranger):
        await sessions.remember(other, key, Exchange("x", "x"))
    assert await said(sessions, mine, key) == ["q", "a"]


async def test_without_a_session_nothing_is_kept(
    database: Database, documented: Documented, sessions: Sessions
) -> None:
    await sessions.remember(documented.principal, None, Exchange("q", "a"))
    assert await said(sessions, documented.principal, None) == []
    assert await counted(database) == (0, 0)


async def test_a_session_that_begins_many_times_at_once_is_one(
    database: Database, sessions: Sessions, documented: Documented, key: SessionKey
) -> None:
    who = documented.principal
    await asyncio.gather(*(sessions.remember(who, key, Exchange("q", "a")) for _ in range(20)))
    assert await counted(database) == (1, 40)


async def test_a_failing_store_costs_the_memory_and_not_the_answer(clock: ManualClock, tmp_path: Path) -> None:
    nowhere, tenant = Database(f"sqlite+aiosqlite:///{tmp_path}/no-tables.db"), uuid.uuid4()
    try:
        await Sessions(nowhere, clock).remember(
            Principal(PrincipalKind.BOT, "b", tenant), SessionKey(1, "", "s", "renter"), Exchange("q", "a")
        )
    finally:
        await nowhere.close()


async def test_sessions_are_forgotten_after_a_month_of_silence(
    database: Database, clock: ManualClock, sessions: Sessions, documented: Documented, key: SessionKey
) -> None:
    fresh = replace(key, session_id="fresh")
    await sessions.remember(documented.principal, key, Exchange("q", "a"))
    clock.advance(KEPT_FOR)
    await sessions.remember(documented.principal, fresh, Exchange("q", "a"))
    clock.advance(timedelta(seconds=1))
    async with database.unit_of_work() as session:
        await purge_sessions(session, clock.now())
    assert await counted(database) == (1, 2)
    assert await said(sessions, documented.principal, fresh) == ["q", "a"]


async def test_what_had_no_answer_is_gathered_with_or_without_a_session(
    sessions: Sessions, documented: Documented, database: Database
) -> None:
    asked = Asked(documented.a, "renter", "可以帶大象來嗎")
    await sessions.remember(documented.principal, None, Exchange("可以帶大象來嗎", "抱歉", asked))
    async with database.reading() as session:
        assert list(await session.scalars(select(UnansweredCluster.text))) == ["可以帶大象來嗎"]
