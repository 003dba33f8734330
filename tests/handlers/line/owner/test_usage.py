from __future__ import annotations

from bot.texts import say
from tests.handlers.line.owner.conftest import Seat, join


async def with_quota(owner: Seat, limit: int | None) -> None:
    # The product asks LINE for the quota at its start; that is over before the test knows better.
    await owner.shop.settle()
    owner.shop.central.monthly_limit = limit
    await owner.shop.shops.know_quota(limit)


async def test_the_owner_sees_what_is_left_and_that_answers_are_free(owner: Seat) -> None:
    await with_quota(owner, 200)
    customer = owner.shop.friend("小明")
    await owner.shop.ask(customer, "你們幾點打烊？")
    shown = await owner.says("額度")
    for words in ("0 / 40 則", say("quota.free"), "1 則", say("quota.note")):
        assert words in shown.text
    assert say("quota.to_broadcast") in shown.buttons


async def test_without_a_limit_there_is_nothing_left_to_count(owner: Seat) -> None:
    await with_quota(owner, None)
    shown = await owner.says("用量")
    assert say("quota.used_without_limit", used=0) in shown.text
    assert say("quota.left") not in shown.text


async def test_what_the_shop_answers_later_is_no_answer_fetched_with_a_button(owner: Seat) -> None:
    await with_quota(owner, 200)
    await owner.shop.ask(owner.shop.friend("小明"), "可以帶大象來嗎？")
    await owner.presses(await owner.says("未回答"), "回答")
    await owner.presses(await owner.says("可以，請先預約。"), say("unanswered.send_now", count=1))
    shown = await owner.says("額度")
    assert say("quota.fetched") not in shown.text


async def test_helpers_ask_in_vain(owner: Seat) -> None:
    helper = await join(owner, "阿妹")
    assert await owner.shop.ask(helper, "額度") == [say("owner.owners_only")]
