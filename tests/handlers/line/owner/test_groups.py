from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.line.simulator import Group, User
from bot.models import Bot, Contact
from bot.texts import say
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import buttons, tap


async def shop(running: Running, *, groups: int = 1) -> tuple[Bot, User, list[Group]]:
    """A shop whose bot was invited into groups, and its owner."""
    bot, owner = await running.shops.open(), running.friend("老闆")
    await running.shops.own(bot, owner)
    made = [running.line.add_group(f"住戶群{number}", [owner]) for number in range(groups)]
    for group in made:
        await running.line.deliver(running.line.people.invite_account(running.central.channel_id, group.group_id))
    await running.settle()
    return bot, owner, made


async def contact_of(running: Running, group: Group) -> Contact:
    [found] = await running.rows(select(Contact).where(Contact.source_id == group.group_id))
    assert isinstance(found, Contact)
    return found


def card(running: Running, owner: User) -> str:
    return str(running.line.visible_messages(running.central, owner)[-1].content)


async def test_an_owner_without_groups_hears_how_to_get_one(still: Running) -> None:
    bot, owner, _ = await shop(still, groups=0)
    assert await still.ask(owner, "群組") == [say("group.none", shop=bot.store_name, word=bot.store_name)]


async def test_the_owner_sees_every_group_by_its_name(live: Running) -> None:
    _bot, owner, _groups = await shop(live, groups=2)
    await live.ask(owner, "群組")
    assert all(name in card(live, owner) for name in ("住戶群0", "住戶群1"))


async def test_the_owner_switches_the_bot_off_and_on_in_a_group(still: Running) -> None:
    _bot, owner, [group] = await shop(still)
    await still.ask(owner, "群組")
    await tap(still, owner, say("group.turn_off"))
    assert await still.ask(owner, f"巷口咖啡 {ASK}", group=group) == []
    await tap(still, owner, say("group.turn_on"))
    assert await still.ask(owner, f"巷口咖啡 {ASK}", group=group) == [ANSWER]


async def test_languages_and_welcomes_are_changed_by_tapping(still: Running) -> None:
    _bot, owner, [group] = await shop(still)
    await still.ask(owner, "群組")
    seen = []
    for label in ("to_chinese", "to_english", "to_as_asked"):
        await tap(still, owner, say(f"group.{label}"))
        seen.append((await contact_of(still, group)).language)
    assert seen == ["zh-TW", "en", None]
    await tap(still, owner, say("group.do_welcome"))
    assert say("group.no_welcome") in [button["label"] for button in buttons(still, owner)]


async def test_the_word_that_calls_the_bot_is_the_owners_choice(still: Running) -> None:
    bot, owner, [group] = await shop(still)
    await still.ask(owner, "呼叫詞")
    assert await still.ask(owner, "，") == [say("group.word_odd", least=2, most=20)]
    assert await still.ask(owner, "＠小幫手") == [say("group.word_set", word="小幫手")]
    assert await still.ask(owner, f"小幫手 {ASK}", group=group) == [ANSWER]
    await still.ask(owner, "呼叫詞")
    assert await tap(still, owner, say("group.word_clear")) == [say("group.word_cleared", shop=bot.store_name)]
    assert await still.ask(owner, f"小幫手 {ASK}", group=group) == []


async def test_a_group_that_was_left_is_not_offered_any_more(still: Running) -> None:
    bot, owner, [group] = await shop(still)
    contact = await contact_of(still, group)
    await still.line.deliver(still.line.people.remove_account(group.group_id))
    told = await still.line.user_taps(still.central, owner, f"o:group:{bot.id.hex}:{contact.id}:off")
    assert await still.answers(told) == [say("group.gone")]


@pytest.mark.parametrize("argument", ["{foreign}:off", "x:off", "", "999999999999999999999:off", "{own}:nonsense"])
async def test_a_group_is_set_by_its_own_owner_alone(still: Running, argument: str) -> None:
    bot, owner, [group] = await shop(still)
    await still.shops.open("別家")
    own = (await contact_of(still, group)).id
    other = await invited_elsewhere(still)
    data = f"o:group:{bot.id.hex}:{argument.format(own=own, foreign=other.id)}"
    await still.answers(await still.line.user_taps(still.central, owner, data))
    assert {row.muted_at for row in await still.rows(select(Contact))} == {None}


async def invited_elsewhere(running: Running) -> Any:
    group = running.line.add_group("別人的群", [running.friend()])
    await running.line.deliver(running.line.people.invite_account(running.central.channel_id, group.group_id))
    await running.settle()
    return await contact_of(running, group)
