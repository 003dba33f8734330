"""What a partner does with a bot, as its owner and its customers see it on LINE."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.models import (
    Broadcast,
    Contact,
    Conversation,
    Delivery,
    LateAnswer,
    StaffDialog,
    StaffNotice,
    WebhookDelivery,
)
from bot.texts import say
from handlers.line.asking import Asker, Finding, Inquiry
from handlers.line.commands import CommandName, command_text
from handlers.line.owner.watching import Watch
from tests.partner_api.bots.conftest import Street
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import buttons, tap
from tests.support.waiting import eventually


async def test_a_suspended_bot_rests_until_its_partner_resumes_it(street: Street) -> None:
    shop = street.desk.bot.store_name
    await street.desk.call("POST", "/pause")
    await eventually(lambda: street.pushes() == 1)
    assert "由您的服務商暫停服務" in street.seen_words(street.owner)
    assert await street.say(street.customer, ASK) == say("line.shop_suspended", shop=shop)
    for word in ("恢復", "暫停", "群發", ASK):
        assert "由您的服務商暫停服務" in await street.say(street.owner, word)
    assert await street.say(street.customer, ASK) == say("line.shop_suspended", shop=shop)
    await street.desk.call("POST", "/resume")
    assert await street.say(street.customer, ASK) == ANSWER
    assert "恢復服務" in street.seen_words(street.owner)


async def test_whoever_comes_to_a_suspended_bot_is_not_invited_to_ask(street: Street) -> None:
    running, shop = street.running, street.desk.bot.store_name
    await street.desk.call("POST", "/pause")
    rests = say("line.shop_suspended", shop=shop)
    entered = await street.say(street.customer, command_text(CommandName.ENTER_SHOP, street.desk.bot.shop_code))
    assert entered == "\n".join([say("line.shop_entered_resting", shop=shop), rests])
    await running.line.block(running.central, street.customer)
    told = await running.line.follow(running.central, street.customer)
    assert await running.answers(told) == ["\n".join([say("line.greeting_resting", shop=shop), rests])]


async def test_a_group_that_a_suspended_bot_comes_to_is_told_that_it_rests(street: Street) -> None:
    running, bot = street.running, street.desk.bot
    group = running.line.add_group("鄰居", [street.customer], channel=running.central)
    await street.desk.call("POST", "/pause")
    rests = say("line.shop_suspended", shop=bot.store_name)
    (entered,) = await running.ask(street.customer, f"@進店 {bot.shop_code}", group=group)
    assert entered == "\n".join([say("group.shop_entered", shop=bot.store_name, word=bot.store_name), rests])
    running.line.people.remove_account(group.group_id)
    invited = running.line.people.invite_account(running.central.channel_id, group.group_id)
    await running.line.deliver(invited)
    await running.settle()
    assert running.seen(group)[-1].endswith(rests)


async def test_the_menu_of_a_suspended_bot_says_so_and_offers_no_way_around(street: Street) -> None:
    await street.desk.call("POST", "/pause")
    assert "由您的服務商暫停服務" in await street.say(street.owner, "選單")
    labels = {str(one["label"]) for one in buttons(street.running, street.owner)}
    assert {say("menu.pause"), say("menu.resume"), say("menu.broadcast")}.isdisjoint(labels)
    assert say("menu.teach") in labels


async def test_an_owners_own_pause_outlasts_the_suspension(street: Street) -> None:
    await street.say(street.owner, "暫停 明天見")
    assert (await street.desk.call("POST", "/pause")).body["status"] == "suspended"
    assert await street.say(street.customer, ASK) == say("line.shop_suspended", shop=street.desk.bot.store_name)
    assert (await street.desk.call("POST", "/resume")).body["status"] == "paused"
    assert await street.say(street.customer, ASK) == "明天見"
    assert say("pause.still_paused") in street.seen_words(street.owner)


async def test_a_suspended_bot_asks_for_its_people_but_sends_no_summary(street: Street) -> None:
    await street.change(summary_hour=8, owner_pushes="all")
    await street.desk.call("POST", "/pause")
    await eventually(lambda: street.pushes() == 1)
    street.clock.advance(timedelta(minutes=5))
    assert (await street.say(street.customer, "找真人")).startswith("好的，我幫您留話")
    await Watch(street.running.database, street.running.shopkeeper._wake).look(street.clock.now())
    assert "summary" not in await street.desk.rows(select(StaffNotice.kind))


async def test_a_scheduled_broadcast_of_a_suspended_bot_is_not_sent(street: Street) -> None:
    broadcast_id = await scheduled(street, at=street.clock.now() + timedelta(hours=1))
    await street.desk.call("POST", "/pause")
    street.clock.advance(timedelta(hours=2))
    await eventually(lambda: stopped(street, broadcast_id, "suspended"))
    assert "multicast" not in {call.path.rsplit("/", 1)[-1] for call in street.running.line.platform.calls}


async def test_a_deleted_bot_answers_nobody_and_its_owner_is_told(street: Street) -> None:
    await street.say(street.customer, ASK)
    assert (await street.desk.call("DELETE")).status == 204
    await street.has_seen(street.owner, say("staff.given_up", shop=street.desk.bot.store_name))
    assert await street.desk.slots_used() == 0
    # One shop is left on the account, and so it is the one that answers there.
    other = await street.running.shops.open("第三家")
    answers = [await street.say(street.customer, text) for text in (ASK, f"@進店 {street.desk.bot.shop_code}")]
    assert ANSWER not in "".join(answers)
    assert "找不到店碼" in answers[1]
    assert await street.running.shops.owner_of(street.desk.bot) is None
    assert street.desk.bot.id not in await street.desk.rows(select(Contact.entered_bot_id))
    assert (await street.say(street.owner, "選單")) != ""
    assert other.is_active


async def test_a_code_of_a_deleted_bot_binds_nobody(street: Street) -> None:
    await street.desk.call("POST", "/release-owner")
    code = await street.code()
    await street.desk.call("DELETE")
    assert say("binding.code_used")[:6] in await street.say(street.owner, command_text(CommandName.CLAIM, code))
    assert await street.running.shops.owner_of(street.desk.bot) is None


async def test_whatever_was_under_way_ends_with_the_bot(street: Street) -> None:
    await scheduled(street, at=street.clock.now() + timedelta(hours=5))
    await street.say(street.customer, "找真人")
    await late_answer(street)
    await street.say(street.owner, "教學")
    await waiting_push(street)
    await street.desk.call("DELETE")
    await street.running.settle()
    assert await street.desk.rows(select(Broadcast.state)) == ["stopped"]
    assert set(await street.desk.rows(select(Conversation.state))) == {"bot"}
    assert await street.desk.rows(select(LateAnswer.state)) == ["dropped"]
    assert await street.desk.rows(select(StaffDialog.kind)) == []
    assert await street.desk.rows(select(StaffNotice.id).where(StaffNotice.told_at.is_(None))) == []
    errors = await street.desk.rows(select(Delivery.error).where(Delivery.error == "bot_gone"))
    assert errors == ["bot_gone"]
    before = street.pushes()
    street.clock.advance(timedelta(hours=6))
    await street.running.settle()
    assert street.pushes() == before


async def test_an_answer_that_was_fetched_is_not_shown_again_in_a_deleted_bots_name(street: Street) -> None:
    await street.say(street.customer, ASK)
    button = await late_answer(street)
    assert await street.tap(street.customer, button) == ANSWER
    await street.desk.call("DELETE")
    assert await street.tap(street.customer, button) == say("line.old_button")


async def test_a_late_answer_waits_for_the_end_of_a_suspension(street: Street) -> None:
    await street.say(street.customer, ASK)
    button = await late_answer(street)
    await street.desk.call("POST", "/pause")
    rests = say("line.shop_suspended", shop=street.desk.bot.store_name)
    assert await street.tap(street.customer, button) == rests
    assert await street.tap(street.customer, "of:another:version") == "\n".join([say("line.old_button"), rests])
    await street.desk.call("POST", "/resume")
    assert await street.tap(street.customer, button) == ANSWER


async def test_a_released_bot_is_bound_by_another_with_a_new_code(street: Street) -> None:
    released = await street.desk.token_call("POST", "/release-owner")
    assert released.body["owner"]["bound"] is False
    await street.has_seen(street.owner, say("staff.released_by_provider", shop=street.desk.bot.store_name))
    successor = street.running.friend("新店長")
    await street.say(successor, command_text(CommandName.CLAIM, await street.code()))
    assert await street.running.shops.owner_of(street.desk.bot) == successor.user_id
    assert (await street.desk.call("GET")).body["owner"]["bound"] is True


@pytest.mark.parametrize(
    ("verb", "told"),
    [(("POST", "/release-owner"), "staff.helper_without_owner"), (("DELETE", ""), "staff.helper_given_up")],
)
async def test_helpers_are_told_what_their_provider_did(street: Street, verb: tuple[str, str], told: str) -> None:
    helper = street.running.friend("店員")
    await street.running.shops.help(street.desk.bot, helper)
    await street.desk.call(*verb)
    await street.has_seen(helper, say(told, shop=street.desk.bot.store_name))


async def test_a_partner_is_told_once_of_each_change_in_line(street: Street) -> None:
    await street.desk.client.call(
        "PUT", "/v1/webhooks/events", key=street.desk.key, json={"url": "https://partner.com/e"}
    )
    for word in ("轉讓", say("staff.transfer_yes"), say("staff.transfer_really_yes")):
        await (street.say(street.owner, word) if word == "轉讓" else tap(street.running, street.owner, word))
    code = street.running.seen(street.owner)[-1]
    assert "交接完成" in await street.say(street.customer, code)
    assert "使用過" in await street.say(street.running.friend("路人"), code)
    await street.say(street.customer, command_text(CommandName.RELEASE))
    for word in ("binding.release_yes", "binding.release_really_yes"):
        await tap(street.running, street.customer, say(word))
    told = await street.desk.rows(select(WebhookDelivery.event).order_by(WebhookDelivery.created_at))
    assert told == ["bot.owner_transferred", "bot.owner_released"]


async def test_the_figures_count_customers_and_not_the_shops_people(street: Street) -> None:
    for text in ("可以帶大象來嗎？", ASK, "你好"):
        await street.say(street.customer, text)
    await street.say(street.customer, "找真人")
    await street.say(street.owner, ASK)
    found = (await street.desk.call("GET", "/statistics")).body
    assert found["contacts"] == {"active": 1, "new_conversations": 2}
    assert found["messages"] == {"received": 4, "sent_by_bot": 4, "sent_by_staff": 0}
    assert found["answers"] == {"from_knowledge": 1, "other": 1, "not_known": 1, "failed": 0}
    assert found["hand_overs"] == {"requested": 1, "conversations": 0}
    assert [one["text"] for one in found["unanswered"]["top"]] == ["可以帶大象來嗎？"]
    assert found["days"][-1] == {
        "date": "2026-01-01", "received": 4, "sent_by_bot": 4, "sent_by_staff": 0, "active_contacts": 1,
    }  # fmt: skip
    assert found["sent"]["free_replies"] >= 6


async def scheduled(street: Street, *, at: Any) -> int:
    """A broadcast that is to be sent then."""
    bot = street.desk.bot
    row = Broadcast(
        tenant_id=bot.tenant_id, bot_id=bot.id, channel_id=bot.channel_id, messages=[{"type": "text", "text": "群發"}],
        state="scheduled", scheduled_at=at, due_at=at, created_at=street.clock.now(), recipients=1,
    )  # fmt: skip
    async with street.running.database.unit_of_work() as session:
        session.add(row)
    return row.id


async def stopped(street: Street, broadcast_id: int, reason: str) -> bool:
    rows = await street.desk.rows(select(Broadcast.reason).where(Broadcast.id == broadcast_id))
    return rows == [reason]


async def late_answer(street: Street) -> str:
    """An answer that its customer hasn't fetched; what their button sends."""
    bot, now, answer_id = street.desk.bot, street.clock.now(), uuid.uuid4()
    async with street.running.database.unit_of_work() as session:
        conversation = await session.scalar(select(Conversation).where(Conversation.bot_id == bot.id))
        assert conversation is not None
        event = (await street.running.events())[0]
        session.add(
            LateAnswer(
                id=answer_id,
                tenant_id=bot.tenant_id,
                bot_id=bot.id,
                contact_id=conversation.contact_id,
                conversation_id=conversation.id,
                event_id=event.id,
                state="ready",
                language="zh-TW",
                question=ASK,
                answer=ANSWER,
                messages=[{"type": "text", "text": ANSWER}],
                created_at=now,
                ready_at=now,
            )
        )
    return f"answer:{answer_id.hex}"


