from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.clock import ManualClock
from bot.line import simulator
from bot.line.simulator import FaultMode
from bot.models import Bot, Broadcast, Contact, Delivery, StaffNotice
from bot.texts import say
from handlers.line import broadcasting
from handlers.line.outgoing import OutgoingWorker
from handlers.line.repository import tally_of
from tests.support.running import Running
from tests.support.waiting import eventually

NEWS = {"type": "text", "text": "週年慶全館八折！"}


async def begun(running: Running, *, people: int) -> simulator.Channel:
    """A broadcast to so many people that is to be sent now."""
    bot = await running.shops.open()
    channel = await running.own_channel(bot)
    users = [running.friend(f"顧客{number}", of=channel) for number in range(people)]
    [bot] = await running.rows(select(Bot).where(Bot.id == bot.id))
    known: dict[str, Any] = {"channel_id": bot.channel_id, "source_type": "user", "created_at": running.now()}
    broadcast = Broadcast(
        tenant_id=bot.tenant_id,
        bot_id=bot.id,
        channel_id=bot.channel_id,
        messages=[NEWS],
        state="scheduled",
        recipients=people,
        scheduled_at=running.now(),
        due_at=running.now(),
        created_at=running.now(),
    )
    async with running.database.unit_of_work() as session:
        await session.execute(insert(Contact), [{**known, "source_id": user.user_id} for user in users])
        session.add(broadcast)
    return channel


async def ended(running: Running, clock: ManualClock) -> Broadcast:
    """The broadcast once it has ended; the clock goes on meanwhile."""

    async def has_ended() -> bool:
        clock.advance(timedelta(seconds=1))
        return (await running.rows(select(Broadcast.ended_at)))[0] is not None

    await eventually(has_ended)
    [broadcast] = await running.rows(select(Broadcast))
    assert isinstance(broadcast, Broadcast)
    return broadcast


def times_seen(running: Running) -> Counter[int]:
    """How many people see the broadcast how often."""
    seen = Counter(
        message.chat_id for chat in running.line.platform.chats() for message in chat if message.via == "multicast"
    )
    return Counter(seen.values())


async def test_three_thousand_people_get_it_once_through_a_crash_between_multicasts(
    still: Running, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    people = 10_000 if pytestconfig.getoption("--full-faults") else 3_000
    finish, calls = OutgoingWorker.finish, Counter[str]()

    async def dying(self: OutgoingWorker, *given: Any) -> None:
        calls["finished"] += 1
        if calls["finished"] == 3:
            raise OSError("LINE has taken it, and the process dies before that is written")
        await finish(self, *given)

    monkeypatch.setattr(OutgoingWorker, "finish", dying)
    await begun(still, people=people)
    done = await ended(still, clock)
    assert (done.state, done.recipients) == ("done", people)
    assert times_seen(still) == {1: people}
    deliveries = await still.rows(select(Delivery).where(Delivery.broadcast_id == done.id).order_by(Delivery.id))
    assert [len(one.recipients or ()) for one in deliveries] == [500] * (people // 500)
    assert [one.attempts for one in deliveries][:4] == [1, 1, 2, 1]
    assert await still.rows(select(StaffNotice.text)) == [say("broadcast.report", sent=people, cost=people)]


async def test_a_crash_while_recipients_are_written_down_begins_anew(
    still: Running, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, calls = broadcasting._queue, Counter[str]()

    async def dying(*given: Any, **more: Any) -> None:
        await queue(*given, **more)
        calls["queued"] += 1
        if calls["queued"] == 1:
            raise OSError("the process dies before the transaction is on the disk")

    monkeypatch.setattr(broadcasting, "_queue", dying)
    await begun(still, people=20)
    assert (await ended(still, clock)).state == "done"
    assert calls["queued"] == 2
    assert times_seen(still) == {1: 20}


@pytest.mark.parametrize("mode", [FaultMode.ACCEPT_THEN_DROP, FaultMode.ACCEPT_THEN_STATUS])
async def test_a_multicast_whose_outcome_is_unknown_is_repeated_and_seen_once(
    still: Running, clock: ManualClock, mode: FaultMode
) -> None:
    still.line.fail(mode, endpoint="multicast")
    await begun(still, people=20)
    assert (await ended(still, clock)).state == "done"
    assert times_seen(still) == {1: 20}


async def test_what_line_never_took_is_given_up_before_the_night(still: Running, clock: ManualClock) -> None:
    still.line.fail(FaultMode.STATUS, endpoint="multicast", status=429, times=None)
    await begun(still, people=20)

    async def begins() -> bool:
        return bool(await still.rows(select(Delivery.id)))

    await eventually(begins)
    clock.advance(timedelta(hours=3))
    done = await ended(still, clock)
    async with still.database.reading() as session:
        tally = await tally_of(session, done.id)
    assert (tally.sent, tally.refused, tally.cost) == (0, 20, 0)
    assert times_seen(still) == {}
