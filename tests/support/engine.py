"""What a running product asks of its engine: noted, and held back where a test wants it to take long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from knowledge.engine import Answer, Engine, Question


class HeldEngine:
    """Notes what the engine is asked from now on, and lets no answer go before `let_go` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Question] = []
        self.let_go = asyncio.Event()
        answer = Engine.answer

        async def hold(engine: Engine, principal: Any, question: Question) -> Answer:
            self.asked.append(question)
            await self.let_go.wait()
            return await answer(engine, principal, question)

        monkeypatch.setattr(Engine, "answer", hold)


def questions_asked(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """Everything that the engine is asked from now on, in order."""
    engine = HeldEngine(monkeypatch)
    engine.let_go.set()
    return engine.asked
