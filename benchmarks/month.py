"""A month of a shop: how many of its customers' messages are answered for free.

    python -m benchmarks.month              3,000 messages
    python -m benchmarks.month 500          so many
    python -m benchmarks.month 500 patient  so many, and the engine waits for the model however long that takes

The whole product and a simulated LINE run in this process, with a language model that takes 2 to 20 s. Time is
divided by 10: the model's, the reply tokens', the product's patience, the engine's deadline, and the customers' own.
What the machine computes isn't, so that it weighs ten times as much as in life. Customers write a question in
several lines, ask again while they wait, and tap "看答案" after a while. The month's days pass side by side, each as a
shop of its own, with as many customers at once as the machine keeps up with, for two minutes at most.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
import uvloop
from sqlalchemy import select

from bot import migrations
from bot.line.simulator import Channel, PlatformRules, Told, User
from bot.llm.offline import OfflineModel
from bot.llm.port import Completion, LlmTimeout, Prompt
from bot.models import Delivery, LateAnswer, LineEvent
from bot.tenancy.principal import Principal
from handlers.line.timing import Timing
from knowledge import engine
from knowledge.engine import Answer, Engine, Question
from tests.support.running import Running, running
from tests.support.scratch import in_memory

MESSAGES = 3_000
FACTOR = 10
DAYS = 4
AT_ONCE = 26
MOST_SECONDS = 120.0
WORST_LAG = 0.05
TARGET = 0.99
ENTRIES = {
    "你們幾點打烊？": "我們每天早上 8 點開門，晚上 9 點打烊，週一公休。",
    "有停車場嗎？": "店門口有 3 個停車位，也可以停在隔壁的收費停車場。",
    "可以帶寵物嗎？": "可以，請替毛孩繫上牽繩，不要讓牠上座位。",
    "可以訂位嗎？": "可以，4 人以上請在一天前來電訂位。",
    "有素食嗎？": "有的，蔬菜三明治和南瓜湯是素食。",
    "有 Wi-Fi 嗎？": "有免費的無線網路，請向櫃檯索取密碼。",
    "可以刷卡嗎？": "可以，我們收信用卡、行動支付和現金。",
    "有低消嗎？": "每人低消是一杯飲料。",
}
ASKED = (
    *ENTRIES,
    "請問今天開到幾點",
    "附近好停車嗎",
    "狗狗可以進去嗎",
    "想訂明天晚上六個人",
    "吃素的可以點什麼",
    "網路密碼多少",
    "能用信用卡嗎",
    "最低消費多少",
    "老闆是誰",
    "可以包場嗎",
)
OPENERS = ("請問一下", "你好我想問", "不好意思")
MORE = ("我大概晚上七點到", "兩個人", "謝謝", "麻煩了", "急")
WAITING = ("在嗎？", "有人嗎", "哈囉？", "？？")


class SlowModel:
    """A language model that answers well, 2 to 20 s after it was asked."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._model = OfflineModel()
        self.calls: Counter[str] = Counter()

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        seconds = self._chance.uniform(2, 20) / FACTOR
        await asyncio.sleep(min(seconds, within))
        if seconds > within:
            self.calls["too late"] += 1
            raise LlmTimeout("too slow for this answer")
        self.calls["answered"] += 1
        return await self._model.complete(prompt, within=within)

    async def close(self) -> None:
        """There is nothing to give back."""


@dataclass
class Crowd:
    """The shop's customers, who share the month's messages among them."""

    shop: Running
    channels: list[Channel]
    chance: random.Random
    left: int
    taps: int = 0
    fetched: set[str] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    lag: float = 0.0

    async def write(self, *, until: float) -> None:
        """Let everybody write until the month or the time is over."""
        pulse = asyncio.create_task(self._feel_pulse())
        days = [channel for channel in self.channels for _ in range(AT_ONCE)]
        await asyncio.gather(*(self._converse(channel, until) for channel in days))
        pulse.cancel()

    async def _converse(self, channel: Channel, until: float) -> None:
        """One customer after the other writes, where the machine keeps up."""
        await self._pause(0, 60)
        while self.left > 0 and time.perf_counter() < until:
            if self.lag > WORST_LAG:
                await self._pause(1, 10)
                continue
            user = self.shop.friend(of=channel)
            for _ in range(self.chance.randint(1, 4)):
                await self._ask(channel, user)
                await self._pause(5, 30)

    async def _feel_pulse(self) -> None:
        """Measure how long a turn at the store takes, which is where work queues up."""
        while True:
            began = time.perf_counter()
            async with self.shop.database.unit_of_work():
                pass
            self.lag += (time.perf_counter() - began - self.lag) * 0.2
            await asyncio.sleep(0.05)

    async def _ask(self, channel: Channel, user: User) -> None:
        """A question in some lines, perhaps another while waiting; then the answer is awaited."""
        lines = [self.chance.choice(ASKED)]
        if self.chance.random() < 0.3:
            lines.insert(0, self.chance.choice(OPENERS))
        lines += self.chance.sample(MORE, self.chance.choice([0, 0, 0, 1, 1, 2]))
        for line in lines:
            await self._say(channel, user, line)
            await self._pause(1, 6)
        if self.chance.random() < 0.3:
            await self._pause(2, 10)
            await self._say(channel, user, self.chance.choice((*WAITING, *ASKED)))
        await self._answered(channel, user)

    async def _say(self, channel: Channel, user: User, text: str) -> None:
        if self.left > 0:
            self.left -= 1
            self.told.append(await self.shop.line.user_says(channel, user, text))

    async def _answered(self, channel: Channel, user: User) -> None:
        """Wait for a word, and tap each card that fetches an answer until it does."""
        for _ in range(10):
            await self._pause(10, 30)
            seen = self.shop.line.visible_messages(channel, user)
            open_ones = {fetch for message in seen if (fetch := _fetches(message.content))} - self.fetched
            if not open_ones and seen[-1].via is not None:
                return
            for fetch in open_ones:
                self.taps += 1
                tapped = await self.shop.line.user_taps(channel, user, fetch)
                await self._pause(1, 3)
                if any(_fetches(answer.content) is None for answer in self.shop.line.answers_to(tapped)):
                    self.fetched.add(fetch)

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self.chance.uniform(least, most) / FACTOR)


