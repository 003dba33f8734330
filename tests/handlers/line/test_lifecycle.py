from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.line.delivery import Purpose
from bot.line.messages import TextMessage
from bot.line.simulator import FaultMode, Told, User, Where
from bot.models import Contact, Delivery, Message, UnansweredCluster, UnansweredQuestion
from bot.texts import Language, say
from handlers.line.pushing import NoRoom, send_to
from handlers.line.unsending import without_text
from tests.support.running import Running
from tests.support.tapping import buttons

SECRET = "我的電話是 0912345678，幾點打烊？"


async def contact(running: Running) -> Contact:
    [found] = await running.rows(select(Contact))
    assert isinstance(found, Contact)
    return found


async def test_a_new_friend_is_greeted_in_the_shops_name(live: Running) -> None:
    bot = await live.shops.open()
    told = await live.line.follow(live.central, live.line.add_user())
    assert await live.answers(told) == [say("line.greeting", shop=bot.store_name)]
    assert (await contact(live)).followed_at is not None


async def test_a_new_friend_of_many_shops_is_told_how_to_enter_one(still: Running) -> None:
    for name in ("甲店", "乙店"):
        await still.shops.open(name)
    told = await still.line.follow(still.central, still.line.add_user())
    assert await still.answers(told) == [say("line.greeting_no_shop")]


async def test_who_blocks_and_comes_back_is_welcomed_again(still: Running) -> None:
    bot, user = await still.shops.open(), still.line.add_user()
    await still.line.follow(still.central, user)
    blocked = await still.line.block(still.central, user)
    assert await still.answers(blocked) == []
    assert (await contact(still)).unfollowed_at is not None
    again = await still.line.follow(still.central, user)
    assert await still.answers(again) == [say("line.greeting_again", shop=bot.store_name)]
    assert (await contact(still)).unfollowed_at is None


async def test_a_group_is_told_once_how_to_call_the_bot(still: Running) -> None:
    bot, user = await still.shops.open(), still.friend()
    group = still.line.add_group("住戶群", [user])
    [joined] = await still.line.deliver(still.line.people.invite_account(still.central.channel_id, group.group_id))
    assert joined.accepted
    await still.settle()
    assert still.seen(group) == [say("group.joined", shop=bot.store_name, word=bot.store_name)]


async def test_a_group_of_many_shops_is_told_how_to_choose_one(still: Running) -> None:
    for name in ("甲店", "乙店"):
        await still.shops.open(name)
    group = still.line.add_group("住戶群", [still.friend()])
    await still.line.deliver(still.line.people.invite_account(still.central.channel_id, group.group_id))
    await still.settle()
    assert still.seen(group) == [say("group.choose_shop")]


# Unsending


