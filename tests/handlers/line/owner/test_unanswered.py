from __future__ import annotations

from sqlalchemy import select

from bot.line.simulator import FaultMode
from bot.models import Bot, KnowledgeEntry, LateAnswer, Message, UnansweredCluster
from bot.texts import say
from tests.handlers.line.owner.conftest import Seat, join

PETS, ANSWER = "可以帶寵物進去嗎？", "可以，請使用推車或提籠。"
TOLD = say("follow_up.told", question=PETS, answer=ANSWER)


async def customer(owner: Seat, name: str = "客人", *, asking: str = PETS) -> Seat:
    seat = Seat(owner.shop, owner.shop.friend(name), owner.bot)
    await seat.says(asking)
    return seat


async def no_pushes(owner: Seat) -> None:
    async with owner.shop.database.unit_of_work() as session:
        (await session.get_one(Bot, owner.bot.id)).push_limit = 0


async def answered(owner: Seat, how: str = "送出", *, text: str = ANSWER) -> str:
    asked = await owner.presses(await owner.says("未回答的問題"), "回答")
    assert asked.text == say("unanswered.ask", question=PETS)
    return (await owner.presses(await owner.says(text), how)).text


async def test_open_questions_are_cards_with_how_often_they_were_asked(owner: Seat) -> None:
    await customer(owner)
    await customer(owner, "別的客人", asking="請問可以帶寵物進去嗎")
    seen = await owner.says("未回答")
    assert PETS in seen.text
    assert say("unanswered.times", count=2) in seen.text
    assert {say("unanswered.answer"), say("unanswered.dismiss")} <= set(seen.buttons)


async def test_nothing_open_offers_to_teach(owner: Seat) -> None:
    seen = await owner.says("未回答")
    assert seen.text == say("unanswered.none")
    assert say("menu.teach") in seen.buttons


async def test_many_open_questions_come_in_pages(owner: Seat) -> None:
    now = owner.shop.shopkeeper.ports.clock.now()
    async with owner.shop.database.unit_of_work() as session:
        session.add_all(
            UnansweredCluster(
                tenant_id=owner.bot.tenant_id,
                vendor_id=owner.bot.vendor_id,
                audience="all",
                text=f"第 {at} 題？",
                asked=100 - at,
                first_asked_at=now,
                last_asked_at=now,
            )
            for at in range(11)
        )
    first = await owner.says("未回答")
    assert "第 8 題？" in first.text
    assert "第 9 題？" not in first.text
    second = await owner.presses(first, say("unanswered.more"))
    assert "第 9 題？" in second.text
    assert "第 10 題？" in second.text
    assert "第 8 題？" not in second.text


async def test_an_answer_is_shown_before_it_counts_and_then_everybody_gets_it(owner: Seat) -> None:
    await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    draft = await owner.says(ANSWER)
    assert PETS in draft.text
    assert ANSWER in draft.text
    assert await owner.shop.rows(select(KnowledgeEntry).where(KnowledgeEntry.origin == "unanswered")) == []
    await owner.presses(draft, "送出")
    assert (await owner.shop.ask(owner.shop.friend("新客人"), PETS))[0] == ANSWER
    assert (await owner.says("未回答")).text == say("unanswered.none")


async def test_a_lesson_in_the_middle_of_an_answer_is_a_lesson(owner: Seat) -> None:
    await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    assert "有兩部" in (await owner.says("教 有電梯嗎？ 有兩部")).text
    assert say("teach.save") in (await owner.says("教 有電梯嗎？ 有兩部")).buttons


async def test_an_order_in_the_middle_of_an_answer_is_done_and_never_told_to_a_customer(owner: Seat) -> None:
    await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    await owner.says(ANSWER)
    assert "今天公司旅遊" in (await owner.says("暫停：今天公司旅遊")).text
    assert (await owner.says("恢復")).text.startswith(say("pause.resumed"))
    assert (await owner.says("確定")).text == say("owner.nothing_to_confirm")
    assert await owner.shop.rows(select(KnowledgeEntry).where(KnowledgeEntry.origin == "unanswered")) == []


async def test_a_word_that_only_refuses_a_draft_is_no_answer(owner: Seat) -> None:
    await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    await owner.says("不行")
    assert (await owner.says("等一下")).text == say("unanswered.ask_again", question=PETS)
    assert ANSWER in (await owner.says(ANSWER)).text


async def test_a_draft_is_changed_by_typing_it_anew(owner: Seat) -> None:
    await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    first = await owner.says("不行")
    second = await owner.says(ANSWER)
    assert (await owner.presses(first, "送出")).text == say("owner.button_expired")
    await owner.presses(second, "送出")
    (entry,) = await owner.shop.rows(select(KnowledgeEntry).where(KnowledgeEntry.origin == "unanswered"))
    assert entry.answer == ANSWER
    assert entry.is_curated


async def test_whoever_waits_is_told_at_once_where_pushes_are_paid_for(owner: Seat) -> None:
    await owner.shop.shops.know_quota(200)
    waiting = await customer(owner)
    said = await answered(owner)
    assert say("unanswered.told_now", count=1) in said
    await waiting.says("謝謝")
    assert owner.shop.seen(waiting.user).count(TOLD) == 1
    (kept,) = await owner.shop.rows(select(Message).where(Message.author == "staff"))
    assert kept.text == TOLD


