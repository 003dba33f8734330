from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.models import Bot
from bot.tenancy.owners import ClaimOutcome, repository
from bot.tenancy.owners.claims import TRIES_AN_HOUR
from tests.bot.tenancy.owners.bindings import ANOTHER, DAY, Bindings

MOMENT = timedelta(seconds=1)


async def test_a_code_binds_its_bot(bindings: Bindings) -> None:
    bot, _other = await bindings.bot(), await bindings.bot()
    claim = await bindings.claim(await bindings.code(bot))
    assert (claim.outcome, claim.bot and claim.bot.id) == (ClaimOutcome.BOUND, bot.id)
    assert await bindings.owned() == [bot.id]


async def test_a_code_works_once(bindings: Bindings) -> None:
    code = await bindings.code(await bindings.bot())
    await bindings.claim(code)
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.CODE_USED
    assert await bindings.owned(ANOTHER) == []


async def test_the_owner_is_told_that_they_are_it(bindings: Bindings) -> None:
    code = await bindings.code(await bindings.bot())
    await bindings.claim(code)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.ALREADY_YOURS


async def test_of_many_who_use_one_code_at_once_one_is_bound(bindings: Bindings) -> None:
    code = await bindings.code(await bindings.bot())
    claims = await asyncio.gather(*(bindings.claim(code, f"U{number:032x}") for number in range(12)))
    outcomes = [claim.outcome for claim in claims]
    assert outcomes.count(ClaimOutcome.BOUND) == 1
    assert set(outcomes) <= {ClaimOutcome.BOUND, ClaimOutcome.CODE_USED, ClaimOutcome.OWNED_BY_OTHER}


async def test_a_used_code_binds_nobody_after_a_release(bindings: Bindings) -> None:
    bot = await bindings.bot()
    code = await bindings.code(bot)
    await bindings.claim(code)
    await bindings.release(bot)
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.CODE_USED
    assert (await bindings.claim(await bindings.code(bot), ANOTHER)).outcome is ClaimOutcome.BOUND


async def test_a_new_code_of_an_owned_bot_takes_it_from_nobody(bindings: Bindings) -> None:
    bot = await bindings.bot()
    await bindings.claim(await bindings.code(bot))
    assert (await bindings.claim(await bindings.code(bot), ANOTHER)).outcome is ClaimOutcome.OWNED_BY_OTHER
    assert await bindings.owned(ANOTHER) == []


async def test_a_code_ends_at_its_time(bindings: Bindings, clock: ManualClock) -> None:
    bot = await bindings.bot()
    code = await bindings.code(bot, valid_for=DAY)
    clock.advance(DAY)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.CODE_EXPIRED
    clock.advance(-MOMENT)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.BOUND


async def test_a_renewed_code_ends_the_older_one(bindings: Bindings) -> None:
    bot = await bindings.bot()
    older, newer = await bindings.code(bot), await bindings.code(bot)
    assert (await bindings.claim(older)).outcome is ClaimOutcome.CODE_EXPIRED
    assert (await bindings.claim(newer)).outcome is ClaimOutcome.BOUND


async def test_a_renewed_code_is_dead_by_slower_clocks_too(bindings: Bindings, clock: ManualClock) -> None:
    bot = await bindings.bot()
    older = await bindings.code(bot)
    clock.advance(DAY)
    await bindings.code(bot)
    clock.advance(-MOMENT)
    assert (await bindings.claim(older)).outcome is ClaimOutcome.CODE_EXPIRED


async def test_a_code_of_another_channel_binds_nothing(bindings: Bindings) -> None:
    code = await bindings.code(await bindings.bot())
    claim = await bindings.claim(code, channel_id=bindings.other_channel_id)
    assert (claim.outcome, claim.bot) == (ClaimOutcome.CODE_OTHER_CHANNEL, None)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.BOUND


async def test_a_switched_off_bot_is_not_bound(bindings: Bindings) -> None:
    bot = await bindings.bot()
    code = await bindings.code(bot)
    async with bindings.database.unit_of_work() as session:
        (await session.get_one(Bot, bot.id)).is_active = False
    assert (await bindings.claim(code)).outcome is ClaimOutcome.CODE_USED


@pytest.mark.parametrize("wrong", ["AAAA-BBBB-CCCC", None])
async def test_wrong_codes_are_counted_down_and_then_locked(bindings: Bindings, wrong: str | None) -> None:
    code = await bindings.code(await bindings.bot())
    claims = [await bindings.claim(wrong) for _ in range(TRIES_AN_HOUR)]
    assert [claim.tries_left for claim in claims] == [4, 3, 2, 1, 0]
    assert {claim.outcome for claim in claims} == {ClaimOutcome.CODE_WRONG}
    assert (await bindings.claim(code)).outcome is ClaimOutcome.TOO_MANY_TRIES
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.BOUND


