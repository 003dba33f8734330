from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.cli.line_usage import month_of
from bot.clock import ManualClock
from bot.errors import BadRequest
from bot.line.delivery import Purpose
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import PlannedPush
from bot.models import Channel
from tests.bot.cli.conftest import Shell
from tests.support.running import Running
from tests.support.waiting import eventually

HELLO = {"type": "text", "text": "您好"}


async def test_a_month_shows_what_was_free_and_what_was_billed(there: Shell, product: Running) -> None:
    bot, user = await product.shops.open(), product.friend()
    product.central.monthly_limit = 200
    await product.ask(user, "你們幾點打烊？")
    planned = PlannedPush(
        channel_id=bot.channel_id, bot_id=bot.id, purpose=Purpose.NOTICE, messages=[HELLO], to=user.user_id
    )
    async with product.database.unit_of_work() as session:
        await ledger.queue_push(session, planned, now=product.now())
        await session.execute(update(Channel).values(quota_checked_at=None))

    async def known() -> bool:
        return (
            product.seen(user)[-1] == "您好"
            and (await there.run("usage", "line", "--json")).json["channels"][0]["limit"] == 200
        )

    await eventually(known)
    [channel] = (await there.run("usage", "line", "--json")).json["channels"]
    [row] = channel["bots"]
    assert (row["name"], row["free"], row["billed_by_purpose"]) == ("巷口咖啡", 1, {"notice": 1})
    assert (channel["limit"], row["limit"]) == (200, 40)
    shown = (await there.run("usage", "line")).out
    assert "巷口咖啡" in shown
    assert "of 200, forecast" in shown


async def test_a_bots_limit_is_set_and_taken_away(there: Shell, product: Running) -> None:
    bot = await product.shops.open()
    assert (await there.run("usage", "limit", str(bot.id), "30", "--json")).json == {
        "bot_id": str(bot.id),
        "push_limit": 30,
    }
    assert (await there.run("usage", "limit", str(bot.id), "none", "--json")).json["push_limit"] is None


@pytest.mark.parametrize("arguments", [(str(uuid.uuid4()), "5"), (str(uuid.uuid4()), "many")])
async def test_a_wrong_limit_is_refused_in_a_sentence(there: Shell, arguments: tuple[str, str]) -> None:
    ended = await there.run("usage", "limit", *arguments)
    assert (ended.code, ended.err.count("\n")) == (2, 1)


def test_a_month_is_written_as_year_and_month() -> None:
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    assert month_of("2026-02", clock).isoformat() == "2026-02-01T00:00:00+08:00"
    assert month_of("", clock).isoformat() == "2026-10-31T16:00:00+00:00"
    with pytest.raises(BadRequest):
        month_of("2026-13", clock)
