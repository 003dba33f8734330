"""What happens to a bot while somebody does something else to it, on a store where both go on at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, text

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import BotOwner
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token
from bot.tenancy.owners import Claimant, ClaimOutcome, claim_by_code
from partner_api.bots.manager import partner_manager
from partner_api.bots.repository import held_bot
from partner_api.bots.service import Bots
from tests.partner_api.bots.conftest import Desk, desk_on
from tests.support.partners import api_on, served
from tests.support.settings import MakeSettings
from tests.support.waiting import eventually

T = TypeVar("T")


@pytest.fixture
async def busy(postgresql_database: Database, clock: ManualClock, settings: MakeSettings) -> AsyncIterator[Desk]:
    api = api_on(postgresql_database, settings(), clock)
    async with served(api) as client:
        yield await desk_on(api, client)


async def waits(desk: Desk, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin what will have to wait for somebody else's transaction."""
    task = asyncio.create_task(work)

    async def waiting() -> bool:
        return bool((await desk.rows(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))[0])

    await eventually(waiting)
    return task


async def claim(desk: Desk, code: str) -> ClaimOutcome:
    """What somebody is told who types a code."""
    code_hash = hash_token(derive_key(desk.api.secret_key, Purpose.CLAIM_CODE), code)
    async with desk.api.database.unit_of_work() as session:
        claimant = Claimant(desk.bot.channel_id, "U1")
        return (await claim_by_code(session, claimant, code_hash=code_hash, now=desk.api.clock.now())).outcome


async def test_a_code_that_is_being_renewed_binds_nobody(busy: Desk) -> None:
    old = (await busy.call("POST", "/binding-code")).body["binding"]["code"]
    async with busy.api.database.unit_of_work() as session:
        manager = partner_manager(busy.key.caller)
        await Bots(busy.api).issue_code(session, manager, await held_bot(session, manager, busy.bot.id))
        claiming = await waits(busy, claim(busy, old))
    assert await claiming is ClaimOutcome.CODE_EXPIRED
    assert await busy.rows(select(BotOwner.user_id)) == []
