from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import func, select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.line.events import ReceivedEvent
from bot.models import LineEvent
from handlers.line.inbox import Inbox, InboxRow, InboxStore, row_of
from handlers.line.inbox import writer as writing
from handlers.line.inbox.sqlite import SqliteInboxStore
from handlers.line.inbox.writer import InboxUnavailable, StoreFailed


class Counting:
    """A store that counts its commits; `hold` keeps them back, `broken` makes them fail."""

    def __init__(self, store: InboxStore) -> None:
        self._store = store
        self.commits: list[int] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.broken = False

    async def write(self, rows: Sequence[InboxRow]) -> None:
        await self.hold.wait()
        if self.broken:
            raise StoreFailed("out of order")
        await self._store.write(rows)
        self.commits.append(len(rows))

    async def close(self) -> None:
        await self._store.close()


class Desk:
    """An inbox over a counting store, and what it woke."""

    def __init__(self, database: Database, store: InboxStore, channel_id: uuid.UUID, clock: ManualClock) -> None:
        self.database, self.channel_id, self.clock = database, channel_id, clock
        self.store = Counting(store)
        self.woken: list[list[str]] = []
        self.inbox = Inbox(self.store, on_stored=lambda lanes: self.woken.append(list(lanes)))

    async def accept(self, *names: str, source: str = "U1") -> None:
        now = self.clock.now()
        events = [ReceivedEvent(name, source, "message", None, now, "{}") for name in names]
        await self.inbox.accept([row_of(self.channel_id, event, received_at=now) for event in events])

    async def stored(self) -> int:
        async with self.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(LineEvent)) or 0


@pytest.fixture
async def desk(database: Database, store: InboxStore, channel_id: uuid.UUID, clock: ManualClock) -> AsyncIterator[Desk]:
    made = Desk(database, store, channel_id, clock)
    made.inbox.start()
    yield made
    await made.inbox.stop()


async def test_an_accepted_event_is_stored_and_its_lane_woken(desk: Desk) -> None:
    await desk.accept("01A")
    assert await desk.stored() == 1
    assert desk.woken == [[f"line:{desk.channel_id.hex}:U1"]]


async def test_requests_that_wait_together_share_a_commit(desk: Desk) -> None:
    desk.store.hold.clear()
    requests = [asyncio.create_task(desk.accept(f"e{number}")) for number in range(100)]
    await asyncio.sleep(0)
    desk.store.hold.set()
    await asyncio.gather(*requests)
    assert await desk.stored() == sum(desk.store.commits) == 100
    assert len(desk.store.commits) <= 2


async def test_a_commit_holds_no_more_rows_than_allowed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_ROWS_A_COMMIT", 10)
    await asyncio.gather(*(desk.accept(f"a{number}", f"b{number}", f"c{number}") for number in range(8)))
    assert sum(desk.store.commits) == 24
    assert max(desk.store.commits) <= 10


async def test_one_request_larger_than_a_commit_goes_through_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_ROWS_A_COMMIT", 2)
    await desk.accept(*"abcde")
    assert desk.store.commits == [5]


async def test_a_lane_is_woken_once_a_commit(desk: Desk) -> None:
    await desk.accept("01A", "01B", "01C")
    assert desk.woken == [[f"line:{desk.channel_id.hex}:U1"]]


async def test_duplicates_are_acknowledged_and_stored_once(desk: Desk) -> None:
    await asyncio.gather(*(desk.accept("01A") for _ in range(20)))
    await desk.accept("01A")
    assert await desk.stored() == 1


async def test_a_broken_store_acknowledges_nothing_and_stores_nothing(desk: Desk) -> None:
    desk.store.broken = True
    refused = await asyncio.gather(*(desk.accept(name) for name in "abc"), return_exceptions=True)
    assert [type(error) for error in refused] == [InboxUnavailable] * 3
    assert (await desk.stored(), desk.woken) == (0, [])


async def test_a_store_that_works_again_is_used_again(desk: Desk) -> None:
    desk.store.broken = True
    with pytest.raises(InboxUnavailable):
        await desk.accept("01A")
    desk.store.broken = False
    await desk.accept("01A")
    assert await desk.stored() == 1


async def test_a_hanging_store_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0.02)
    desk.store.hold.clear()
    with pytest.raises(InboxUnavailable):
        await desk.accept("01A")
    desk.store.hold.set()


async def test_who_waits_behind_a_hanging_commit_has_one_of_their_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0.1)
    desk.store.hold.clear()
    first = asyncio.create_task(desk.accept("hanging"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(desk.accept("behind it"))
    with pytest.raises(InboxUnavailable):
        await first
    desk.store.hold.set()
    await second
    assert await desk.stored() == 1


async def test_a_store_locked_by_another_process_acknowledges_nothing(
    sqlite_database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0.05)
    assert sqlite_database.url.database is not None
    other = sqlite3.connect(sqlite_database.url.database, isolation_level=None)
    desk = Desk(sqlite_database, SqliteInboxStore(sqlite_database), uuid.uuid4(), clock)
    desk.inbox.start()
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(InboxUnavailable):
        await desk.accept("01A")
    other.execute("ROLLBACK")
    other.close()
    await desk.inbox.stop()
    assert desk.woken == []


@pytest.mark.parametrize("turns", [0, 1, 20])
async def test_a_stop_stores_what_waits_and_what_is_being_committed(
    database: Database, store: InboxStore, channel_id: uuid.UUID, clock: ManualClock, turns: int
) -> None:
    desk = Desk(database, store, channel_id, clock)
    desk.inbox.start()
    desk.store.hold.clear()
    requests = [asyncio.create_task(desk.accept(name)) for name in "abc"]
    for _ in range(turns + 1):
        await asyncio.sleep(0)
    stopping = asyncio.create_task(desk.inbox.stop())
    await asyncio.sleep(0)
    desk.store.hold.set()
    await asyncio.gather(*requests, stopping)
    assert await desk.stored() == 3
