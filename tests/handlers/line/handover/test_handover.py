"""A customer asks for a person, somebody takes over, and both talk as if the bot weren't there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.line.simulator import FaultMode
from bot.models import Delivery, Message
from bot.texts import say
from handlers.line.handover import asks_for_person
from handlers.line.opening import Opening, changed, read_week
from tests.handlers.line.handover.conftest import Counter, taken
from tests.support.waiting import eventually

ASK, ANSWER = "找真人", "我們每天晚上 9 點打烊。"
STICKER = {"type": "sticker", "packageId": "1", "stickerId": "2", "keywords": ["OK"]}


@pytest.mark.parametrize(
    "text", ["找真人", "我要找真人！", "請幫我轉真人", "有客服嗎？", "真人客服", "Talk to a person", "live agent"]
)
def test_people_ask_for_a_person_in_many_words(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", ["真人秀幾點播", "你們客服電話幾號", "找真人密室逃脫", "human rights"])
def test_not_every_word_about_people_asks_for_one(text: str) -> None:
    assert not asks_for_person(text)


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


async def test_a_shop_that_rests_is_told_of_who_asks_for_a_person(counter: Counter) -> None:
    await counter.change_bot(paused_at=counter.running.now())
    await counter.say(counter.customer, ASK)
    assert counter.last(counter.customer) == say("handover.asked_resting", shop="巷口咖啡")
    await counter.has_seen(counter.owner, "小美 想找真人")


async def test_outside_business_hours_the_customer_hears_when_somebody_will_be_there(counter: Counter) -> None:
    hours = changed(Opening(), read_week("每天 10:00-18:00") or {})
    await counter.change_bot(opening=hours.to_json())
    await counter.say(counter.customer, ASK)
    later, when = counter.last(counter.customer).split("\n")
    assert (later, "今天 10:00 才會有人在" in when) == (say("handover.asked_later", shop="巷口咖啡"), True)


async def test_a_shop_without_anybody_does_not_promise_a_person(counter: Counter) -> None:
    await counter.nobody_owns_it()
    await counter.say(counter.customer, ASK)
    assert counter.last(counter.customer) == say("answer.human", shop="巷口咖啡")
    assert (await counter.conversation()).state == "bot"


async def test_who_waits_still_gets_answers_from_the_bot_and_asks_once(counter: Counter) -> None:
    await counter.say(counter.customer, ASK)
    await counter.say(counter.customer, "你們幾點打烊？")
    assert counter.last(counter.customer) == ANSWER
    await counter.say(counter.customer, ASK)
    assert counter.last(counter.customer) == say("handover.still_waiting")
    assert len(await counter.notices()) == 1


async def test_a_group_is_told_to_ask_in_private(counter: Counter) -> None:
    line = counter.running.line
    group = line.add_group("同學會", [counter.customer], channel=counter.running.central)
    await line.user_says(counter.running.central, counter.customer, "巷口咖啡 找真人", group=group)
    await counter.running.settle()
    assert counter.running.seen(group)[-1] == say("handover.not_in_group")


async def test_what_both_say_goes_to_the_other_for_free_and_the_bot_is_silent(counter: Counter) -> None:
    await taken(counter)
    pushed = counter.pushes()
    await counter.say(counter.customer, "你們幾點打烊？")
    await counter.has_seen(counter.owner, "小美：你們幾點打烊？")
    await counter.say(counter.owner, "您好，九點喔")
    await counter.has_seen(counter.customer, "您好，九點喔")
    await counter.say(counter.customer, "謝謝")
    await counter.has_seen(counter.owner, "小美：謝謝")
    # Only the first of these had no token of the owner's to go out on.
    assert counter.pushes() == pushed + 1
    assert [message.author for message in await counter.said_out()][-1] == "staff"


async def test_stickers_and_pictures_are_told_of(counter: Counter) -> None:
    await taken(counter)
    await counter.running.line.user_sends(counter.running.central, counter.customer, STICKER)
    await counter.has_seen(counter.owner, "小美：（傳了貼圖：OK）")


async def test_what_is_typed_in_a_row_is_relayed_in_one_message(counter: Counter) -> None:
    await taken(counter)
    line, central = counter.running.line, counter.running.central
    line.hold(central)
    for text in ("一", "二", "三"):
        await line.user_says(central, counter.customer, text)
    await line.release(central, batch_size=3)
    await counter.has_seen(counter.owner, "小美：\n一\n二\n三")
    await counter.running.settle()
    assert sum("小美：" in text and "二" in text for text in counter.seen(counter.owner)) == 1


async def test_giving_back_lets_the_bot_answer_and_the_customer_is_told(counter: Counter) -> None:
    await taken(counter)
    await counter.say(counter.owner, "交還")
    assert counter.last(counter.owner) == say("handover.given_back", name="小美")
    counter.later(minutes=5)
    await counter.say(counter.customer, "你們幾點打烊？")
    assert counter.seen(counter.customer)[-2:] == [say("handover.back"), ANSWER]
    await counter.say(counter.customer, "你們幾點打烊？")
    assert counter.seen(counter.customer)[-2:] == [ANSWER, ANSWER]


@pytest.mark.parametrize("rest", ["paused_at", "suspended_at"])
async def test_a_bot_that_rests_does_not_say_that_it_answers_from_here(counter: Counter, rest: str) -> None:
    await taken(counter)
    await counter.change_bot(**{rest: counter.running.now()})
    await counter.say(counter.customer, "好的，謝謝")
    await counter.say(counter.owner, "交還")
    words = "\n".join(
        [say("handover.person_left"), say("line.shop_" + rest.removesuffix("_at"), shop=counter.bot.store_name)]
    )
    await counter.has_seen(counter.customer, words)


async def test_a_person_who_is_gone_gives_back_by_themselves(counter: Counter) -> None:
    await taken(counter)
    counter.later(hours=1)
    await counter.say(counter.customer, "還在嗎")
    counter.later(hours=1, minutes=30)
    await counter.say(counter.customer, "有人嗎？")
    assert (await counter.conversation()).state == "person"
    counter.later(hours=2, minutes=1)
    await counter.say(counter.customer, "你們幾點打烊？")
    assert counter.seen(counter.customer)[-2:] == [say("handover.back"), ANSWER]
    await counter.say(counter.owner, "好的")
    assert "沒有傳出去" in counter.last(counter.owner)


async def test_a_persons_never_mind_is_for_the_customer(counter: Counter) -> None:
    await taken(counter)
    await counter.say(counter.owner, "選單")
    assert "選單" not in counter.seen(counter.customer)
    await counter.say(counter.owner, "不用了")
    await counter.has_seen(counter.customer, "不用了")
    assert (await counter.conversation()).state == "person"


async def test_words_that_may_not_be_pushed_are_said_not_to_have_arrived(counter: Counter) -> None:
    await counter.say(counter.customer, "我的電話是 0912-345-678")
    await taken(counter)
    await counter.quota(left=0)
    counter.later(minutes=2)
    await counter.say(counter.owner, "您好")
    assert "沒有送到「小美」" in counter.last(counter.owner)
    assert "0912-345-678" in counter.last(counter.owner)
    assert "您好" not in counter.seen(counter.customer)


async def test_a_customers_words_that_could_not_be_relayed_come_with_the_owners_next_word(counter: Counter) -> None:
    await taken(counter)
    await counter.quota(left=0)
    counter.later(minutes=2)
    await counter.say(counter.customer, "請問有位子嗎")
    assert "請問有位子嗎" not in "".join(counter.seen(counter.owner))
    await counter.say(counter.owner, "您好")
    assert "請問有位子嗎" in counter.last(counter.owner)
    await counter.has_seen(counter.customer, "您好")
    await counter.say(counter.owner, "還有位子")
    assert sum("請問有位子嗎" in text for text in counter.seen(counter.owner)) == 1


async def test_a_push_that_line_refuses_is_told_to_the_owner(counter: Counter) -> None:
    await taken(counter)
    counter.later(minutes=2)
    counter.running.line.fail(FaultMode.STATUS, endpoint="push", status=429, times=None, message="monthly limit")
    await counter.say(counter.owner, "您好")
    await eventually(counter.has_relay_notice)
    counter.running.line.faults.clear()
    await counter.say(counter.owner, "交還")
    await counter.has_seen(counter.owner, "這句話沒有送到")


async def test_words_taken_back_before_they_were_relayed_are_not_relayed(counter: Counter) -> None:
    await taken(counter)
    counter.running.line.fail(FaultMode.STATUS, endpoint="push", status=429, times=None, retry_after=3600)
    counter.later(minutes=2)
    said = await counter.running.line.user_says(counter.running.central, counter.customer, "我的密碼是 1234")
    await counter.running.settle()
    await counter.running.line.unsend(said)
    await counter.running.settle()
    kept = [str(row.messages) for row in await counter.running.rows(select(Delivery))]
    assert not [text for text in kept if "1234" in text]
    texts = [row.text for row in await counter.running.rows(select(Message))]
    assert not [text for text in texts if "1234" in text]


async def test_two_people_of_the_shop_do_not_talk_at_once(counter: Counter) -> None:
    helper = await counter.helper()
    await taken(counter)
    await counter.say(helper, "接手")
    await counter.tap(helper, "接手")
    assert "正在和「小美」對話" in counter.last(helper)
    await counter.say(helper, "我來")
    assert "我來" not in counter.seen(counter.customer)


async def test_the_owner_may_take_a_conversation_from_a_helper(counter: Counter) -> None:
    helper = await counter.helper()
    await counter.say(counter.customer, ASK)
    await counter.has_seen(helper, "小美 想找真人")
    await counter.tap(helper, "接手")
    await counter.has_seen(counter.owner, "小美 想找真人")
    await counter.tap(counter.owner, "接手")
    await counter.tap(counter.owner, "由我接手")
    await counter.has_seen(helper, "您打的字不會再傳給對方")
    await counter.say(counter.owner, "我是店長")
    await counter.has_seen(counter.customer, "我是店長")


async def test_who_is_talking_with_one_customer_is_asked_before_switching(counter: Counter) -> None:
    other = counter.running.friend("阿明")
    await taken(counter)
    await counter.say(other, ASK)
    await counter.has_seen(counter.owner, "阿明 想找真人")
    await counter.tap(counter.owner, "接手")
    assert counter.labels(counter.owner) == ["換接手 阿明", "交還"]
    await counter.tap(counter.owner, "換接手 阿明")
    await counter.say(counter.owner, "阿明您好")
    await counter.has_seen(other, "阿明您好")
    assert "阿明您好" not in counter.seen(counter.customer)


async def test_the_list_of_who_waits_has_a_way_to_each(counter: Counter) -> None:
    await counter.say(counter.owner, "誰在等")
    assert counter.last(counter.owner) == say("handover.none_waiting")
    await counter.say(counter.customer, ASK)
    counter.later(minutes=7)
    await counter.say(counter.owner, "誰在等")
    assert "等了 7 分鐘" in counter.last(counter.owner)
    assert counter.labels(counter.owner) == ["接手", "看對話"]


async def test_pictures_of_the_owner_are_not_passed_on_and_said_so(counter: Counter) -> None:
    await taken(counter)
    await counter.running.line.user_sends(counter.running.central, counter.owner, STICKER)
    await counter.has_seen(counter.owner, say("handover.only_text"))
    assert sum("找真人" in text for text in counter.seen(counter.owner)) == 2


async def test_a_customer_can_be_named_and_is_known_by_their_name(counter: Counter) -> None:
    await counter.say(counter.running.friend("阿明"), "你們幾點打烊？")
    await counter.say(counter.customer, ASK)
    await counter.say(counter.owner, "接手 小美")
    assert "阿明" not in counter.last(counter.owner)
    await counter.say(counter.owner, "看對話")
    assert "顧客：你們幾點打烊？" in counter.last(counter.owner)
