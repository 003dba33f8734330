from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.texts import Language
from handlers.line.asking import LEAST_SECONDS, Asker, Inquiry
from knowledge.answers import DEFAULT_DEADLINE
from knowledge.engine import Answer, Engine, Question
from tests.support.running import Running


@pytest.mark.parametrize(
    ("waited", "left"), [(None, DEFAULT_DEADLINE), (0, DEFAULT_DEADLINE), (12, 8), (19, LEAST_SECONDS)]
)
async def test_who_waited_for_their_turn_is_not_made_to_wait_as_long_again(
    still: Running, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, waited: int | None, left: float
) -> None:
    bot, deadlines, answer = await still.shops.open(), [], Engine.answer

    async def noting(engine: Engine, principal: Any, question: Question) -> Answer:
        deadlines.append(question.deadline)
        return await answer(engine, principal, question)

    monkeypatch.setattr(Engine, "answer", noting)
    since = None if waited is None else clock.now() - timedelta(seconds=waited)
    inquiry = Inquiry(bot=bot, event_id=1, text="你們幾點打烊？", language=Language.ZH_TW, asked_at=since)
    await Asker(still.shopkeeper.engine, clock).ask(inquiry)
    assert deadlines == [left]
