from __future__ import annotations

import uuid

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Channel
from handlers.line.inbox import InboxStore
from handlers.line.inbox.postgresql import PostgresqlInboxStore
from handlers.line.inbox.sqlite import SqliteInboxStore


@pytest.fixture
async def channel_id(database: Database, clock: ManualClock) -> uuid.UUID:
    now = clock.now()
    channel = Channel(id=uuid.uuid4(), name="", secret_box=b"", token_box=b"", created_at=now, updated_at=now)
    async with database.unit_of_work() as session:
        session.add(channel)
    return channel.id


@pytest.fixture
def store(database: Database) -> InboxStore:
    """The store's own writer; whoever opens it by writing closes it."""
    return SqliteInboxStore(database) if database.is_sqlite else PostgresqlInboxStore(database)
