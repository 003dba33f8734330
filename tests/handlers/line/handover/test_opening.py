"""Business hours, pauses and settings, from the owner's phone and from the customer's."""

from __future__ import annotations

import pytest

from bot.models import Bot
from bot.texts import say
from tests.handlers.line.handover.conftest import Counter

WEEK = "營業時間 週一到週五 9:00-18:00 週六 10-14"


async def bot_of(counter: Counter) -> Bot:
    async with counter.running.database.reading() as session:
        return await session.get_one(Bot, counter.bot.id)


async def test_hours_count_once_they_were_confirmed(counter: Counter) -> None:
    await counter.say(counter.owner, WEEK)
    assert "週一～週五　09:00–18:00" in counter.last(counter.owner)
    assert (await bot_of(counter)).opening is None
    await counter.tap(counter.owner, "確定")
    assert counter.last(counter.owner).startswith("好了，營業時間更新成")
    # 08:00 on a Thursday, New Year's Day.
    await counter.say(counter.customer, "現在有營業嗎")
    assert counter.last(counter.customer) == "現在是休息時間，今天 09:00 開始營業。"


async def test_a_word_confirms_too_and_a_cancel_changes_nothing(counter: Counter) -> None:
    await counter.say(counter.owner, WEEK)
    await counter.say(counter.owner, "好")
    await counter.say(counter.owner, "營業時間 全天")
    await counter.say(counter.owner, "取消")
    await counter.say(counter.owner, "營業時間")
    assert "週六　10:00–14:00" in counter.last(counter.owner)


async def test_a_holiday_is_told_in_the_owners_words(counter: Counter) -> None:
    await counter.say(counter.owner, WEEK)
    await counter.say(counter.owner, "確定")
    await counter.say(counter.owner, "1/2 到 1/4 休息 新年快樂")
    await counter.tap(counter.owner, "確定")
    await counter.say(counter.customer, "明天有開嗎？")
    assert counter.last(counter.customer).startswith("新年快樂\n明天休息。")
    await counter.say(counter.owner, "1/2 正常營業")
    await counter.say(counter.owner, "確定")
    await counter.say(counter.customer, "明天有開嗎？")
    assert counter.last(counter.customer) == "明天的營業時間是 09:00–18:00。"


@pytest.mark.parametrize("text", ["營業時間 看心情", "營業時間 9 點"])
async def test_hours_that_are_not_understood_show_how_to_say_them(counter: Counter, text: str) -> None:
    await counter.say(counter.owner, text)
    assert counter.last(counter.owner).startswith(say("opening.not_understood"))
    await counter.say(counter.owner, "每天 9-18")
    assert "每天　09:00–18:00" in counter.last(counter.owner)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("每天10:00~21:30 週二公休", "週二　休息"),
        ("週一到週五早上九點到晚上六點，週六 10-14，週日休息", "週六　10:00–14:00"),
        ("營業時間改成 11點到晚上8點", "每天　11:00–20:00"),
        ("12/24～12/26 休息　聖誕快樂🎄", "休息（聖誕快樂🎄）"),
        ("明天休息", "1/2　休息"),
    ],
)
async def test_hours_and_holidays_are_heard_without_a_command(counter: Counter, said: str, shown: str) -> None:
    await counter.say(counter.owner, said)
    assert shown in counter.last(counter.owner)
    await counter.tap(counter.owner, "確定")
    assert (await bot_of(counter)).opening is not None


async def test_a_helper_sees_the_hours_and_cannot_change_them(counter: Counter) -> None:
    helper = await counter.helper()
    await counter.say(helper, "營業時間")
    assert say("opening.none") in counter.last(helper)
    await counter.say(helper, WEEK)
    assert counter.last(helper) == say("owner.owners_only")


async def test_an_unknown_answer_says_when_somebody_is_there(counter: Counter) -> None:
    await counter.say(counter.owner, WEEK)
    await counter.say(counter.owner, "確定")
    stranger = counter.running.friend("阿明")
    await counter.say(stranger, "可以帶大象來嗎？")
    assert counter.last(stranger).endswith(say("opening.staff_at", when="今天 09:00"))


async def test_a_paused_bot_says_so_keeps_what_is_asked_and_counts_it(counter: Counter) -> None:
    counter.later(minutes=1)
    await counter.say(counter.owner, "暫停 今天提早休息，明天見")
    counter.later(minutes=1)
    for text in ("有位子嗎", "你們幾點打烊？"):
        await counter.say(counter.customer, text)
    await counter.running.line.user_sends(
        counter.running.central, counter.customer, {"type": "sticker", "packageId": "1", "stickerId": "2"}
    )
    await counter.running.settle()
    assert counter.seen(counter.customer)[-3:] == ["今天提早休息，明天見"] * 3
    await counter.say(counter.owner, "暫停")
    assert counter.last(counter.owner).startswith("小幫手從 01/01 08:01 起就在暫停中")
    await counter.tap(counter.owner, "恢復")
    assert "有 1 位顧客傳了 3 則訊息" in counter.last(counter.owner)
    await counter.say(counter.customer, "你們幾點打烊？")
    assert counter.last(counter.customer) == "我們每天晚上 9 點打烊。"


async def test_settings_are_chosen_with_buttons(counter: Counter) -> None:
    await counter.say(counter.owner, "設定")
    await counter.tap(counter.owner, "改摘要時間")
    await counter.tap(counter.owner, "21:00")
    assert "每天 21:00" in counter.last(counter.owner)
    await counter.tap(counter.owner, "全部推播")
    await counter.say(counter.owner, "設定")
    await counter.tap(counter.owner, "改推播上限")
    await counter.tap(counter.owner, "50 則")
    bot = await bot_of(counter)
    assert (bot.summary_hour, bot.owner_pushes, bot.push_limit) == (21, "all", 50)
