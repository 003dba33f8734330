"""What happens to a bot while somebody does something else to it, on a store where both go on at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.line.delivery import Purpose
from bot.line.delivery.repository import PlannedPush, queue_push
from bot.models import BotOwner, Broadcast, Delivery
from bot.security.keys import Purpose as KeyPurpose
from bot.security.keys import derive_key
from bot.security.tokens import hash_token
from bot.tenancy.owners import Claimant, ClaimOutcome, claim_by_code
from handlers.line.repository import BroadcastState, change_broadcast, enter_bot, upsert_contact
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
    async with desk.api.database.unit_of_work() as session:
        return await claim_in(session, desk, code)


async def claim_in(session: AsyncSession, desk: Desk, code: str) -> ClaimOutcome:
    """The same in a transaction that goes on."""
    code_hash = hash_token(derive_key(desk.api.secret_key, KeyPurpose.CLAIM_CODE), code)
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


async def test_a_deletion_goes_on_although_an_event_of_line_waited_for_it(busy: Desk) -> None:
    code, now = (await busy.call("POST", "/binding-code")).body["binding"]["code"], busy.api.clock.now()
    async with busy.api.database.unit_of_work() as session:
        visitor = await upsert_contact(session, busy.bot.channel_id, "U1", source_type="user", now=now)
        await enter_bot(session, visitor.id, busy.bot.id)
    async with busy.api.database.unit_of_work() as session:
        await session.execute(text("SET LOCAL deadlock_timeout = '20s'"))
        await upsert_contact(session, busy.bot.channel_id, "U1", source_type="user", now=now)
        deleting = await waits(busy, busy.call("DELETE"))
        await claim_in(session, busy, code)
    assert (await deleting).status == 204
    assert await busy.rows(select(BotOwner.user_id)) == []


async def test_what_a_broadcast_has_just_queued_is_not_sent_in_a_deleted_bots_name(busy: Desk) -> None:
    bot, now = busy.bot, busy.api.clock.now()
    broadcast = Broadcast(
        tenant_id=bot.tenant_id, bot_id=bot.id, channel_id=bot.channel_id, messages=[], state="scheduled",
        created_at=now, due_at=now,
    )  # fmt: skip
    async with busy.api.database.unit_of_work() as session:
        session.add(broadcast)
    async with busy.api.database.unit_of_work() as session:
        begun = {"state": "sending", "started_at": now, "due_at": now}
        await change_broadcast(session, broadcast.id, only_from=[BroadcastState.SCHEDULED], **begun)
        planned = PlannedPush(
            channel_id=bot.channel_id, bot_id=bot.id, purpose=Purpose.BROADCAST, messages=[], recipients=["U1"]
        )
        await queue_push(session, planned, now=now)
        deleting = await waits(busy, busy.call("DELETE"))
    assert (await deleting).status == 204
    assert await busy.rows(select(Delivery.error)) == ["bot_gone"]


async def test_of_rolls_with_one_token_at_once_the_first_counts(busy: Desk) -> None:
    answers = await asyncio.gather(*(busy.token_call("POST", "/mgmt-token/roll") for _ in range(8)))
    assert Counter(answer.status for answer in answers) == {200: 1, 401: 7}
    (token,) = [answer.body["mgmt_token"] for answer in answers if answer.status == 200]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await busy.client.call("GET", f"/v1/bots/{busy.bot.id}", headers=headers)).status == 200
