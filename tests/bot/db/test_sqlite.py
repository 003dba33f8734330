from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.db.sqlite import HEAVY, LARGE


async def teach(session: AsyncSession, name: str, function: Callable[[], int]) -> None:
    """Let statements of this connection call a function of ours."""
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.dbapi_connection
    assert connection is not None
    connection.create_function(name, 0, function)


async def test_only_what_writes_or_removes_much_leaves_the_event_loops_thread(sqlite_database: Database) -> None:
    here = threading.get_ident()
    async with sqlite_database.unit_of_work() as session:
        await teach(session, "thread", threading.get_ident)
        asked = text("SELECT thread() FROM (SELECT :value)")
        threads = [await session.scalar(asked, {"value": value}) for value in (b"x", "x" * (LARGE - 1), None)]
        assert threads == [here] * 3
        for large in (bytes(LARGE), "x" * LARGE):
            assert await session.scalar(asked, {"value": large}) != here
        assert await session.scalar(text(f"SELECT {HEAVY} thread()")) != here


async def test_a_cancelled_task_rolls_back_what_a_thread_still_wrote(sqlite_database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> int:
        begun.set()
        go_on.wait(10)
        return 1

    async def write() -> None:
        async with sqlite_database.unit_of_work() as session:
            await teach(session, "hold", hold)
            await session.execute(text(f"INSERT {HEAVY} INTO kept SELECT hold()"))

    async with sqlite_database.unit_of_work() as session:
        await session.execute(text("CREATE TABLE kept (x INTEGER)"))
    task = asyncio.create_task(write())
    await asyncio.to_thread(begun.wait, 10)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with sqlite_database.unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM kept")) == 0
