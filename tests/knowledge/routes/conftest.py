"""The management API, over each kind of store or over SQLite alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from tests.knowledge.routes.office import Office, office_over
from tests.support.settings import MakeSettings


@pytest.fixture
async def office(database: Database, settings: MakeSettings, clock: ManualClock) -> AsyncIterator[Office]:
    """The management API: the test runs once on each kind of store."""
    async with office_over(database, settings(), clock) as opened:
        yield opened


@pytest.fixture
async def small_office(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> AsyncIterator[Office]:
    """The management API on SQLite, for what the store has no part in."""
    async with office_over(sqlite_database, settings(), clock) as opened:
        yield opened
