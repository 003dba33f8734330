"""A person takes over while the bot is at work, and what LINE is told of what was read."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, select, update

from bot.models import Channel, Contact, Conversation
from handlers.line.handover import PERSON_STAYS
from tests.handlers.line.handover.conftest import Counter, taken
from tests.support.engine import HeldEngine
from tests.support.waiting import eventually


async def test_the_bot_does_not_talk_over_a_person_who_took_over_meanwhile(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = await counter.helper()
    await counter.say(counter.customer, "找真人")
    await counter.has_seen(helper, "小美 想找真人")
    await counter.say(counter.owner, "誰在等")
    held = HeldEngine(monkeypatch)
    said = await counter.running.line.user_says(counter.running.central, counter.customer, "你們幾點打烊？")
    await eventually(lambda: bool(held.asked))
    await _takes_over(counter)
    before = counter.seen(counter.customer)
    held.let_go.set()
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
