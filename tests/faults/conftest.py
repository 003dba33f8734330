"""Faults on purpose: real processes are flooded, killed and frozen, and a checker counts what people see.

`pytest tests/faults` runs rounds small enough for every day; with `--full-faults` the published sizes.
Every run ends with its figures.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.breaking import ALL_POINTS
from tests.support.site import Site

FIGURE = "figure"


@dataclass(frozen=True)
class Sizes:
    """How much of everything: `kills` of the server, `conversations` of `turns` messages each, ...; pairs
    are how many people write how many messages each; `plays` of so many steps."""

    mutations: int = 300
    conversations: int = 20
    turns: int = 3
    kills: int = 1
    freezes: int = 1
    backlog: tuple[int, int] = (10, 6)
    crowd: tuple[int, int] = (12, 5)
    restarts: int = 2
    plays: tuple[int, int] = (2, 40)
    points_to_die_at: tuple[str, ...] = ("committed", "sending", "replied", "pushed")
    points_to_freeze_at: tuple[str, ...] = ("planned", "sending")


FULL = Sizes(
    mutations=1000,
    conversations=100,
    turns=5,
    kills=10,
    freezes=30,
    backlog=(50, 20),
    crowd=(50, 40),
    restarts=20,
    plays=(20, 300),
    points_to_die_at=ALL_POINTS,
    points_to_freeze_at=ALL_POINTS,
)


@pytest.fixture(scope="session")
def sizes(request: pytest.FixtureRequest) -> Sizes:
    return FULL if request.config.getoption("--full-faults") else Sizes()


@pytest.fixture
def full_size() -> None:
    """What takes minutes, or measures, and shows nothing that the rounds of every day don't try."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is for the published figures alone to a run that is for them."""
    if config.getoption("--full-faults"):
        return
    large = [item for item in items if "full_size" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=large)
    items[:] = [item for item in items if item not in large]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`figure("...")` puts a line into the summary at the run's end."""
    return lambda line: request.node.user_properties.append((FIGURE, line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    found = {
        (report.nodeid, str(text)) for report in reports for name, text in report.user_properties if name == FIGURE
    }
    if found:
        terminalreporter.section("figures")
        for nodeid, line in sorted(found):
            terminalreporter.write_line(f"{nodeid.partition('::')[2]}: {line}")


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site without a server yet: the test runs once on each kind of store."""
    async with Site.on(database_url, tmp_path) as made:
        yield made


@pytest.fixture(params=["without Redis", "with Valkey"])
async def shared_site(request: pytest.FixtureRequest, postgresql_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on PostgreSQL for several processes, once with and once without a carrier of wake-ups."""
    redis_url = request.getfixturevalue("redis_url") if request.param == "with Valkey" else None
    async with Site.on(postgresql_url, tmp_path, redis_url=redis_url) as made:
        yield made


@pytest.fixture
async def sqlite_site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on SQLite."""
    async with Site.on(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def split_site(postgresql_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on PostgreSQL and Valkey whose servers leave the jobs to workers."""
    async with Site.on(postgresql_url, tmp_path, redis_url=redis_url) as made:
        made.serve_options = ("--web-only",)
        yield made


@pytest.fixture
async def postgresql_site(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on PostgreSQL without Redis."""
    async with Site.on(postgresql_url, tmp_path) as made:
        yield made
