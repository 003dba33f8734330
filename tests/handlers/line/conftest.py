from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.outbox import runner
from tests.support.running import Running, running


@pytest.fixture(autouse=True)
def frequent_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for its retry is found at once, not within two seconds."""
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 0.05)


@pytest.fixture
async def live(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """The product and LINE on the machine's clock; the test runs once on each kind of store."""
    async with running(database_url, tmp_path) as started:
        yield started


@pytest.fixture
async def still(sqlite_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    """The product on SQLite and LINE, on a clock that the test moves."""
    async with running(sqlite_url, tmp_path, clock=clock) as started:
        yield started
