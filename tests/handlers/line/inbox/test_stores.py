from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from bot.db.engine import Database
from bot.models import LineEvent
from handlers.line.inbox import InboxRow, InboxStore
from handlers.line.inbox.postgresql import PostgresqlInboxStore
from handlers.line.inbox.sqlite import SqliteInboxStore
from handlers.line.inbox.writer import StoreFailed

NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def a_row(channel_id: uuid.UUID, name: str = "01A", **changes: object) -> InboxRow:
    row = InboxRow(channel_id, name, "line:a:b", "message", "7", '{"type": "message"}', NOW, NOW, NOW, "received", None)
    return row._replace(**changes)  # type: ignore[arg-type]  # the columns' names and types are the test's own


async def stored(database: Database) -> list[LineEvent]:
    async with database.reading() as session:
        return list(await session.scalars(select(LineEvent).order_by(LineEvent.id)))


async def test_the_orm_reads_back_what_was_given(database: Database, store: InboxStore, channel_id: uuid.UUID) -> None:
    row = a_row(channel_id, payload='{"text": "您好 👋 \\u0000"}', reason="because", state="failed")
    await store.write([row])
    await store.close()
    [event] = await stored(database)
    assert tuple(getattr(event, name) for name in row._fields) == tuple(row)
    assert (event.attempts, event.delivery_id) == (0, None)
    assert event.occurred_at.tzinfo is UTC or event.occurred_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 7, 1, 8, 30, tzinfo=timezone(timedelta(hours=8))),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
async def test_every_time_comes_back_as_the_same_moment(
    database: Database, store: InboxStore, channel_id: uuid.UUID, moment: datetime
) -> None:
    await store.write([a_row(channel_id, occurred_at=moment)])
    await store.close()
    assert (await stored(database))[0].occurred_at == moment


async def test_the_orm_finds_rows_by_channel_and_time(
    database: Database, store: InboxStore, channel_id: uuid.UUID
) -> None:
    await store.write([a_row(channel_id)])
    await store.close()
    async with database.reading() as session:
        due = select(LineEvent).where(LineEvent.channel_id == channel_id, LineEvent.due_at <= NOW)
        early = select(LineEvent).where(LineEvent.due_at < NOW)
        assert len((await session.scalars(due)).all()) == 1
        assert len((await session.scalars(early)).all()) == 0


async def test_a_duplicate_changes_nothing(database: Database, store: InboxStore, channel_id: uuid.UUID) -> None:
    first, again = a_row(channel_id), a_row(channel_id, payload="{}", state="failed")
    await store.write([first, again])
    await store.write([again, a_row(channel_id, "01B")])
    await store.close()
    assert [(event.webhook_event_id, event.payload) for event in await stored(database)] == [
        ("01A", first.payload),
        ("01B", first.payload),
    ]


async def test_a_batch_is_stored_whole_or_not_at_all(
    database: Database, store: InboxStore, channel_id: uuid.UUID
) -> None:
    with pytest.raises(StoreFailed):
        await store.write([a_row(channel_id), a_row(uuid.uuid4(), "of no channel")])
    assert await stored(database) == []
    await store.write([a_row(channel_id)])
    await store.close()
    assert len(await stored(database)) == 1


async def test_a_store_that_was_never_used_is_closed_all_the_same(store: InboxStore) -> None:
    await store.close()


async def test_sqlite_refuses_another_stores_database(postgresql_database: Database) -> None:
    with pytest.raises(ValueError, match="SQLite"):
        SqliteInboxStore(postgresql_database)


async def test_a_broken_connection_is_made_anew(postgresql_database: Database) -> None:
    store, channel_id = PostgresqlInboxStore(postgresql_database), uuid.uuid4()
    with pytest.raises(StoreFailed):
        await store.write([a_row(channel_id)])
    assert store._connection is None
    await store.close()


async def test_a_store_that_can_not_be_reached_fails(sqlite_url: str) -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StoreFailed):
        await PostgresqlInboxStore(database).write([a_row(uuid.uuid4())])
    await database.close()
