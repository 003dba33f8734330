"""A small town at random play: customers, a group and an owner do whatever comes to their minds while LINE fails.

Every question carries a mark of its own and the engine repeats it together with its shop's, so that a look at the
phones and into the store tells where any word has got to.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.db.base import Base
from bot.line.simulator import Channel, FaultMode, Group, Message, Occurrence, User
from bot.line.simulator.events import Where
from bot.models import Bot, Conversation, LineEvent
from bot.models import Message as KeptMessage
from knowledge.answers import Answer, Outcome
from knowledge.engine import Engine, Question
from tests.support.running import Running
from tests.support.shown import EVENTS, LEDGER, shown_on, times_answered
from tests.support.tapping import tap
from tests.support.waiting import eventually

MARK = re.compile(r"問\d+號")
FINAL = {"answered", "silent", "handed_over", "failed"}
STICKER: dict[str, Any] = {"type": "sticker", "packageId": "1", "stickerId": "2"}
FILE: dict[str, Any] = {"type": "file", "fileName": "a.pdf", "fileSize": 5}
DESK = ("未回答問題", "等待中", "看最近對話", "今日摘要", "選單", "預覽", "取消")
SLOW_SECONDS = 0.5
LATE = "慢慢想"


@dataclass
class Town:
    """Two shops share the central account and the third has its own. `asked` is where each mark was said first."""

    running: Running
    dice: random.Random
    own: Channel
    bots: dict[str, Bot]
    customers: dict[str, User]
    owner: User
    group: Group
    asked: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, Occurrence]] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)
    for_people: set[str] = field(default_factory=set)
    for_nobody: set[str] = field(default_factory=set)
    shuffles: bool = False
    held: bool = False

    @classmethod
    async def founded(cls, running: Running, seed: int) -> Town:
        """Everybody has added the account and is where they belong; 搬 wanders between the shops."""
        line, shops = running.line, running.shops
        bots = {name: await shops.open(name, entries={}) for name in ("甲店", "乙店", "丙店")}
        own = await running.own_channel(bots["丙店"])
        customers = {name: running.friend(name) for name in ("甲", "乙", "搬")}
        customers["丙"] = running.friend("丙", of=own)
        owner = running.friend("老闆")
        await shops.own(bots["甲店"], owner)
        group = line.add_group("社區", [customers["甲"], customers["乙"]], channel=running.central)
        town = cls(running, random.Random(seed), own, bots, customers, owner, group, shuffles=seed % 2 == 0)  # noqa: S311 - chance, not secrecy
        for name, shop in (("甲", "甲店"), ("乙", "乙店"), ("搬", "甲店")):
            await running.ask(customers[name], f"@進店 {bots[shop].shop_code}")
        await line.user_says(running.central, customers["甲"], f"@進店 {bots['甲店'].shop_code}", group=group)
        await running.settle()
        return town

    # What people do

    async def play(self, steps: int) -> None:
        """So many steps, then LINE works again and everything comes to its end."""
        weights = {step: weight for step, weight in self._steps().items() if weight}
        for _ in range(steps):
            [step] = self.dice.choices(list(weights), list(weights.values()))
            await step()
            if self.dice.random() < 0.3:
                await asyncio.sleep(self.dice.random() * 0.03)
        await self.calm()

    async def calm(self) -> None:
        """LINE does as it should, tells what it kept back, and everything that was begun ends."""
        self.running.line.faults.clear()
        await self.release()
        await self.running.settle()
        await eventually(self._nothing_to_send)

    def _steps(self) -> dict[Callable[[], Awaitable[None]], int]:
        return {
            self.ask: 40,
            self.open_question: 4,
            self.send_something: 8,
            self.unsend: 12,
            self.tap_something: 10,
            self.change_shop: 5,
            self.call_in_group: 8,
            self.talk_in_group: 5,
            self.edit_in_group: 3,
            self.redeliver: 5,
            self.fail: 5,
            self.hold: 3,
            self.release: 4,
            self.block_and_return: 1,
            self.take_over: 1,
            self.look_after_the_shop: 6,
            self.send_the_unheard_of: 2,
        }

    async def ask(self) -> None:
        """A question, and every tenth time one that takes long."""
        name = self.dice.choice(list(self.customers))
        slow = LATE if self.dice.random() < 0.1 else ""
        await self._say(name, f"{slow}{{mark}}怎麼辦？")

    async def open_question(self) -> None:
        await self._say(self.dice.choice(list(self.customers)), "請問一下")

    async def send_something(self) -> None:
        name = self.dice.choice(list(self.customers))
        content = self.dice.choice([STICKER, FILE, {"type": "hologram"}])
        await self._tell(self.running.line.people.send(self._where(name), content))

    async def unsend(self) -> None:
        mark, occurrence = self.dice.choice(self.said[-12:] or [("", None)])
        if occurrence is None or occurrence.message is None or mark in self.taken_back:
            return
        self.taken_back.add(mark)
        await self._tell(self.running.line.people.unsend(occurrence.message.message_id))

    async def tap_something(self) -> None:
        """Any button that anybody was ever shown, tapped by anybody: it may be somebody else's."""
        name = self.dice.choice(list(self.customers))
        shown = [found for one in self._said_by_us() for found in _buttons_in(one)]
        mine = [found for one in self._said_by_us(self._where(name).chat_id) for found in _buttons_in(one)]
        mine = [found for found in mine if found.startswith("answer:")]
        data = self.dice.choice(mine or [*shown, "buy:5", "answer:0"])
        await self._tell(self.running.line.people.postback(self._where(name), data))

    async def change_shop(self) -> None:
        code = self.dice.choice([self.bots["甲店"].shop_code, self.bots["乙店"].shop_code, "ZZZZ99"])
        await self._tell(self.running.line.people.say(self._where("搬"), f"@進店 {code}"))

    async def call_in_group(self) -> None:
        call = self.dice.choice(["甲店 ", "＠甲店　", "@店家總機 "])
        await self._say(self.dice.choice("甲乙"), f"{call}{{mark}}怎麼辦？", group=True)

    async def talk_in_group(self) -> None:
        self.for_nobody.add(await self._say(self.dice.choice("甲乙"), "{mark}你們覺得呢？", group=True))

    async def edit_in_group(self) -> None:
        mine = [
            one for one in self.said[-30:] if one[1].chat_id == self.group.group_id and one[0] not in self.taken_back
        ]
        if not mine:
            return
        occurrence = self.dice.choice(mine)[1]
        assert occurrence.message is not None
        words = f"{occurrence.message.content['text']}！"
        await self._tell(self.running.line.people.edit(occurrence.message.message_id, text=words))

    async def redeliver(self) -> None:
        attempts = self.running.line.platform.webhooks
        if attempts:
            await self.running.line.sender.redeliver(self.dice.choice(attempts).number)

    async def fail(self) -> None:
        mode = self.dice.choice([mode for mode in FaultMode if "hang" not in mode.value])
        endpoint = self.dice.choice(["reply", "push", "profile", "*"])
        # LINE's 429 says for certain that nothing was done.
        status = self.dice.choice([500, 429, 503] if mode is FaultMode.STATUS else [500, 503])
        self.running.line.fail(mode, endpoint=endpoint, status=status, seconds=0.05, times=self.dice.choice([1, 1, 2]))

    async def hold(self) -> None:
        self.running.line.hold(self.running.central)
        self.held = True

    async def release(self) -> None:
        if self.held:
            order = self.dice.shuffle if self.shuffles else None
            await self.running.line.release(self.running.central, order=order, copies=self.dice.choice([1, 2]))
            self.held = False

    async def block_and_return(self) -> None:
        user = self.customers["乙"]
        await self.calm()
        for step in (self.running.line.block, self.running.line.follow):
            await step(self.running.central, user)
        await self.running.settle()

    async def send_the_unheard_of(self) -> None:
        source = {"type": "user", "userId": self.customers["甲"].user_id}
        odd: list[dict[str, Any]] = [
            {"type": "hologram", "source": source},
            {"type": "message"},
            {"type": "beacon", "source": source},
        ]
        raw = {**self.dice.choice(odd), "webhookEventId": f"odd{self.dice.random()}".replace(".", "")}
        await self._tell(self.running.line.people.raw(self.running.central.channel_id, raw))

    async def take_over(self) -> None:
        """甲 asks for a person; until the owner gives them back, the bot has nothing to say."""
        await self.calm()
        for order in ("取消", "交還", "恢復"):
            await self.running.ask(self.owner, order)
        await self._say("甲", f"{LATE}{{mark}}怎麼辦？")
        await self.running.ask(self.customers["甲"], "找真人")
        await self.running.ask(self.owner, "等待中")
        await tap(self.running, self.owner, "接手")
        await self.running.settle()
        marks = {await self._say("甲", "{mark}您在嗎？") for _ in range(3)}
        self.for_people |= marks
        await self.calm()
        await self.running.ask(self.owner, "交還")
        await self.calm()

    async def look_after_the_shop(self) -> None:
        """The owner looks at something, or taps any button of theirs. A conversation that this takes is given back."""
        people, where = self.running.line.people, self._where("老闆")
        shown = [
            found for one in self._said_by_us(where.chat_id) for found in _buttons_in(one) if "release" not in found
        ]
        if shown and self.dice.random() < 0.4:
            await self._tell(people.postback(where, self.dice.choice(shown[-20:])))
        else:
            await self._tell(people.say(where, self.dice.choice(DESK)))
        await self._tell(people.say(where, "交還"))

    # What must hold

    async def check(self) -> None:
        """Look at every phone and into the store."""
        await self._all_final()
        await self._answered_once()
        self._kept_apart()
        if not self.shuffles:
            await self._in_order()
        await self._kept_by_their_tenant()
        await self._forgotten()

    async def _all_final(self) -> None:
        acknowledged = {found for one in self.running.line.platform.webhooks if one.accepted for found in one.event_ids}
        events: list[LineEvent] = await self.running.events()
        ends = {event.webhook_event_id: event.state for event in events}
        assert {found for found in acknowledged if found and ends.get(found) not in FINAL} == set()
        assert [(one.type, one.reason) for one in events if one.state == "failed"] == []

    async def _answered_once(self) -> None:
        async with self.running.database.reading() as session:
            ledger = list(await session.execute(text(LEDGER)))
            events = list(await session.execute(text(EVENTS)))
        times = times_answered(shown_on(self.running.line.platform, ledger=ledger, events=events))
        assert {event for event, count in times.items() if count > 1} == set()

    def _kept_apart(self) -> None:
        """Words are shown in their own chat and to that shop's owner; which shops 搬 sees is their own affair."""
        homes = {
            self._where("甲").chat_id: "甲店",
            self._where("乙").chat_id: "乙店",
            self._where("丙").chat_id: "丙店",
        }
        homes[self.group.group_id] = "甲店"
        for message in self._said_by_us():
            words = str(message.content)
            for mark in MARK.findall(words):
                assert message.chat_id in (self.asked[mark], self.owner.user_id), (mark, message)
                assert mark not in self.for_nobody, message
                assert mark not in self.for_people or message.chat_id == self.owner.user_id, message
            home = homes.get(message.chat_id)
            if home is not None:
                assert not [name for name in self.bots if name != home and f"〔{name}〕" in words], message

    async def _in_order(self) -> None:
        """What is answered at once, is answered in the order in which it was asked."""
        seen: defaultdict[str, list[int]] = defaultdict(list)
        taps = {one.webhook_event_id for one in await self.running.events() if one.type == "postback"}
        for message in self._said_by_us():
            if message.via == "reply" and message.answers_event not in taps and message.chat_id != self.owner.user_id:
                seen[message.chat_id] += [int(mark[1:-1]) for mark in MARK.findall(str(message.content.get("text")))]
        for chat, marks in seen.items():
            assert marks == sorted(marks), (chat, marks)
            assert not [mark for mark, times in Counter(marks).items() if times > 1], (chat, marks)

    async def _kept_by_their_tenant(self) -> None:
        other = select(KeptMessage.id).join(Conversation).join(Bot).where(KeptMessage.tenant_id != Bot.tenant_id)
        assert await self.running.rows(other) == []

    async def _forgotten(self) -> None:
        async with self.running.database.reading() as session:
            for table in Base.metadata.sorted_tables:
                for row in await session.execute(select(table)):
                    found = self.taken_back & set(MARK.findall(str(tuple(row))))
                    assert not found, (table.name, row)

    # What the steps share

    def _where(self, name: str, *, group: bool = False) -> Where:
        user = self.owner if name == "老闆" else self.customers[name]
        channel = self.own if name == "丙" else self.running.central
        return Where(channel.channel_id, self.group.group_id if group else user.user_id, user.user_id)

    async def _say(self, name: str, words: str, *, group: bool = False) -> str:
        mark = f"問{len(self.asked) + 1}號"
        where = self._where(name, group=group)
        occurrence = self.running.line.people.say(where, words.format(mark=mark))
        if mark in words.format(mark=mark):
            self.asked[mark] = where.chat_id
            if occurrence is not None:
                self.said.append((mark, occurrence))
        await self._tell(occurrence)
        return mark

    async def _tell(self, occurrence: Occurrence | None) -> None:
        await self.running.line.deliver(occurrence, copies=self.dice.choice([1, 1, 1, 2]))

    def _said_by_us(self, chat_id: str | None = None) -> list[Message]:
        chats = self.running.line.platform.chats()
        ours = [one for chat in chats for one in chat if one.via in {"reply", "push"} and one.visible]
        return [one for one in ours if chat_id in (None, one.chat_id)]

    async def _nothing_to_send(self) -> bool:
        async with self.running.database.reading() as session:
            waiting = await session.scalar(text("SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL"))
            late = await session.scalar(text("SELECT count(*) FROM late_answers WHERE state = 'pending'"))
        return not waiting and not late


def _buttons_in(message: Message) -> list[str]:
    """The data of the buttons on a message."""
    return re.findall(r"'data': '([^']+)'", str(message.content))


def repeating_engine(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Let the engine repeat what it is asked, as its shop, sooner or later, and not know an answer now and then."""

    async def repeat(_engine: Engine, principal: Any, question: Question) -> Answer:
        await asyncio.sleep(SLOW_SECONDS if LATE in question.text else town.dice.random() * 0.01)
        name = next(name for name, bot in town.bots.items() if bot.vendor_id == question.vendor_id)
        outcome = Outcome.UNKNOWN if town.dice.random() < 0.3 else Outcome.ANSWERED
        return Answer(f"〔{name}〕說：{question.text}", outcome)

    monkeypatch.setattr(Engine, "answer", repeat)
