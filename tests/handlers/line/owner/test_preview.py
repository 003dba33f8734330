from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.clock import ManualClock
from bot.models import Message, UnansweredQuestion
from bot.texts import say
from tests.handlers.line.owner.conftest import Seat
from tests.support.shops import ANSWER, ASK


async def test_a_preview_answers_as_customers_are_answered_and_says_that_it_is_one(owner: Seat) -> None:
    begun = await owner.says("預覽")
    assert begun.text == say("preview.started", shop=owner.bot.store_name)
    seen = await owner.says(ASK)
    assert seen.text == f"{say('preview.mark')}\n{ANSWER}"
    assert say("preview.stop") in seen.buttons


async def test_nothing_of_a_preview_counts_as_a_customers_question(owner: Seat) -> None:
    await owner.says("預覽")
    seen = await owner.says("可以帶寵物進去嗎？")
    assert seen.text.startswith(say("preview.mark"))
    assert await owner.shop.rows(select(UnansweredQuestion)) == []
    assert await owner.shop.rows(select(Message)) == []


async def test_the_words_of_the_desk_are_a_customers_words_there(owner: Seat) -> None:
    await owner.says("預覽")
    for said in ("參數", "教 有包廂嗎？ 有", "選單"):
        assert (await owner.says(said)).text.startswith(say("preview.mark"))


async def test_a_preview_knows_the_hours_as_customers_do(owner: Seat) -> None:
    await owner.presses(await owner.says("每天 9:00-18:00"), "確定")
    await owner.says("預覽")
    assert (await owner.says("營業時間？")).text == f"{say('preview.mark')}\n我們的營業時間：\n每天　09:00–18:00"


async def test_a_preview_of_a_bot_that_rests_says_that_nobody_sees_it_yet(owner: Seat) -> None:
    await owner.says("暫停")
    await owner.says("預覽")
    assert (await owner.says(ASK)).text == f"{say('preview.mark_resting')}\n{ANSWER}"


async def test_a_preview_ends_by_button_or_word(owner: Seat) -> None:
    begun = await owner.says("預覽")
    assert (await owner.presses(begun, say("preview.stop"))).text == say("preview.stopped")
    await owner.says("預覽")
    assert (await owner.says("結束預覽")).text == say("preview.stopped")
    assert (await owner.presses(begun, say("preview.stop"))).text == say("preview.not_on")
    assert (await owner.says(ASK)).text == ANSWER


async def test_a_preview_ends_by_itself(owner: Seat, clock: ManualClock) -> None:
    await owner.says("預覽")
    clock.advance(timedelta(minutes=30))
    assert (await owner.says(ASK)).text == ANSWER


async def test_a_picture_in_a_preview_is_told_to_be_a_text(owner: Seat) -> None:
    await owner.says("預覽")
    seen = await owner.sends({"type": "sticker", "packageId": "446", "stickerId": "1988"})
    assert seen.text == say("preview.text_expected")
