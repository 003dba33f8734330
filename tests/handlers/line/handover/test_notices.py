"""What the owner is told: once, pushed where that is allowed, else with the answer to their next word."""

from __future__ import annotations

from datetime import timedelta

from bot.line.simulator import FaultMode
from bot.models import Bot
from handlers.line.notices import Notice, tell
from tests.handlers.line.handover.conftest import Counter
from tests.support.waiting import eventually

SHOWN = "請注意這件事"


async def notify(counter: Counter, *, urgent: bool = True, key: str = "failing:1") -> None:
    notice = Notice(kind="failing", key=key, text=SHOWN, urgent=urgent)
    async with counter.running.database.unit_of_work() as session:
        lanes = await tell(session, await session.get_one(Bot, counter.bot.id), notice, now=counter.clock.now())
    counter.running.shopkeeper.wakeups.wake(lanes)
    await counter.running.settle()


def times(counter: Counter) -> int:
    return sum(SHOWN in text for text in counter.seen(counter.owner))


async def test_what_is_urgent_is_pushed_and_told_once(counter: Counter) -> None:
    for _ in range(2):
        await notify(counter)
    await counter.has_seen(counter.owner, SHOWN)
    await counter.running.settle()
    await counter.say(counter.owner, "營業時間")
    assert times(counter) == 1


async def test_what_is_not_urgent_comes_with_the_owners_next_word_once(counter: Counter) -> None:
    await notify(counter, urgent=False)
    assert times(counter) == 0
    for _ in range(2):
        await counter.say(counter.owner, "營業時間")
    assert times(counter) == 1


async def test_nothing_is_pushed_where_the_owner_wants_none(counter: Counter) -> None:
    await counter.change_bot(owner_pushes="none")
    await notify(counter)
    assert counter.pushes() == 0
    await counter.say(counter.owner, "你們幾點打烊？")
    assert times(counter) == 1


async def test_nothing_is_pushed_once_the_quota_is_used_up(counter: Counter) -> None:
    await counter.quota(left=0)
    await notify(counter)
    assert counter.pushes() == 0
    await counter.say(counter.owner, "你們幾點打烊？")
    assert times(counter) == 1


async def test_a_push_that_line_refused_is_told_with_the_next_word(counter: Counter) -> None:
    counter.running.line.fail(
        FaultMode.STATUS, endpoint="push", status=429, message="You have reached your monthly limit."
    )
    await notify(counter)
    await eventually(lambda: counter.pushes() == 1)
    await counter.running.settle()
    await counter.say(counter.owner, "你們幾點打烊？")
    assert times(counter) == 1


async def test_a_reply_that_surely_was_not_shown_leaves_the_notice_untold(counter: Counter) -> None:
    await notify(counter, urgent=False)
    counter.running.line.fail(FaultMode.STATUS, endpoint="reply", status=429, message="monthly limit", times=None)
    await counter.say(counter.owner, "營業時間")
    counter.running.line.faults.clear()
    await counter.say(counter.owner, "營業時間")
    assert times(counter) == 1


async def test_a_customer_who_was_helped_meanwhile_is_not_told_of(counter: Counter) -> None:
    await counter.quota(left=0)
    helper = await counter.helper()
    await counter.say(counter.customer, "找真人")
    await counter.say(helper, "誰在等")
    await counter.tap(helper, "接手")
    await counter.say(counter.owner, "營業時間")
    assert not any("小美 想找真人" in text for text in counter.seen(counter.owner))


async def test_the_summary_comes_at_its_hour_once(counter: Counter) -> None:
    await counter.change_bot(summary_hour=9, owner_pushes="all")
    look = counter.running.shopkeeper.watch.look
    await look(counter.clock.now())
    assert counter.pushes() == 0
    counter.later(hours=1)
    for _ in range(3):
        await look(counter.clock.now())
        counter.later(minutes=5)
    await counter.has_seen(counter.owner, "顧客訊息：1 則（1 位）")
    assert counter.pushes() == 1
    assert len(await counter.notices()) == 1


async def test_a_day_without_anybody_costs_no_push(counter: Counter) -> None:
    await counter.change_bot(summary_hour=9, owner_pushes="all")
    counter.later(days=1, hours=2)
    await counter.quota()
    await counter.running.shopkeeper.watch.look(counter.clock.now())
    assert (counter.pushes(), [notice.kind for notice in await counter.notices()]) == (0, ["summary"])


async def test_the_summary_on_demand_says_what_is_open(counter: Counter) -> None:
    stranger = counter.running.friend("阿明")
    await counter.say(stranger, "可以帶大象來嗎？")
    await counter.say(stranger, "找真人")
    await counter.say(counter.owner, "今天狀況")
    last = counter.last(counter.owner)
    assert "顧客訊息：3 則（2 位）" in last
    assert "答得出來：50%（1／2）" in last
    assert counter.labels(counter.owner)[:3] == ["看待回答的問題", "誰在等", "設定"]


async def test_many_open_questions_are_told_of_once_a_day(counter: Counter) -> None:
    stranger = counter.running.friend("阿明")
    for text in ("可以帶大象來嗎？", "有沒有賣火箭？", "能不能借直升機？", "會修鋼琴嗎？", "教不教游泳？"):
        await counter.say(stranger, text)
    for _ in range(2):
        await counter.running.shopkeeper.watch.look(counter.clock.now())
    assert [notice.kind for notice in await counter.notices()] == ["unanswered"]


async def test_a_bot_that_fails_often_is_told_of(counter: Counter) -> None:
    counter.running.line.fail(FaultMode.STATUS, endpoint="reply", status=429, message="monthly limit", times=None)
    for _ in range(5):
        await counter.say(counter.customer, "你們幾點打烊？")
    counter.running.line.faults.clear()
    for _ in range(2):
        await counter.running.shopkeeper.watch.look(counter.clock.now() + timedelta(minutes=1))
    [notice] = await counter.notices()
    assert (notice.kind, "5 則顧客訊息沒能回覆（共 6 則）" in notice.text) == ("failing", True)
