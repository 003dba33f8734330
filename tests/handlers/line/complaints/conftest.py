"""What goes wrong in other people's LINE bots: each complaint is a test of this one."""

from __future__ import annotations

import pytest

from bot.models import Bot
from tests.support.engine import HeldEngine
from tests.support.running import Running


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldEngine:
    return HeldEngine(monkeypatch)


@pytest.fixture
async def shop(still: Running) -> Bot:
    return await still.shops.open()
