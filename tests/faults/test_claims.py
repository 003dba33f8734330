from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from bot.line.simulator import Occurrence
from bot.texts import say
from tests.support.site import Site

OWNERS = "SELECT user_id FROM bot_owners"
CLAIMANTS = 100


async def tell_all(site: Site, said: list[Occurrence]) -> Counter[str]:
    """Send all at once and wait for the end; returns how many got which answer."""
    await asyncio.gather(*(site.post_until_taken(one) for one in said))
    await site.settle()
    answers = [site.line.world.answers_to(one) for one in said]
    return Counter(message.content["text"] for messages in answers for message in messages)


async def test_while_two_bots_wait_the_bare_command_binds_none_and_of_many_claims_of_a_code_one_binds(
    site: Site, figure: Callable[[str], None]
) -> None:
    await site.serve()
    key = await site.partner(slots=2)
    first, _ = [(await site.provision(key, name=name))[1] for name in ("安居小店", "好室小店")]
    people = site.friends(CLAIMANTS)
    bare = await tell_all(site, [site.says(user, "@我是店長") for user in people[:10]])
    assert bare == {say("binding.need_code"): 10}
    assert await site.rows(OWNERS) == []
    answers = await tell_all(site, [site.says(user, f"@我是店長 {first['binding']['code']}") for user in people])
    refusals = {say("binding.code_used"), say("binding.owned_by_other", shop="安居小店")}
    assert sorted(count for text, count in answers.items() if text not in refusals) == [1]
    assert answers.total() == CLAIMANTS
    assert len(await site.rows(OWNERS)) == 1
    figure(f"two bots wait: 10 bare commands bind 0; {CLAIMANTS} concurrent claims of one code bind 1")


@pytest.mark.parametrize(("calls", "slots"), [(200, 37)])
async def test_slots_are_not_overdrawn_by_calls_at_once_to_two_servers(
    postgresql_site: Site, figure: Callable[[str], None], calls: int, slots: int
) -> None:
    site = postgresql_site
    await site.serve(2)
    key = await site.partner(slots=slots)
    given = await asyncio.gather(*(site.provision(key, server=number % 2) for number in range(calls)))
    statuses = Counter(status for status, _ in given)
    assert statuses == {201: slots, 403: calls - slots}
    assert (await site.rows("SELECT count(*) FROM bots"))[0][0] == slots
    figure(f"{calls} concurrent calls on {slots} slots over 2 processes: {dict(statuses)}")
