from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.llm.breaker import CircuitBreaker
from bot.llm.offline import OfflineModel, Step
from bot.llm.port import ChatMessage, LlmUnavailable, Prompt, Role

ASK = Prompt((ChatMessage(Role.USER, "?"),))


async def failing(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(LlmUnavailable):
            await breaker.complete(ASK, within=1)


def broken(*after: Step) -> OfflineModel:
    return OfflineModel([LlmUnavailable("down"), LlmUnavailable("down"), *after])


async def test_a_model_that_keeps_failing_is_left_alone() -> None:
    model = broken("up")
    await failing(CircuitBreaker(model, ManualClock(), failures=2), 5)
    assert len(model.prompts) == 2


async def test_after_the_pause_one_success_closes_the_circuit() -> None:
    clock, model = ManualClock(), broken("up", "up")
    breaker = CircuitBreaker(model, clock, failures=2)
    await failing(breaker, 3)
    clock.advance(timedelta(seconds=31))
    assert (await breaker.complete(ASK, within=1)).text == "up"
    assert (await breaker.complete(ASK, within=1)).text == "up"


async def test_after_the_pause_one_failure_opens_it_again() -> None:
    clock, model = ManualClock(), broken(LlmUnavailable("down"), "up")
    breaker = CircuitBreaker(model, clock, failures=2)
    await failing(breaker, 2)
    clock.advance(timedelta(seconds=31))
    await failing(breaker, 2)
    assert len(model.prompts) == 3
