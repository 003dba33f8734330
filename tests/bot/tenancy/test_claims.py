from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot
from bot.security.tokens import hash_token, normalise_code
from bot.tenancy.claims import issue_claim_code

KEY = b"c" * 32


async def issue(database: Database, bot: Bot, clock: ManualClock) -> str:
    async with database.unit_of_work() as session:
        return (await issue_claim_code(session, bot, clock=clock, claim_code_key=KEY)).code


async def valid_hashes(database: Database, clock: ManualClock) -> list[str]:
    async with database.reading() as session:
        rows = await session.execute(
            text("SELECT code_hash FROM claim_codes WHERE used_at IS NULL AND expires_at > :t"),
            {"t": clock.now() if not database.is_sqlite else clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")},
        )
        return [row.code_hash for row in rows]


async def test_a_code_is_found_by_what_a_person_types(database: Database, bot: Bot, clock: ManualClock) -> None:
    code = await issue(database, bot, clock)
    assert await valid_hashes(database, clock) == [hash_token(KEY, normalise_code(f" {code.lower()} ") or "")]


async def test_a_code_is_valid_for_seven_days(database: Database, bot: Bot, clock: ManualClock) -> None:
    await issue(database, bot, clock)
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    assert len(await valid_hashes(database, clock)) == 1
    clock.advance(timedelta(seconds=1))
    assert await valid_hashes(database, clock) == []


@pytest.mark.parametrize("used", [True, False])
async def test_a_new_code_ends_the_older_unused_one(
    database: Database, bot: Bot, clock: ManualClock, used: bool
) -> None:
    await issue(database, bot, clock)
    if used:
        async with database.unit_of_work() as session:
            await session.execute(text("UPDATE claim_codes SET used_at = created_at"))
    code = await issue(database, bot, clock)
    assert await valid_hashes(database, clock) == [hash_token(KEY, code)]
