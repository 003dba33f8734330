from __future__ import annotations

import asyncio
import uuid

from bot.outbox.lanes import SLOT
from handlers.line.gate import BotGate


async def test_questions_of_one_bot_wait_for_each_other_and_not_for_those_of_others() -> None:
    gate, busy, other, order = BotGate(limit=2), uuid.uuid4(), uuid.uuid4(), []
    release = asyncio.Event()

    async def ask(bot_id: uuid.UUID, name: str) -> None:
        async with gate.passing(bot_id):
            order.append(name)
            await release.wait()

    tasks = [asyncio.create_task(ask(busy, str(number))) for number in range(4)]
    tasks.append(asyncio.create_task(ask(other, "other")))
    await asyncio.sleep(0.01)
    assert order == ["0", "1", "other"]
    release.set()
    await asyncio.gather(*tasks)
    assert order == ["0", "1", "other", "2", "3"]


async def test_who_waits_at_the_gate_leaves_its_place_to_other_lanes() -> None:
    gate, bot_id, slots = BotGate(limit=1), uuid.uuid4(), asyncio.Semaphore(2)
    release = asyncio.Event()

    async def lane() -> None:
        async with slots:
            SLOT.set(slots)
            async with gate.passing(bot_id):
                await release.wait()

    tasks = [asyncio.create_task(lane()) for _ in range(5)]
    await asyncio.sleep(0.01)
    # One is at the gate's place; the four that wait for it hold none of the process's.
    assert not slots.locked()
    release.set()
    await asyncio.gather(*tasks)
    assert not slots.locked()
    assert gate._gates == {}