async def test_an_unsent_message_is_blank_wherever_it_was_kept(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    said = await live.line.user_says(live.central, user, SECRET)
    await live.settle()
    await live.line.unsend(said)
    await live.settle()
    question, _answer = await live.rows(select(Message).order_by(Message.id))
    assert (question.text, question.unsent_at is not None) == ("", True)
    assert all("0912345678" not in event.payload for event in await live.events())
    assert [delivery.messages for delivery in await live.rows(select(Delivery))] == [[]]
    assert await live.ends() == [("answered", None), ("silent", "unsent")]


async def test_an_unsent_question_is_not_gathered_any_more(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    said = await live.line.user_says(live.central, user, "可以帶大象來住嗎？")
    await live.settle()
    assert len(await live.rows(select(UnansweredQuestion))) == 1
    await live.line.unsend(said)
    await live.settle()
    assert {question.text for question in await live.rows(select(UnansweredQuestion))} <= {""}
    assert await live.rows(select(UnansweredCluster)) == []


async def test_an_unsent_question_is_no_history_for_the_next(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    said = await still.line.user_says(still.central, user, SECRET)
    await still.settle()
    await still.line.unsend(said)
    await still.ask(user, "謝謝")
    texts = [message.text for message in await still.rows(select(Message).order_by(Message.id))]
    assert texts[0] == ""
    assert "謝謝" in texts


async def test_a_question_that_is_taken_back_before_its_answer_gets_none(live: Running) -> None:
    await live.shops.open()
    user = live.friend()
    said, taken_back = unsent_at_once(live, user)
    await live.line.deliver(said.occurrence, taken_back.occurrence)
    await live.settle()
    assert live.seen(user) == []
    assert await live.ends() == [("silent", "unsent"), ("silent", "unsent")]
    assert await live.rows(select(Message)) == []
    assert all("0912345678" not in event.payload for event in await live.events())


def unsent_at_once(running: Running, user: User) -> tuple[Told, Told]:
    """A message and its unsending that LINE tells of in one webhook."""
    people = running.line.people
    said = people.say(Where(running.central.channel_id, user.user_id, user.user_id), SECRET)
    assert said is not None
    assert said.message is not None
    taken_back = people.unsend(said.message.message_id)
    assert taken_back is not None
    return Told(said, ()), Told(taken_back, ())


@pytest.mark.parametrize("message_id", ["404404", None])
async def test_an_unsend_of_nothing_known_changes_nothing(still: Running, message_id: str | None) -> None:
    await still.shops.open()
    user = still.friend()
    source = {"type": "user", "userId": user.user_id}
    event = {"type": "unsend", "mode": "active", "source": source, "unsend": {"messageId": message_id}}
    await still.line.deliver(still.line.people.raw(still.central.channel_id, event))
    await still.settle()
    [(state, reason)] = await still.ends()
    assert (state, str(reason).startswith("unsend_of_")) == ("silent", True)


async def test_an_unsend_on_one_channel_touches_no_other(still: Running) -> None:
    channel = await still.own_channel(await still.shops.open())
    await still.shops.open("別家")
    said = await still.line.user_says(still.central, still.friend(), SECRET)
    await still.settle()
    forged = {
        "type": "unsend",
        "mode": "active",
        "source": {"type": "user", "userId": "U9"},
        "unsend": {"messageId": said.message_id},
    }
    await still.line.deliver(still.line.people.raw(channel.channel_id, forged))
    await still.settle()
    assert "0912345678" in (await still.events())[0].payload


def test_what_is_left_of_a_message_is_its_id_and_type() -> None:
    payload = {"type": "message", "message": {"id": "1", "type": "text", "text": "秘密", "mention": {}}, "mode": "x"}
    left = json.loads(without_text(json.dumps(payload)))
    assert left == {"type": "message", "message": {"id": "1", "type": "text"}, "mode": "x"}


@given(value=st.recursive(st.none() | st.text() | st.integers(), st.lists), text=st.text())
def test_nothing_unreadable_survives_either(value: object, text: str) -> None:
    assert without_text(json.dumps({"message": value})) == "{}"
    assert without_text(json.dumps(value)) == "{}"
    assert without_text(text + "秘密{") == "{}"


# Following, and what else happens without a word


async def test_a_new_friend_is_offered_what_others_ask(still: Running) -> None:
    await still.shops.open(entries={"你們幾點打烊？": "晚上 9 點。", "可以帶寵物嗎？": "可以喔。"})
    user = still.line.add_user("小美")
    await still.line.follow(still.central, user)
    await still.settle()
    assert [button["label"] for button in buttons(still, user)] == ["你們幾點打烊？", "可以帶寵物嗎？"]
    assert (await contact(still)).display_name == "小美"


async def test_a_new_friend_with_an_english_phone_is_greeted_in_english(still: Running) -> None:
    bot = await still.shops.open()
    user = still.line.add_user("Amy")
    user.language = "en-US"
    told = await still.line.follow(still.central, user)
    assert await still.answers(told) == [say("line.greeting", Language.EN, shop=bot.store_name)]


async def test_that_line_tells_nothing_of_a_friend_costs_no_greeting(still: Running) -> None:
    bot = await still.shops.open()
    still.line.fail(FaultMode.STATUS, endpoint="profile", status=500, times=None)
    told = await still.line.follow(still.central, still.line.add_user())
    assert await still.answers(told) == [say("line.greeting", shop=bot.store_name)]


async def test_nothing_is_pushed_to_who_blocked_the_account(still: Running) -> None:
    bot, user = await still.shops.open(), still.friend()
    await still.ask(user, "你好")
    await still.line.block(still.central, user)
    await still.settle()
    async with still.database.unit_of_work() as session:
        now = still.shopkeeper.ports.clock.now()
        sent = await send_to(session, bot, user.user_id, [TextMessage("嗨")], purpose=Purpose.NOTICE, now=now)
    assert sent is NoRoom.GONE


EVENT_ENDS: list[tuple[dict[str, Any], tuple[str, str | None]]] = [
    ({"type": "membership", "membership": {"type": "renewed"}}, ("silent", "membership_renewed")),
    ({"type": "membership", "membership": {"type": "gifted"}}, ("silent", "membership_other")),
    ({"type": "beacon", "beacon": {"type": "stay"}}, ("silent", "beacon_stay")),
    ({"type": "accountLink", "link": {"result": "failed", "nonce": "n"}}, ("silent", "account_link_failed")),
    ({"type": "accountLink", "link": {"result": "ok", "nonce": "n"}}, ("silent", "no_reply_token")),
    ({"type": "module"}, ("silent", "module_event")),
    ({"type": "activated"}, ("silent", "module_event")),
    ({"type": "botSuspended"}, ("silent", "module_event")),
    ({"type": "delivery"}, ("silent", "delivery_report")),
    ({"type": "somethingOf2031"}, ("silent", "unknown_type")),
]


async def test_each_event_ends_with_a_telling_reason_whoever_it_is_of(still: Running) -> None:
    await still.shops.open()
    sources: list[dict[str, Any]] = [{"source": {"type": "user", "userId": "U1"}}, {"source": {"type": "user"}}, {}]
    events = [{**event, **source, "mode": "active"} for event, _ in EVENT_ENDS for source in sources]
    await still.line.deliver(*(still.line.people.raw(still.central.channel_id, event) for event in events))
    await still.settle()
    assert await still.ends() == [end for _, end in EVENT_ENDS for _ in sources]