async def test_without_room_for_pushes_they_are_told_with_their_next_reply_once(owner: Seat) -> None:
    await no_pushes(owner)
    waiting = await customer(owner)
    said = await answered(owner)
    assert say("unanswered.told_later", count=1) in said
    assert (await waiting.says("你們幾點打烊？")).messages[0]["text"] == TOLD
    assert TOLD not in (await waiting.says("你們幾點打烊？")).text


async def test_telling_them_later_pushes_nothing(owner: Seat) -> None:
    await owner.shop.shops.know_quota(200)
    waiting = await customer(owner)
    await answered(owner, say("unanswered.send_later")[:8])
    assert TOLD not in owner.shop.seen(waiting.user)
    assert (await waiting.says("謝謝")).messages[0]["text"] == TOLD


async def test_a_refused_push_is_told_with_the_next_reply(owner: Seat) -> None:
    await owner.shop.shops.know_quota(200)
    waiting = await customer(owner)
    owner.shop.line.fail(FaultMode.STATUS, endpoint="push", status=400, times=None)
    await answered(owner)
    assert TOLD not in owner.shop.seen(waiting.user)
    assert (await waiting.says("謝謝")).messages[0]["text"] == TOLD


async def test_a_question_that_was_taken_back_is_not_told(owner: Seat) -> None:
    await no_pushes(owner)
    seat = Seat(owner.shop, owner.shop.friend("反悔的人"), owner.bot)
    told = await owner.shop.line.user_says(owner.shop.central, seat.user, PETS)
    await owner.shop.settle()
    await customer(owner)
    await answered(owner)
    await owner.shop.line.unsend(told)
    await owner.shop.settle()
    assert TOLD not in (await seat.says("謝謝")).text
    states = {row.state for row in await owner.shop.rows(select(LateAnswer))}
    assert states == {"untold", "dropped"}


async def test_of_two_people_who_answer_one_question_the_first_wins(owner: Seat) -> None:
    await customer(owner)
    helper = Seat(owner.shop, await join(owner, "店員"), owner.bot)
    card = await owner.says("未回答")
    await owner.presses(card, "回答")
    await helper.presses(card, "回答")
    mine, theirs = await owner.says(ANSWER), await helper.says("不可以。")
    await owner.presses(mine, "送出")
    lost = await helper.presses(theirs, "送出")
    assert lost.text == say("unanswered.answered_already", question=PETS, answer=ANSWER)
    assert (await helper.presses(card, "忽略")).text == lost.text


async def test_a_dismissed_question_can_be_put_back(owner: Seat) -> None:
    await customer(owner)
    gone = await owner.presses(await owner.says("未回答"), "忽略")
    assert (await owner.says("未回答")).text == say("unanswered.none")
    await owner.presses(gone, say("unanswered.undo"))
    assert PETS in (await owner.says("未回答")).text


async def test_an_answer_that_contradicts_a_value_is_warned_of(owner: Seat) -> None:
    await customer(owner, asking="太晚繳會被趕出去嗎？")
    await owner.presses(await owner.says("未回答"), "回答")
    seen = await owner.says("不會，只收逾期手續費 500 元。")
    assert say("owner.contradicts", name="逾期手續費", value="200 元") in seen.text


async def test_a_picture_instead_of_an_answer_is_told_what_is_expected(owner: Seat) -> None:
    await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    seen = await owner.sends({"type": "sticker", "packageId": "446", "stickerId": "1988"})
    assert seen.text == say("unanswered.text_expected")
    assert say("owner.cancel") in seen.buttons
    assert ANSWER in (await owner.says(ANSWER)).text


async def test_somebody_who_is_no_longer_owner_is_refused_kindly(owner: Seat) -> None:
    await customer(owner)
    card = await owner.says("未回答")
    stranger = Seat(owner.shop, owner.shop.friend("前店長"), owner.bot)
    assert (await stranger.presses(card, "回答")).text == say("owner.not_staff", shop=owner.bot.store_name)


async def test_figures_of_an_answer_may_follow_their_values(owner: Seat) -> None:
    await owner.shop.shops.know_quota(200)
    waiting = await customer(owner)
    await owner.presses(await owner.says("未回答"), "回答")
    draft = await owner.says("可以，但繳費日期一樣是每月 1 號。")
    again = await owner.presses(draft, say("owner.follow"))
    await owner.presses(again, "送出")
    (entry,) = await owner.shop.rows(select(KnowledgeEntry).where(KnowledgeEntry.origin == "unanswered"))
    assert entry.answer == "可以，但繳費日期一樣是每月 {{payment_day}}。"
    assert owner.shop.seen(waiting.user)[-1].endswith("可以，但繳費日期一樣是每月 1 號。")


async def test_what_went_out_with_a_reply_that_was_never_shown_is_told_again(owner: Seat) -> None:
    await no_pushes(owner)
    waiting = await customer(owner)
    await answered(owner)
    owner.shop.line.fail(FaultMode.STATUS, endpoint="reply", status=400, message="Invalid reply token")
    assert (await waiting.says("謝謝")).messages == []
    assert (await waiting.says("謝謝")).messages[0]["text"] == TOLD
    assert TOLD not in (await waiting.says("謝謝")).text
