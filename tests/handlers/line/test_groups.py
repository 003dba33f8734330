from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.line.simulator import FaultMode, Group, User
from bot.models import Bot, Contact, Message, StaffNotice
from bot.texts import Language, say
from handlers.line.commands import CommandName, command_text
from tests.support.engine import questions_asked
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import buttons, tap

CALLED = f"巷口咖啡 {ASK}"


async def shop_in_group(running: Running) -> tuple[Bot, User, Group]:
    bot, user = await running.shops.open(), running.friend()
    return bot, user, running.line.add_group("住戶群", [user], channel=running.central)


async def row_of(running: Running, group: Group) -> Contact:
    [row] = await running.rows(select(Contact).where(Contact.source_id == group.group_id))
    assert isinstance(row, Contact)
    return row


async def welcomes(running: Running, bot: Bot, group: Group) -> None:
    """Let newcomers be welcomed, as the owner's button does."""
    from_owner = running.friend("老闆")
    await running.shops.own(bot, from_owner)
    contact = await row_of(running, group)
    await running.line.user_taps(running.central, from_owner, f"o:group:{bot.id.hex}:{contact.id}:welcome")
    await running.settle()


async def joins(running: Running, group: Group, name: str) -> None:
    joined = running.line.people.join_group(group.group_id, running.line.add_user(name).user_id)
    await running.line.deliver(joined)
    await running.settle()


# Who is answered


async def test_the_bot_is_silent_in_a_group_until_it_is_called(live: Running) -> None:
    _bot, user, group = await shop_in_group(live)
    assert await live.ask(user, ASK, group=group) == []
    assert await live.ask(user, CALLED, group=group) == [ANSWER]
    assert [reason for _, reason in await live.ends()] == ["not_called", None]
    texts = await live.rows(select(Message.text).where(Message.direction == "in"))
    assert texts == [ASK]


@pytest.mark.parametrize("text", [f"@巷口咖啡 {ASK}", f"＠巷口咖啡　{ASK}", f"小幫手，{ASK}", f"＠店家總機 {ASK}"])
async def test_it_is_called_by_names_in_any_width(still: Running, text: str) -> None:
    bot, user, group = await shop_in_group(still)
    async with still.database.unit_of_work() as session:
        (await session.get_one(Bot, bot.id)).trigger_word = "小幫手"
    assert await still.ask(user, text, group=group) == [ANSWER]


async def test_a_mention_calls_it_and_one_of_everybody_does_not(still: Running) -> None:
    _bot, user, group = await shop_in_group(still)
    mine = still.central.bot_user_id
    assert await still.ask(user, f"@店家總機 {ASK}", group=group, mentions=[mine]) == [ANSWER]
    assert await still.ask(user, f"@All {ASK}", group=group, mentions=["all"]) == []


async def test_quoting_what_it_said_calls_it(still: Running) -> None:
    _bot, user, group = await shop_in_group(still)
    said = await still.line.user_says(still.central, user, CALLED, group=group)
    await still.settle()
    [answer] = still.line.answers_to(said)
    assert await still.ask(user, ASK, group=group, quoted_message_id=answer.message_id) == [ANSWER]
    assert await still.ask(user, ASK, group=group, quoted_message_id=said.message_id) == []


async def test_a_bare_call_is_answered_with_how_to_ask(still: Running) -> None:
    bot, user, group = await shop_in_group(still)
    assert await still.ask(user, "巷口咖啡", group=group) == [say("group.call", word=bot.store_name)]


@pytest.mark.parametrize(
    "source", [{"type": "group", "groupId": "C" + "1" * 32}, {"type": "room", "roomId": "R" + "1" * 32}]
)
async def test_a_call_without_a_user_id_is_answered(still: Running, source: dict[str, Any]) -> None:
    await still.shops.open()
    channel = still.central.channel_id
    chat = str(source.get("groupId") or source.get("roomId"))
    token = still.line.platform.new_reply_token(channel, chat, event_id="e1")
    message = {"id": "1", "type": "text", "text": CALLED}
    event = {"type": "message", "mode": "active", "replyToken": token, "source": source, "message": message}
    await still.line.deliver(still.line.people.raw(channel, {**event, "webhookEventId": "e1"}))
    await still.settle()
    assert await still.ends() == [("answered", None)]


