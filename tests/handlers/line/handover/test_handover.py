"""A customer asks for a person, somebody takes over, and both talk as if the bot weren't there."""

from __future__ import annotations

from bot.texts import say
from tests.handlers.line.handover.conftest import Counter

ASK = "找真人"


async def test_an_answer_that_nobody_knows_offers_a_person(counter: Counter) -> None:
    stranger = counter.running.friend("阿明")
    await counter.say(stranger, "可以帶大象來嗎？")
    assert counter.labels(stranger) == [ASK]


async def test_who_asks_for_a_person_is_told_what_happens_and_the_owner_sees_the_last_words(counter: Counter) -> None:
    await counter.say(counter.customer, ASK)
    assert counter.last(counter.customer) == say("handover.asked", shop="巷口咖啡")
    await counter.has_seen(counter.owner, "小美 想找真人")
    assert "小美：你們幾點打烊？" in counter.last(counter.owner)
    assert counter.labels(counter.owner) == ["接手", "看對話"]
    assert (await counter.conversation()).state == "waiting"


async def test_what_both_say_goes_to_the_other_and_the_bot_is_silent(counter: Counter) -> None:
    await taken(counter)
    await counter.say(counter.owner, "您好，我是店長")
    await counter.has_seen(counter.customer, "您好，我是店長")
    await counter.say(counter.customer, "你們幾點打烊？")
    await counter.has_seen(counter.owner, "小美：你們幾點打烊？")
    assert counter.last(counter.customer) == "您好，我是店長"


async def taken(counter: Counter) -> None:
    """The owner has taken the conversation over."""
    await counter.say(counter.customer, ASK)
    await counter.has_seen(counter.owner, "小美 想找真人")
    await counter.tap(counter.owner, "接手")
    assert counter.last(counter.owner).startswith("您接手了和「小美」的對話")
