"""A person takes over while the bot is at work, and what LINE is told of what was read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Select, select, update

from bot.models import Channel, Contact, Conversation
from handlers.line.handover import PERSON_STAYS
from knowledge.engine import Answer, Engine, Question
from tests.handlers.line.handover.conftest import Counter, taken


async def test_the_bot_does_not_talk_over_a_person_who_took_over_meanwhile(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper, answer = await counter.helper(), Engine.answer
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(self: Engine, principal: Any, question: Question) -> Answer:
        begun.set()
        await go.wait()
        return await answer(self, principal, question)

    await counter.say(counter.customer, "找真人")
    await counter.has_seen(helper, "小美 想找真人")
    await counter.say(counter.owner, "誰在等")
    monkeypatch.setattr(Engine, "answer", slowly)
    said = await counter.running.line.user_says(counter.running.central, counter.customer, "你們幾點打烊？")
    await begun.wait()
    await _takes_over(counter)
    before = counter.seen(counter.customer)
    go.set()
    assert await counter.running.answers(said) == []
    assert counter.seen(counter.customer) == before
    assert (await counter.running.ends())[-1][0] == "handed_over"


async def test_words_show_as_read_once_a_person_has_answered(counter: Counter) -> None:
    async with counter.running.database.unit_of_work() as session:
        await session.execute(update(Channel).values(reads_by_hand=True))
    counter.running.shopkeeper.channels.forget()
    await taken(counter)
    await counter.say(counter.customer, "請問有位子嗎")
    marks = _marks(counter)
    assert (await counter.conversation()).read_token is not None
    await counter.say(counter.owner, "有喔")
    await counter.has_seen(counter.customer, "有喔")
    await counter.running.line.wait_until(lambda: _marks(counter) > marks)
    assert _marks(counter) == marks + 1


async def _takes_over(counter: Counter) -> None:
    """Somebody has it from now on, whatever else goes on."""
    now = counter.clock.now()
    owner = (await counter.running.rows(_contact_of(counter.owner.user_id)))[0]
    changes = {"state": "person", "state_since": now, "state_until": now + PERSON_STAYS, "staff_contact_id": owner}
    async with counter.running.database.unit_of_work() as session:
        await session.execute(update(Conversation).values(**changes))


def _contact_of(user_id: str) -> Select[int]:
    return select(Contact.id).where(Contact.source_id == user_id)


def _marks(counter: Counter) -> int:
    return sum(call.path.endswith("markAsRead") for call in counter.running.line.platform.calls)
