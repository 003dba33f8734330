from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from sqlalchemy import select

from bot.line.simulator import FaultMode
from bot.line.simulator.events import Where
from bot.models import Conversation, Message, UnansweredCluster
from bot.texts import Language, say
from handlers.line.repository import AWAITS_MORE
from handlers.line.timing import Timing
from tests.support.engine import questions_asked
from tests.support.running import Running, running
from tests.support.shops import ANSWER, ASK

STICKER = {"type": "sticker", "packageId": "1", "stickerId": "2"}
ENGLISH: Mapping[str, str] = {"Do you have wifi?": "Yes, wifi is free for guests."}


async def messages(running: Running) -> Sequence[Message]:
    return await running.rows(select(Message).order_by(Message.id))


async def test_a_question_is_answered_from_the_shops_knowledge(live: Running) -> None:
    await live.shops.open()
    assert await live.ask(live.friend(), "請問幾點打烊？") == [ANSWER]
    assert await live.ends() == [("answered", None)]


async def test_question_and_answer_are_kept_with_their_sources(live: Running) -> None:
    bot = await live.shops.open()
    await live.ask(live.friend(), ASK)
    question, answer = await messages(live)
    assert (question.direction, question.text, question.sources) == ("in", ASK, None)
    assert (answer.direction, answer.text, answer.tenant_id) == ("out", ANSWER, bot.tenant_id)
    assert answer.sources is not None
    assert len(answer.sources["entries"]) == 1
    assert [kept.bot_id for kept in await live.rows(select(Conversation))] == [bot.id]


async def test_what_nobody_knew_is_gathered_for_the_owner(live: Running) -> None:
    bot = await live.shops.open()
    for _ in range(2):
        await live.ask(live.friend(), "可以帶大象來嗎？")
    await live.ask(live.friend(), ASK)
    [cluster] = await live.rows(select(UnansweredCluster))
    assert (cluster.text, cluster.asked, cluster.vendor_id) == ("可以帶大象來嗎？", 2, bot.vendor_id)


