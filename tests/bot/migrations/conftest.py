"""Stores in which there is nothing yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.databases import create_database, drop_database
from tests.support.postgresql import PostgresqlServer


@pytest.fixture
async def empty_postgresql(postgresql_server: PostgresqlServer) -> AsyncIterator[str]:
    name = await create_database(postgresql_server, template="template0")
    yield postgresql_server.url(name)
    await drop_database(postgresql_server, name)


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'empty.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"empty_{request.param}"))
