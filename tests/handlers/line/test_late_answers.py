from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.line.simulator import Told, User
from bot.models import Bot, LateAnswer, Message, UnansweredCluster
from bot.texts import say
from handlers.line.late_answers import GIVEN_UP_AFTER
from handlers.line.timing import Timing
from tests.support.engine import HeldEngine
from tests.support.running import Running, running
from tests.support.shops import ANSWER, ASK
from tests.support.waiting import eventually

SHORT = Timing(patience=timedelta(milliseconds=60), last_chance=timedelta(milliseconds=30))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldEngine:
    return HeldEngine(monkeypatch)


@pytest.fixture
async def hurried(sqlite_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    """The product with hardly any patience for an answer."""
    async with running(sqlite_url, tmp_path, clock=clock, timing=SHORT) as started:
        yield started


async def state(product: Running) -> str:
    [answer] = await product.rows(select(LateAnswer))
    return str(answer.state)


async def asked(product: Running, user: User, text: str = ASK) -> Told:
    told = await product.line.user_says(product.central, user, text)
    await product.settle()
    return told


async def tapped(product: Running, told: Told, user: User) -> list[str]:
    """Tap the button below the answer to a step; what that brings."""
    card = product.line.answers_to(told)[-1].content["contents"]
    [action] = [button["action"] for button in card["footer"]["contents"]]
    return await product.answers(await product.line.user_taps(product.central, user, action["data"]))


async def ready(product: Running) -> None:
    async def is_ready() -> bool:
        return await state(product) != "pending"

    await eventually(is_ready)


async def test_an_answer_that_is_not_ready_in_time_is_fetched_with_a_button(hurried: Running, held: HeldEngine) -> None:
    await hurried.shops.open()
    user = hurried.friend()
    told = await asked(hurried, user)
    assert hurried.seen(user) == [say("line.late")]
    assert await hurried.ends() == [("answered", None)]
    held.let_go.set()
    await ready(hurried)
    assert await tapped(hurried, told, user) == [ANSWER]
    assert len(held.asked) == 1


async def test_a_tap_that_comes_too_early_gets_the_button_again(hurried: Running, held: HeldEngine) -> None:
    await hurried.shops.open()
    user = hurried.friend()
    told = await asked(hurried, user)
    assert await tapped(hurried, told, user) == [say("line.still_working")]
    held.let_go.set()
    await ready(hurried)
    assert await tapped(hurried, told, user) == [ANSWER]


async def test_the_answer_is_kept_once_however_often_it_is_fetched(hurried: Running, held: HeldEngine) -> None:
    await hurried.shops.open()
    user = hurried.friend()
    told = await asked(hurried, user)
    held.let_go.set()
    await ready(hurried)
    assert [await tapped(hurried, told, user) for _ in range(2)] == [[ANSWER], [ANSWER]]
    kept = await hurried.rows(select(Message).order_by(Message.id))
    assert [(message.direction, message.text) for message in kept] == [("in", ASK), ("out", ANSWER)]


async def test_nobody_else_fetches_an_answer(hurried: Running, held: HeldEngine) -> None:
    await hurried.shops.open()
    told = await asked(hurried, hurried.friend())
    held.let_go.set()
    await ready(hurried)
    assert await tapped(hurried, told, hurried.friend("路人")) == [say("line.old_button")]


async def test_an_answer_whose_question_was_taken_back_is_not_told(hurried: Running, held: HeldEngine) -> None:
    await hurried.shops.open()
    user = hurried.friend()
    told = await asked(hurried, user)
    await hurried.line.unsend(told)
    await hurried.settle()
    held.let_go.set()
    assert await tapped(hurried, told, user) == [say("line.old_button")]
    [answer] = await hurried.rows(select(LateAnswer))
    assert (answer.state, answer.question, answer.answer) == ("dropped", "", None)


async def test_an_answer_whose_process_ended_is_made_anew(
    hurried: Running, held: HeldEngine, clock: ManualClock
) -> None:
    await hurried.shops.open()
    user = hurried.friend()
    told = await asked(hurried, user)
    await hurried.shopkeeper.late_answers.close()
    held.let_go.set()
    clock.advance(GIVEN_UP_AFTER)
    await ready(hurried)
    assert len(held.asked) == 2
    assert await tapped(hurried, told, user) == [ANSWER]


async def test_an_answer_that_cannot_be_made_ends_with_an_apology(
    hurried: Running, held: HeldEngine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hurried.shops.open()
    user = hurried.friend()
    told = await asked(hurried, user)
    await hurried.shopkeeper.late_answers.close()
    monkeypatch.setattr("handlers.line.asking.ENGINE_SECONDS", 0.02)
    clock.advance(GIVEN_UP_AFTER)
    await ready(hurried)
    assert await tapped(hurried, told, user) == [say("line.sorry")]


async def test_a_late_unknown_is_gathered_for_the_owner_too(hurried: Running, held: HeldEngine) -> None:
    await hurried.shops.open()
    await asked(hurried, hurried.friend(), "可以帶大象來嗎？")
    held.let_go.set()
    await ready(hurried)
    [cluster] = await hurried.rows(select(UnansweredCluster))
    assert cluster.text == "可以帶大象來嗎？"


@pytest.mark.parametrize("policy", ["push", "drop"])
async def test_a_bot_that_wants_no_button_waits_for_its_answer(hurried: Running, held: HeldEngine, policy: str) -> None:
    bot = await hurried.shops.open()
    async with hurried.database.unit_of_work() as session:
        await session.execute(update(Bot).where(Bot.id == bot.id).values(late_reply=policy))
    user = hurried.friend()
    told = await hurried.line.user_says(hurried.central, user, ASK)
    await asyncio.sleep(0.15)
    held.let_go.set()
    assert await hurried.answers(told) == [ANSWER]


async def test_a_late_answer_stays_with_its_shop_when_its_asker_has_gone_to_another(
    hurried: Running, held: HeldEngine
) -> None:
    first, other = await hurried.shops.open(), await hurried.shops.open("乙店")
    user = hurried.friend()
    await hurried.ask(user, f"@進店 {first.shop_code}")
    told = await asked(hurried, user)
    held.let_go.set()
    await ready(hurried)
    await hurried.ask(user, f"@進店 {other.shop_code}")
    assert await tapped(hurried, told, user) == [ANSWER]
    assert {message.tenant_id for message in await hurried.rows(select(Message))} == {first.tenant_id}