async def test_what_was_said_before_goes_to_the_engine(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await still.shops.open(prompt="請用敬語。")
    asked = questions_asked(monkeypatch)
    user = still.friend()
    for text in (ASK, "那早上呢？"):
        await still.ask(user, text)
    first, second = asked
    assert (first.history, first.instructions) == ((), "請用敬語。")
    assert [(turn.from_customer, turn.text) for turn in second.history] == [(True, ASK), (False, ANSWER)]


async def test_nobodys_words_are_another_persons_history(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await still.shops.open()
    asked = questions_asked(monkeypatch)
    for name in ("小明", "小美"):
        await still.ask(still.friend(name), ASK)
    assert [question.history for question in asked] == [(), ()]


async def test_history_is_of_the_same_bot(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await still.shops.open("甲店"), await still.shops.open("乙店")
    asked = questions_asked(monkeypatch)
    user = still.friend()
    for bot in (first, second):
        await still.ask(user, f"@進店 {bot.shop_code}")
        await still.ask(user, ASK)
    assert [question.history for question in asked] == [(), ()]


async def test_an_english_question_is_answered_in_english(still: Running) -> None:
    await still.shops.open(entries=ENGLISH)
    [said] = await still.ask(still.friend(), "What is the meaning of life?")
    assert said.startswith(say("answer.unknown", Language.EN, shop="巷口咖啡")[:20])


async def test_a_paused_vendor_says_so(still: Running) -> None:
    bot = await still.shops.open()
    await still.shops.pause(bot)
    assert await still.ask(still.friend(), ASK) == [say("line.shop_paused", shop=bot.store_name)]
    assert await still.ends() == [("answered", None)]


async def test_the_loading_animation_runs_while_the_answer_is_made(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    await still.ask(user, ASK)
    paths = [call.path for call in still.line.platform.calls if call.method == "POST"]
    assert [path.rpartition("/bot/")[2] for path in paths] == ["chat/loading/start", "message/reply"]
    assert not still.line.platform.is_loading(still.central.channel_id, user.user_id)


async def test_a_failing_loading_animation_costs_no_answer(still: Running) -> None:
    await still.shops.open()
    still.line.fail(FaultMode.STATUS, endpoint="loading", status=500, times=None)
    assert await still.ask(still.friend(), ASK) == [ANSWER]


# Groups


async def test_a_group_is_left_in_peace(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    group = still.line.add_group("住戶群", [user], channel=still.central)
    assert await still.ask(user, ASK, group=group) == []
    await still.line.user_sends(still.central, user, STICKER, group=group)
    await still.settle()
    assert await still.ends() == [("silent", "not_called")] * 2
    assert await messages(still) == []


@pytest.mark.parametrize("call", ["巷口咖啡 ", "@巷口咖啡，", "＠巷口咖啡　"])
async def test_a_group_that_calls_the_bot_by_name_is_answered(still: Running, call: str) -> None:
    await still.shops.open()
    user = still.friend()
    group = still.line.add_group("住戶群", [user], channel=still.central)
    assert await still.ask(user, call + ASK, group=group) == [ANSWER]
    assert normalize("NFKC", (await messages(still))[0].text) == normalize("NFKC", ASK)


async def test_a_group_that_mentions_the_bot_is_answered(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    group = live.line.add_group("住戶群", [user], channel=live.central)
    text = f"👋 @{live.central.name} {ASK}"
    assert await live.ask(user, text, group=group, mentions=[live.central.bot_user_id]) == [ANSWER]


async def test_a_bare_mention_is_told_how_to_ask(still: Running) -> None:
    bot = await still.shops.open()
    user = still.friend()
    group = still.line.add_group("住戶群", [user], channel=still.central)
    said = await still.ask(user, f"@{still.central.name}", group=group, mentions=[still.central.bot_user_id])
    assert said == [say("group.call", word=bot.store_name)]


# Events that must not be answered


async def raw(running: Running, **changes: Any) -> list[tuple[str, str | None]]:
    """Deliver a text event with those fields changed, and how it ended."""
    user = running.friend()
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": running.line.platform.now(),
        "source": {"type": "user", "userId": user.user_id},
        "message": {"id": "1", "type": "text", "text": ASK},
        "replyToken": "r" * 32,
    }
    event = {name: value for name, value in (event | changes).items() if value is not None}
    [attempt] = await running.line.deliver(running.line.people.raw(running.central.channel_id, event))
    assert attempt.accepted
    await running.settle()
    return await running.ends()


@pytest.mark.parametrize("mode", ["standby", "later"])
async def test_on_standby_nothing_is_said(still: Running, mode: str) -> None:
    await still.shops.open()
    reason = "mode_standby" if mode == "standby" else "mode_unknown"
    assert await raw(still, mode=mode) == [("silent", reason)]
    assert [call for call in still.line.platform.calls if call.path.endswith("/reply")] == []


async def test_an_event_without_a_reply_token_is_kept_and_silent(still: Running) -> None:
    await still.shops.open()
    assert await raw(still, replyToken=None) == [("silent", "no_reply_token")]


async def test_a_person_without_an_id_is_answered_all_the_same(still: Running) -> None:
    await still.shops.open()
    assert await raw(still, source={"type": "user"}) == [("failed", "reply_token_expired")]


async def test_a_source_that_line_adds_later_is_no_reason_to_fail(still: Running) -> None:
    await still.shops.open()
    [(state, _)] = await raw(still, source={"type": "planet", "planetId": "P1"})
    assert state in {"silent", "failed"}


# Order and repetition


async def test_a_redelivered_question_is_answered_once(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    told = await live.line.user_says(live.central, user, ASK, copies=3)
    await live.settle()
    await live.line.deliver(told.occurrence)
    await live.settle()
    assert live.seen(user) == [ANSWER]


async def test_every_message_is_answered_in_its_order(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    live.line.hold(live.central)
    said = []
    for count in range(5):
        if count % 2:
            said.append(await live.line.user_sends(live.central, user, STICKER))
        else:
            said.append(await live.line.user_says(live.central, user, f"{ASK} {'！' * count}"))
        # LINE's times count milliseconds; within one, the order of arrival holds.
        await asyncio.sleep(0.002)
    await live.line.release(live.central, order=list.reverse, batch_size=5)
    await live.settle()
    answered = [message.answers_event for message in live.line.visible_messages(live.central, user)]
    assert [event for event in answered if event] == [told.event_id for told in said]


async def test_what_is_typed_in_a_row_is_answered_together_with_the_newest_token(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    live.line.hold(live.central)
    said = [await live.line.user_says(live.central, user, text) for text in ("請問", "你們", "幾點打烊？")]
    await live.line.release(live.central, batch_size=3)
    await live.settle()
    assert live.seen(user) == [ANSWER]
    assert [message.text for message in await messages(live)] == ["請問", "你們", "幾點打烊？", ANSWER]
    assert await live.ends() == [("answered", None)] * 3
    [answer] = live.line.answers_to(said[-1])
    assert {event.delivery_id for event in await live.events()} == {1}
    assert answer.content["text"] == ANSWER


async def test_many_people_are_answered_at_once(live: Running) -> None:
    await live.shops.open()
    users = [live.friend(f"客人{number}") for number in range(12)]
    await asyncio.gather(*(live.line.user_says(live.central, user, ASK) for user in users))
    await live.settle()
    assert [live.seen(user) for user in users] == [[ANSWER]] * len(users)


async def test_a_hostile_text_is_only_a_text(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    for text in ("{shop}{0}{{", "'; DROP TABLE bots; --", "\u202e" * 50, "👩‍👩‍👧‍👦" * 400, "a" * 5000, "\n" * 20):
        assert len(await still.ask(user, text)) == 1
    assert {state for state, _ in await still.ends()} == {"answered"}


async def test_payloads_are_kept_as_they_came(still: Running) -> None:
    await still.shops.open()
    told = await still.line.user_says(still.central, still.friend(), ASK)
    await still.settle()
    assert json.loads((await still.events())[0].payload) == told.occurrence.event


@pytest.fixture
async def impatient(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """The product, which waits for nobody who only opens a question."""
    async with running(sqlite_url, tmp_path, timing=Timing(opener=timedelta(0))) as started:
        yield started


async def test_a_question_that_was_opened_is_answered_once_the_rest_is_there(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    await still.line.user_says(still.central, user, "請問一下")
    await still.until(lambda events: events[0].reason == AWAITS_MORE)
    # The clock stands still, so that nothing but the rest of the question can end the waiting.
    assert await still.ask(user, ASK) == [ANSWER]
    assert await still.ends() == [("answered", None)] * 2


async def test_who_opens_a_question_and_goes_on_otherwise_is_not_waited_for(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    opened = await still.line.user_says(still.central, user, "請問一下")
    await still.until(lambda events: events[0].reason == AWAITS_MORE)
    await still.line.user_sends(still.central, user, STICKER)
    assert await still.answers(opened) != []
    assert await still.ends() == [("answered", None)] * 2


@pytest.mark.parametrize("text", ["請問一下", "Excuse me...", "？", "   "])
async def test_who_only_opens_a_question_is_asked_for_it(impatient: Running, text: str) -> None:
    await impatient.shops.open()
    language = Language.EN if "Excuse" in text else Language.ZH_TW
    assert await impatient.ask(impatient.friend(), text) == [say("line.go_ahead", language)]
    assert not await impatient.rows(select(UnansweredCluster))


async def test_people_whom_line_does_not_name_have_nothing_in_common(
    still: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await still.shops.open()
    asked, line = questions_asked(monkeypatch), still.line
    said = [line.people.say(Where(still.central.channel_id, user.user_id), ASK) for user in map(still.friend, "甲乙")]
    for one in said:
        assert one is not None
        one.event["source"] = {"type": "user"}
    await line.deliver(*said)
    await still.settle()
    assert [question.text for question in asked] == [ASK, ASK]
    assert not any(question.history for question in asked)


async def test_a_lone_latin_word_is_answered_in_the_language_of_the_words_before(still: Running) -> None:
    await still.shops.open()
    chinese, english = still.friend(), still.friend()
    await still.ask(chinese, ASK)
    assert await still.ask(chinese, "OK") == [say("answer.acknowledged")]
    assert await still.ask(chinese, "thanks!") == [say("answer.thanks")]
    await still.ask(english, "what time do you close?")
    assert await still.ask(english, "OK") == [say("answer.acknowledged", Language.EN)]
    assert await still.ask(still.friend(), "thanks") == [say("answer.thanks", Language.EN)]