async def test_a_group_sees_no_loading_animation(still: Running) -> None:
    _bot, user, group = await shop_in_group(still)
    await still.ask(user, CALLED, group=group)
    assert [call.path for call in still.line.platform.calls if "loading" in call.path] == []


@pytest.mark.parametrize("kind", ["sticker", "image"])
async def test_pictures_in_a_group_are_let_pass(still: Running, kind: str) -> None:
    _bot, user, group = await shop_in_group(still)
    told = await still.line.user_sends(still.central, user, {"type": kind}, group=group)
    assert await still.answers(told) == []
    assert await still.ends() == [("silent", "not_called")]


async def test_what_a_group_is_offered_calls_the_bot_when_it_is_tapped(still: Running) -> None:
    _bot, user, group = await shop_in_group(still)
    await still.ask(user, "巷口咖啡 你好", group=group)
    [offered] = buttons(still, group)
    assert offered["label"] == ASK
    assert await still.ask(user, offered["text"], group=group) == [ANSWER]


# What stays private


async def test_nothing_from_a_private_chat_shows_in_a_group(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    _bot, user, group = await shop_in_group(still)
    asked = questions_asked(monkeypatch)
    await still.ask(user, "我的電話是 0912345678")
    await still.ask(user, CALLED, group=group)
    await still.ask(user, "那早上呢？")
    assert [len(question.history) for question in asked] == [0, 0, 2]
    assert all("0912345678" not in text for text in still.seen(group))


async def test_what_waits_to_be_told_in_private_is_not_told_in_a_group(still: Running) -> None:
    bot, user, group = await shop_in_group(still)
    owner = still.friend("老闆")
    await still.shops.own(bot, owner)
    group.members.append(owner.user_id)
    await still.ask(user, "可以帶大象來嗎？")
    await still.ask(user, "找真人")
    await still.ask(owner, "待回答")
    await tap(still, owner, "回答")
    await still.ask(owner, "抱歉，不行喔。")
    async with still.database.unit_of_work() as session:
        notice = {"kind": "staff", "key": "k", "text": "祕密", "created_at": bot.created_at}
        session.add(StaffNotice(tenant_id=bot.tenant_id, bot_id=bot.id, **notice))
    for person in (user, owner):
        assert await still.ask(person, CALLED, group=group) == [ANSWER]


@pytest.mark.parametrize("text", ["店員", "群組", "轉讓", "待回答", "選單"])
async def test_the_owners_words_mean_nothing_in_a_group(still: Running, text: str) -> None:
    bot, owner, group = await shop_in_group(still)
    await still.shops.own(bot, owner)
    assert await still.ask(owner, text, group=group) == []


async def test_commands_of_the_shops_people_are_pointed_out_once_a_day(still: Running, clock: ManualClock) -> None:
    _bot, user, group = await shop_in_group(still)
    said = [await still.ask(user, command_text(name), group=group) for name in (CommandName.CLAIM, CommandName.RELEASE)]
    assert said == [[say("binding.only_in_private")], []]
    clock.advance(timedelta(hours=24))
    assert await still.ask(user, "@我是店員", group=group) == [say("binding.only_in_private")]


async def test_a_desk_button_does_nothing_in_a_group(still: Running) -> None:
    bot, owner, group = await shop_in_group(still)
    await still.shops.own(bot, owner)
    for data in (f"o:helpers:{bot.id.hex}", f"release:{bot.id}", f"release_now:{bot.id}:1", "some=thing&else=1"):
        assert await still.answers(await still.line.user_taps(still.central, owner, data, group=group)) == []
    assert {state for state, _ in await still.ends()} == {"silent"}


# Comings and goings


async def test_a_group_is_remembered_by_its_name_and_greeted_once(live: Running) -> None:
    bot, user = await live.shops.open(), live.friend()
    group = live.line.add_group("住戶群", [user])
    await live.line.deliver(live.line.people.invite_account(live.central.channel_id, group.group_id), copies=2)
    await live.settle()
    assert live.seen(group) == [say("group.joined", shop=bot.store_name, word=bot.store_name)]
    assert (await row_of(live, group)).display_name == "住戶群"


async def test_that_line_tells_no_name_costs_no_greeting(still: Running) -> None:
    await still.shops.open()
    group = still.line.add_group("住戶群", [still.friend()])
    still.line.fail(FaultMode.STATUS, endpoint="group_summary", status=500, times=None)
    await still.line.deliver(still.line.people.invite_account(still.central.channel_id, group.group_id))
    await still.settle()
    assert len(still.seen(group)) == 1


async def test_who_removes_the_account_hears_nothing_more_and_may_invite_it_again(still: Running) -> None:
    _bot, user, group = await shop_in_group(still)
    await still.ask(user, CALLED, group=group)
    await still.line.deliver(still.line.people.remove_account(group.group_id))
    await still.settle()
    assert (await row_of(still, group)).left_at is not None
    await still.line.deliver(still.line.people.invite_account(still.central.channel_id, group.group_id))
    await still.settle()
    assert (await row_of(still, group)).left_at is None
    assert [reason for _, reason in await still.ends()] == [None, "left", None]


async def test_newcomers_are_welcomed_where_the_owner_wants_it_and_not_one_by_one(
    still: Running, clock: ManualClock
) -> None:
    bot, user, group = await shop_in_group(still)
    await still.ask(user, "大家好", group=group)
    await joins(still, group, "甲")
    assert still.seen(group) == []
    await welcomes(still, bot, group)
    for name in ("乙", "丙"):
        await joins(still, group, name)
    clock.advance(timedelta(minutes=10))
    await joins(still, group, "丁")
    assert still.seen(group) == [say("group.welcome", shop=bot.store_name, word=bot.store_name)] * 2
    assert [reason for _, reason in await still.ends()][-2:] == ["welcomed_already", None]


async def test_a_group_that_is_switched_off_hears_nothing(still: Running) -> None:
    bot, user, group = await shop_in_group(still)
    await welcomes_nothing(still, bot, user, group)
    said = [await still.ask(user, text, group=group) for text in (CALLED, "@我是店長", f"@進店 {bot.shop_code}")]
    await joins(still, group, "甲")
    assert said == [[], [], []]
    assert {reason for _, reason in (await still.ends())[2:]} == {"muted", "member_joined"}


async def welcomes_nothing(running: Running, bot: Bot, user: User, group: Group) -> None:
    await running.ask(user, "大家好", group=group)
    owner = running.friend("老闆")
    await running.shops.own(bot, owner)
    contact = await row_of(running, group)
    await running.line.user_taps(running.central, owner, f"o:group:{bot.id.hex}:{contact.id}:off")
    await running.settle()


# On the channel that shops share


async def test_a_group_chooses_its_shop_and_keeps_it_apart_from_its_members(still: Running) -> None:
    closing = {"甲店": "我們每天晚上 8 點打烊。", "乙店": "我們每天晚上 9 點打烊。"}
    bots = [await still.shops.open(name, entries={ASK: answer}) for name, answer in closing.items()]
    user = still.friend()
    group = still.line.add_group("住戶群", [user], channel=still.central)
    await still.ask(user, f"@進店 {bots[0].shop_code}")
    assert await still.ask(user, f"@店家總機 {ASK}", group=group) == []
    said = await still.ask(user, f"@進店 {bots[1].shop_code}", group=group)
    assert said == [say("group.shop_entered", shop="乙店", word="乙店")]
    assert await still.ask(user, f"@店家總機 {ASK}", group=group) == [closing["乙店"]]
    assert await still.ask(user, ASK) == [closing["甲店"]]


async def test_the_owner_sets_the_language_of_a_group(still: Running) -> None:
    bot, user, group = await shop_in_group(still)
    await still.ask(user, CALLED, group=group)
    owner = still.friend("老闆")
    await still.shops.own(bot, owner)
    contact = await row_of(still, group)
    await still.line.user_taps(still.central, owner, f"o:group:{bot.id.hex}:{contact.id}:language:en")
    assert await still.ask(user, "巷口咖啡", group=group) == [say("group.call", Language.EN, word=bot.store_name)]
