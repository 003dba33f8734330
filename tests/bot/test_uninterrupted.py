from __future__ import annotations

import asyncio

import pytest

from bot.uninterrupted import uninterrupted


async def test_what_was_begun_is_waited_for_however_often_its_waiter_is_cancelled() -> None:
    gate, ended = asyncio.Event(), []

    async def work() -> None:
        await gate.wait()
        ended.append(True)

    waiting = asyncio.create_task(uninterrupted(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [True]


@pytest.mark.parametrize("error", [None, ValueError("no")])
async def test_what_it_comes_to_is_passed_on(error: Exception | None) -> None:
    async def work() -> int:
        if error is not None:
            raise error
        return 7

    [came] = await asyncio.gather(uninterrupted(work()), return_exceptions=True)
    assert came == (7 if error is None else error)
