from __future__ import annotations

from tests.support.running import Running


async def test_a_question_is_answered_from_the_shops_knowledge(live: Running) -> None:
    await live.shops.open()
    assert await live.ask(live.friend(), "幾點打烊？") == ["我們每天晚上 9 點打烊。"]
    assert await live.ends() == [("answered", None)]


async def test_still(still: Running) -> None:
    await still.shops.open()
    assert await still.ask(still.friend(), "幾點打烊？") == ["我們每天晚上 9 點打烊。"]
