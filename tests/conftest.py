"""Fixtures for every test: real stores of its own, a clock that stands still, settings without an environment.

The servers come from wheels and are started when a test first needs them, one of each per pytest
process, so that `pytest -n` needs no coordination.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot.clock import ManualClock
from bot.db.engine import Database
from tests.support import databases
from tests.support.network import LoopbackLoop, refuse_other_machines
from tests.support.pool import DatabasePool
from tests.support.postgresql import PostgresqlServer
from tests.support.scratch import in_memory
from tests.support.settings import MakeSettings, settings_in
from tests.support.valkey import ValkeyServer

# Modules make many objects and no garbage.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full-faults",
        action="store_true",
        help="run tests/faults in the sizes whose figures are published, and property tests on many new examples",
    )
    parser.addoption(
        "--screenshot", metavar="FILE", help="where tests/acceptance/test_demo.py puts a picture of the demo"
    )


def pytest_configure(config: pytest.Config) -> None:
    refuse_other_machines()
    tempfile.tempdir = in_memory() or tempfile.gettempdir()
    # A traceback with every local variable takes half a second.
    structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback
    # How long an example takes says something about the machine and nothing about the code. Every day's examples
    # are the same ones, so that a change is judged by what it changed; the full size looks for new ones.
    full = bool(config.getoption("--full-faults"))
    hypothesis.settings.register_profile(
        "any-machine",
        deadline=None,
        max_examples=2_000 if full else 40,
        derandomize=not full,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("any-machine")


def pytest_collection_finish() -> None:
    """Leave the modules and the tests themselves out of every later garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)
    gc.enable()


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run the tests on the event loop that the product runs on."""
    return {"uvloop": LoopbackLoop}


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Take back what a command that a test ran in its own process configured: other tests read logs too."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at 2026-01-01 00:00 UTC until the test moves it."""
    return ManualClock()


@pytest.fixture
def settings(tmp_path: Path) -> MakeSettings:
    """`settings(**changes)` gives complete settings with fresh secrets; the environment is ignored."""
    return partial(settings_in, tmp_path)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """The session's PostgreSQL, with the migrated template that `postgresql_url` copies."""
    server = PostgresqlServer()
    try:
        server.start()
        asyncio.run(databases.migrate_template(server))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """The session's Valkey."""
    server = ValkeyServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that the migrations built, for `sqlite_url` to copy."""
    return databases.migrated_sqlite_file(tmp_path_factory.mktemp("sqlite") / "template.db")


@pytest.fixture
def redis_url(valkey_server: ValkeyServer) -> str:
    """The URL of a Redis-protocol server that holds no key."""
    valkey_server.empty()
    return valkey_server.url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite file of this test's own."""
    return databases.copy_sqlite(sqlite_template, tmp_path / "shopkeeper.db")


@pytest.fixture(scope="session")
def database_pool(postgresql_server: PostgresqlServer) -> Iterator[DatabasePool]:
    """The databases that `postgresql_url` gives out."""
    pool = DatabasePool(postgresql_server)
    yield pool
    pool.close()


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer, database_pool: DatabasePool) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database that is this test's alone while it runs."""
    name = database_pool.take()
    yield postgresql_server.url(name)
    database_pool.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty store: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty store: the test runs once on each kind."""
    async for opened in _opened(database_url):
        yield opened


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated, empty SQLite store."""
    async for opened in _opened(sqlite_url):
        yield opened


@pytest.fixture
async def postgresql_database(postgresql_url: str) -> AsyncIterator[Database]:
    """A migrated, empty PostgreSQL store."""
    async for opened in _opened(postgresql_url):
        yield opened


async def _opened(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    try:
        yield opened
    finally:
        await opened.close()