async def waiting_push(street: Street) -> None:
    """A message that is to be pushed in an hour."""
    bot, now = street.desk.bot, street.clock.now()
    async with street.running.database.unit_of_work() as session:
        session.add(
            Delivery(
                channel_id=bot.channel_id,
                bot_id=bot.id,
                lane="out:tests",
                kind="push",
                messages=[],
                reply_token="",
                state="planned",
                fence=0,
                to_id=street.customer.user_id,
                due_at=now + timedelta(hours=1),
                created_at=now,
                updated_at=now,
            )
        )


async def test_an_answer_that_was_being_made_is_not_given_in_a_deleted_bots_name(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asker.ask

    async def ask_and_delete(self: Asker, inquiry: Inquiry) -> Finding:
        finding = await ask(self, inquiry)
        await street.desk.call("DELETE")
        return finding

    monkeypatch.setattr(Asker, "ask", ask_and_delete)
    await street.running.shops.open("第三家")
    assert await street.say(street.customer, ASK) == say("line.no_shop_yet")


async def test_an_account_of_its_own_is_silent_once_its_bot_is_deleted(street: Street) -> None:
    account = await street.running.own_channel(street.desk.bot)
    guest = street.running.friend("客人", of=account)
    assert await street.running.ask(guest, ASK, channel=account) == [ANSWER]
    await street.desk.call("DELETE")
    assert await street.running.ask(guest, ASK, channel=account) == []
    assert (await street.running.ends())[-1] == ("silent", "no_bot")