async def main() -> int:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    patient = "patient" in sys.argv[2:]
    _quiet()
    chance = random.Random(4)  # noqa: S311 - the same customers in every run, and no secret
    model, answer = SlowModel(chance), Engine.answer

    async def hurried(self: Engine, principal: Principal, question: Question) -> Answer:
        deadline = question.deadline if patient else question.deadline / FACTOR
        return await answer(self, principal, replace(question, deadline=deadline))

    rules = PlatformRules(reply_token_life=timedelta(seconds=60) / FACTOR)
    normal = Timing()
    timing = Timing(
        patience=normal.patience / FACTOR,
        last_chance=normal.last_chance / FACTOR,
        latest=normal.latest / FACTOR,
        opener=normal.opener / FACTOR,
    )
    with (
        tempfile.TemporaryDirectory(dir=in_memory()) as folder,
        patch.object(Engine, "answer", hurried),
        patch.object(engine, "RESERVED_SECONDS", engine.RESERVED_SECONDS / FACTOR),
    ):
        url = f"sqlite+aiosqlite:///{folder}/month.db"
        await migrations.upgrade(url)
        async with running(url, Path(folder), rules=rules, llm=model, timing=timing) as shop:
            bots = [await shop.shops.open(entries=ENTRIES) for _ in range(DAYS)]
            channels = [await shop.own_channel(bot) for bot in bots]
            crowd = Crowd(shop, channels, chance, left=messages)
            began = time.perf_counter()
            await crowd.write(until=began + MOST_SECONDS)
            await shop.settle()
            return await _report(shop, crowd, model, seconds=time.perf_counter() - began)


async def _report(shop: Running, crowd: Crowd, model: SlowModel, *, seconds: float) -> int:
    """Print the shares; 0 where enough was free."""
    ways = await _ways(shop)
    total = ways.total()
    print(f"{total} messages of customers, {seconds:.0f} s for a month, time divided by {FACTOR}")
    for way in ("reply", "postback", "push", "failed"):
        print(f"  {way:<10}{ways[way]:>6}   {ways[way] / total:.2%}")
    free = (ways["reply"] + ways["postback"]) / total
    print(f"  free {free:.2%} (at least {TARGET:.0%})   看答案 tapped {crowd.taps} times")
    print(f"  language model: {model.calls['answered']} answers, {model.calls['too late']} too late")
    shown = sum(bool(shop.line.answers_to(told)) for told in crowd.told)
    failures = Counter(f"{event.state} {event.reason}" for event in await shop.events() if event.state != "answered")
    if failures:
        print(f"  not answered: {dict(failures)}")
    print(f"  replies that LINE showed: {shown}; the other messages were part of a question answered with them")
    return 0 if free >= TARGET and total == len(crowd.told) else 1


async def _ways(shop: Running) -> Counter[str]:
    """How each message was answered, by the ledger."""
    late = {answer.event_id: answer for answer in await shop.rows(select(LateAnswer))}
    deliveries = {delivery.id: delivery for delivery in await shop.rows(select(Delivery))}
    events = [event for event in await shop.events() if event.type == "message"]
    buttons = {event.delivery_id: late[event.id] for event in events if event.id in late}
    return Counter(_way(event, deliveries, buttons) for event in events)


def _way(event: LineEvent, deliveries: dict[int, Delivery], buttons: dict[int | None, LateAnswer]) -> str:
    delivery = deliveries.get(event.delivery_id or 0)
    if event.state != "answered" or delivery is None or delivery.state != "sent":
        return "failed"
    if event.delivery_id in buttons:
        return "postback" if buttons[event.delivery_id].told_at is not None else "failed"
    return delivery.kind


def _fetches(content: dict[str, Any]) -> str | None:
    """The postback data of a card that fetches a late answer."""
    footer = content.get("contents", {}).get("footer", {}).get("contents", [])
    data = [str(button["action"].get("data", "")) for button in footer]
    return next((one for one in data if one.startswith("answer:")), None)


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
