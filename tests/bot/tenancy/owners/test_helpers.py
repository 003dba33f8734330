from __future__ import annotations

import asyncio

import pytest

from bot.clock import ManualClock
from bot.models import Bot
from bot.tenancy.claims import CodeRole
from bot.tenancy.owners import MOST_HELPERS, ClaimOutcome
from bot.tenancy.owners.claims import OWNING
from tests.bot.tenancy.owners.bindings import ANOTHER, DAY, SOMEONE, Bindings

THIRD = "U" + "c" * 32
HELPING = frozenset({CodeRole.HELPER})


async def owned_bot(bindings: Bindings) -> Bot:
    bot = await bindings.bot()
    await bindings.claim(await bindings.code(bot))
    return bot


async def test_a_helper_joins_by_a_code_that_works_once(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=CodeRole.HELPER)
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.JOINED
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.ALREADY_HELPER
    assert (await bindings.claim(code, THIRD)).outcome is ClaimOutcome.CODE_USED
    assert await bindings.helpers(bot) == [ANOTHER]


async def test_of_many_who_use_one_helper_code_at_once_one_joins(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=CodeRole.HELPER)
    claims = await asyncio.gather(*(bindings.claim(code, f"U{number:032x}") for number in range(12)))
    outcomes = [claim.outcome for claim in claims]
    assert (outcomes.count(ClaimOutcome.JOINED), len(await bindings.helpers(bot))) == (1, 1)


async def test_an_owner_does_not_become_their_own_helper(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=CodeRole.HELPER)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.ALREADY_YOURS
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.JOINED


@pytest.mark.parametrize(
    ("role", "roles", "outcome"),
    [
        (CodeRole.HELPER, OWNING, ClaimOutcome.CODE_OF_HELPER),
        (CodeRole.OWNER, HELPING, ClaimOutcome.CODE_OF_OWNER),
        (CodeRole.SUCCESSOR, HELPING, ClaimOutcome.CODE_OF_OWNER),
    ],
)
async def test_a_code_makes_nobody_what_they_did_not_ask_to_be(
    bindings: Bindings, role: CodeRole, roles: frozenset[CodeRole], outcome: ClaimOutcome
) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=role)
    assert (await bindings.claim(code, ANOTHER, roles=roles)).outcome is outcome
    assert (await bindings.helpers(bot), await bindings.owned(ANOTHER)) == ([], [])


async def test_a_helper_code_ends_at_its_time_and_with_its_owner(bindings: Bindings, clock: ManualClock) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=CodeRole.HELPER, valid_for=DAY)
    clock.advance(DAY)
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.CODE_EXPIRED
    clock.advance(-DAY)
    await bindings.release(bot)
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.CODE_USED


async def test_there_are_only_so_many_helpers(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    for number in range(MOST_HELPERS):
        await bindings.claim(await bindings.code(bot, role=CodeRole.HELPER), f"U{number:032x}")
    last = await bindings.claim(await bindings.code(bot, role=CodeRole.HELPER), ANOTHER)
    assert last.outcome is ClaimOutcome.TOO_MANY_HELPERS


async def test_a_code_for_one_role_ends_none_for_another(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    helper = await bindings.code(bot, role=CodeRole.HELPER)
    successor = await bindings.code(bot, role=CodeRole.SUCCESSOR)
    assert (await bindings.claim(helper, ANOTHER)).outcome is ClaimOutcome.JOINED
    assert (await bindings.claim(successor, THIRD)).outcome is ClaimOutcome.SUCCEEDED


# Taking over, and letting go


async def test_a_successor_takes_the_owners_place_and_helpers_go(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    await bindings.claim(await bindings.code(bot, role=CodeRole.HELPER), THIRD)
    claim = await bindings.claim(await bindings.code(bot, role=CodeRole.SUCCESSOR), ANOTHER)
    assert (claim.outcome, claim.former) == (ClaimOutcome.SUCCEEDED, (SOMEONE, THIRD))
    assert (await bindings.owned(), await bindings.owned(ANOTHER)) == ([], [bot.id])
    assert await bindings.helpers(bot) == []


async def test_a_helper_who_succeeds_loses_nothing(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    await bindings.claim(await bindings.code(bot, role=CodeRole.HELPER), ANOTHER)
    claim = await bindings.claim(await bindings.code(bot, role=CodeRole.SUCCESSOR), ANOTHER)
    assert (claim.former, await bindings.helpers(bot)) == ((SOMEONE,), [])


async def test_of_many_who_would_succeed_at_once_one_does(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=CodeRole.SUCCESSOR)
    claims = await asyncio.gather(*(bindings.claim(code, f"U{number:032x}") for number in range(12)))
    outcomes = [claim.outcome for claim in claims]
    assert outcomes.count(ClaimOutcome.SUCCEEDED) == 1
    assert set(outcomes) <= {ClaimOutcome.SUCCEEDED, ClaimOutcome.CODE_USED}
    assert await bindings.owned() == []


async def test_the_owner_who_types_their_own_transfer_code_changes_nothing(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    code = await bindings.code(bot, role=CodeRole.SUCCESSOR)
    assert (await bindings.claim(code)).outcome is ClaimOutcome.ALREADY_YOURS
    assert (await bindings.claim(code, ANOTHER)).outcome is ClaimOutcome.SUCCEEDED


async def test_a_release_ends_helpers_and_every_open_code(bindings: Bindings) -> None:
    bot = await owned_bot(bindings)
    await bindings.claim(await bindings.code(bot, role=CodeRole.HELPER), THIRD)
    successor = await bindings.code(bot, role=CodeRole.SUCCESSOR)
    released = await bindings.release(bot)
    assert released is not None
    assert released.former == (SOMEONE, THIRD)
    assert await bindings.helpers(bot) == []
    assert (await bindings.claim(successor, ANOTHER)).outcome is ClaimOutcome.CODE_USED
