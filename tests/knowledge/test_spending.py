"""What the language model costs is counted by vendor, caller and day, and kept within a budget."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.llm.offline import OfflineModel
from bot.llm.port import LlmUnavailable
from knowledge.answers import Composer, Question
from knowledge.repository.usage import usage_of
from knowledge.spending import BudgetSpent, Purse
from tests.knowledge.conftest import Ask, MakeEngine, Shops

GOOD = "您好，您的租金繳費日是每月 1 號，請在期限前完成繳費喔。"
QUESTION = "房租幾號要交"


async def counted(shops: Shops, clock: ManualClock) -> list[tuple[str, int, int, int]]:
    today = clock.now().date()
    async with shops.database.reading() as session:
        rows = await usage_of(session, shops.rental, since=today - timedelta(days=5), until=today)
    return [(row.caller, row.calls, row.failures, row.tokens) for row in rows]


async def test_what_an_answer_costs_is_counted_for_whoever_asked(shops: Shops, ask: Ask, clock: ManualClock) -> None:
    model = OfflineModel([GOOD, GOOD])
    answer = await ask("ANJU", QUESTION, llm=model, caller="bot-1")
    again = await ask("ANJU", QUESTION, llm=model, caller="bot-1")
    assert await counted(shops, clock) == [("bot-1", 2, 0, answer.tokens_used + again.tokens_used)]


async def test_a_failed_call_is_counted_too(shops: Shops, ask: Ask, clock: ManualClock) -> None:
    await ask("ANJU", QUESTION, llm=OfflineModel([LlmUnavailable("down")]))
    assert await counted(shops, clock) == [("api", 1, 1, 0)]


async def test_beyond_the_budget_answers_are_composed_without_the_model(ask: Ask, clock: ManualClock) -> None:
    model = OfflineModel([GOOD] * 3)
    first = await ask("ANJU", QUESTION, llm=model, caller="bot-1", daily_tokens=1)
    second = await ask("ANJU", QUESTION, llm=model, caller="bot-1", daily_tokens=1)
    other = await ask("ANJU", QUESTION, llm=model, caller="bot-2", daily_tokens=1)
    clock.advance(timedelta(days=1))
    tomorrow = await ask("ANJU", QUESTION, llm=model, caller="bot-1", daily_tokens=1)
    composers = [answer.composer for answer in (first, second, other, tomorrow)]
    assert composers == [Composer.LLM, Composer.EXTRACTIVE, Composer.LLM, Composer.LLM]
    assert "每月 1 號" in second.text


async def test_another_tenant_sees_no_usage(shops: Shops, ask: Ask, clock: ManualClock) -> None:
    await ask("ANJU", QUESTION, llm=OfflineModel([GOOD]))
    today = clock.now().date()
    async with shops.database.reading() as session:
        assert await usage_of(session, shops.cafe, since=today, until=today) == []


async def test_a_spent_budget_does_not_trip_the_breaker(shops: Shops, make_engine: MakeEngine) -> None:
    engine = make_engine(OfflineModel([GOOD]))
    vendor_id = shops.vendors["ANJU"]
    for _ in range(5):
        await engine.answer(shops.rental, Question(vendor_id, QUESTION, caller="poor", daily_tokens=0))
    answer = await engine.answer(shops.rental, Question(vendor_id, QUESTION))
    assert answer.composer is Composer.LLM


async def test_a_purse_refuses_before_it_pays(shops: Shops, make_engine: MakeEngine) -> None:
    model = OfflineModel([GOOD])
    purse = Purse(model, spender=None, left=0)  # type: ignore[arg-type]  # Nobody is charged in this test.
    with pytest.raises(BudgetSpent):
        await purse.complete(None, within=1)  # type: ignore[arg-type]  # No prompt gets as far as the model.
    assert model.prompts == []
