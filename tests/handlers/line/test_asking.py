from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.texts import Language
from handlers.line.asking import LEAST_SECONDS, Asker, Inquiry
from knowledge.answers import DEFAULT_DEADLINE
from tests.support.engine import questions_asked
from tests.support.running import Running


@pytest.mark.parametrize(
    ("waited", "left"), [(None, DEFAULT_DEADLINE), (0, DEFAULT_DEADLINE), (12, 8), (19, LEAST_SECONDS)]
)
async def test_who_waited_for_their_turn_is_not_made_to_wait_as_long_again(
    still: Running, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, waited: int | None, left: float
) -> None:
    bot, asked = await still.shops.open(), questions_asked(monkeypatch)
    since = None if waited is None else clock.now() - timedelta(seconds=waited)
    inquiry = Inquiry(bot=bot, event_id=1, text="你們幾點打烊？", language=Language.ZH_TW, asked_at=since)
    await Asker(still.shopkeeper.engine, clock).ask(inquiry)
    assert [question.deadline for question in asked] == [left]