async def test_a_lock_ends_after_an_hour(bindings: Bindings, clock: ManualClock) -> None:
    code = await bindings.code(await bindings.bot())
    for _ in range(TRIES_AN_HOUR):
        await bindings.claim("AAAA-BBBB-CCCC")
    clock.advance(repository.TRIES_WINDOW - MOMENT)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.TOO_MANY_TRIES
    clock.advance(MOMENT)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.BOUND


async def test_the_bare_command_binds_the_only_bot_that_waits(bindings: Bindings) -> None:
    owned, waiting = await bindings.bot(), await bindings.bot()
    await bindings.claim(await bindings.code(owned), ANOTHER)
    claim = await bindings.claim_bare()
    assert (claim.outcome, claim.bot and claim.bot.id) == (ClaimOutcome.BOUND, waiting.id)


async def test_the_bare_command_uses_up_the_bots_code(bindings: Bindings) -> None:
    code = await bindings.code(await bindings.bot())
    await bindings.claim_bare()
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.CODE_USED


@pytest.mark.parametrize("waiting", [0, 2, 3])
async def test_the_bare_command_never_guesses(bindings: Bindings, waiting: int) -> None:
    for _ in range(waiting):
        await bindings.bot()
    assert (await bindings.claim_bare()).outcome is ClaimOutcome.NEED_CODE
    assert await bindings.owned() == []


async def test_the_bare_command_is_off_with_a_window_of_zero(bindings: Bindings) -> None:
    await bindings.bot()
    assert (await bindings.claim_bare(window=timedelta(0))).outcome is ClaimOutcome.NEED_CODE


async def test_the_bare_command_ends_with_the_claim_window(bindings: Bindings, clock: ManualClock) -> None:
    await bindings.bot()
    clock.advance(DAY)
    assert (await bindings.claim_bare()).outcome is ClaimOutcome.NEED_CODE
    clock.advance(-MOMENT)
    assert (await bindings.claim_bare()).outcome is ClaimOutcome.BOUND


async def test_the_bare_command_takes_no_bot_whose_owner_was_released(bindings: Bindings) -> None:
    bot = await bindings.bot()
    await bindings.claim(await bindings.code(bot))
    await bindings.release(bot)
    assert (await bindings.claim_bare()).outcome is ClaimOutcome.NEED_CODE
    code = await bindings.code(bot)
    assert (await bindings.claim_bare(ANOTHER)).outcome is ClaimOutcome.NEED_CODE
    await bindings.bot()
    assert (await bindings.claim_bare()).outcome is ClaimOutcome.NEED_CODE
    assert (await bindings.claim(code)).outcome is ClaimOutcome.BOUND


async def test_a_repeated_bare_command_takes_no_second_bot(bindings: Bindings) -> None:
    first = await bindings.bot()
    await bindings.claim_bare()
    await bindings.bot()
    claim = await bindings.claim_bare()
    assert (claim.outcome, claim.bot and claim.bot.id) == (ClaimOutcome.ALREADY_OWNER_ELSEWHERE, first.id)


async def test_of_many_bare_commands_at_once_one_binds(bindings: Bindings) -> None:
    await bindings.bot()
    claims = await asyncio.gather(*(bindings.claim_bare(f"U{number:032x}") for number in range(12)))
    outcomes = [claim.outcome for claim in claims]
    assert outcomes.count(ClaimOutcome.BOUND) == 1
    assert set(outcomes) == {ClaimOutcome.BOUND, ClaimOutcome.NEED_CODE}


async def test_a_release_ends_ones_own_ownership_alone(bindings: Bindings) -> None:
    bot = await bindings.bot()
    await bindings.claim(await bindings.code(bot))
    assert not await bindings.release(bot, ANOTHER)
    assert await bindings.owned() == [bot.id]
    assert await bindings.release(bot)
    assert await bindings.owned() == []
    assert not await bindings.release(bot)


async def test_the_latest_bound_bot_comes_first(bindings: Bindings, clock: ManualClock) -> None:
    bots = [await bindings.bot() for _ in range(3)]
    for bot in bots:
        await bindings.claim(await bindings.code(bot))
        clock.advance(MOMENT)
    assert await bindings.owned() == [bot.id for bot in reversed(bots)]
