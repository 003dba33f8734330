from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.line.simulator import User
from bot.models import Bot, BotHelper, Contact, Conversation, StaffDialog
from bot.texts import say
from handlers.line.commands import CommandName, command_text
from tests.support.running import Running
from tests.support.tapping import buttons, tap

DAY = timedelta(hours=24)


async def shop(running: Running) -> tuple[Bot, User]:
    bot, owner = await running.shops.open(), running.friend("老闆")
    await running.shops.own(bot, owner)
    return bot, owner


async def invited(running: Running, owner: User) -> str:
    """The message that an owner passes on to a helper."""
    *_notices, how, command = await running.ask(owner, "邀請店員")
    assert how.startswith(say("staff.invite_how", shop="巷口咖啡", until="|").partition("|")[0][:20])
    assert command.startswith(command_text(CommandName.JOIN_STAFF))
    return command


async def with_helper(running: Running) -> tuple[Bot, User, User]:
    bot, owner = await shop(running)
    helper = running.friend("小助")
    await running.ask(helper, await invited(running, owner))
    return bot, owner, helper


async def helpers(running: Running) -> list[tuple[str, str]]:
    rows = await running.rows(select(BotHelper).order_by(BotHelper.added_at))
    return [(row.user_id, row.name) for row in rows]


async def test_an_owner_invites_a_helper_by_a_message_to_pass_on(live: Running) -> None:
    _bot, owner = await shop(live)
    helper = live.friend("小助")
    said = await live.ask(helper, await invited(live, owner))
    assert said == [say("binding.joined", shop="巷口咖啡")]
    assert await helpers(live) == [(helper.user_id, "小助")]


async def test_a_helper_code_works_once_and_for_a_day(still: Running, clock: ManualClock) -> None:
    _bot, owner = await shop(still)
    first, second = await invited(still, owner), await invited(still, owner)
    assert await still.ask(still.friend("甲"), first) == [say("binding.code_expired")]
    await still.ask(still.friend("乙"), second)
    assert await still.ask(still.friend("丙"), second) == [say("binding.code_used")]
    third = await invited(still, owner)
    clock.advance(DAY)
    assert await still.ask(still.friend("丁"), third) == [say("binding.code_expired")]


async def test_wrong_helper_codes_count_like_those_of_owners(still: Running) -> None:
    _bot, owner = await shop(still)
    thief = still.friend("路人")
    for _ in range(5):
        await still.ask(thief, "@我是店員 AAAA-BBBB-CCCC")
    assert await still.ask(thief, await invited(still, owner)) == [say("binding.too_many_tries")]


async def test_a_helper_code_is_not_taken_in_a_group(still: Running) -> None:
    _bot, owner = await shop(still)
    user = still.friend()
    group = still.line.add_group("員工群", [user], channel=still.central)
    assert await still.ask(user, await invited(still, owner), group=group) == [say("binding.only_in_private")]
    assert await helpers(still) == []


async def test_what_the_command_lacks_is_said(still: Running) -> None:
    bot, _owner = await shop(still)
    user = still.friend()
    assert await still.ask(user, "＠我是店员") == [say("binding.need_helper_code")]
    code = await still.shops.code(bot)
    assert await still.ask(user, f"@我是店員 {code}") == [say("binding.code_of_owner")]


@pytest.mark.parametrize("word", ["邀請店員", "移除店員", "轉讓", "群組", "解除店長"])
async def test_what_is_the_owners_is_not_a_helpers(still: Running, word: str) -> None:
    _bot, _owner, helper = await with_helper(still)
    assert await still.ask(helper, word) == [say("owner.owners_only")]


async def test_the_owner_sees_and_removes_a_helper(still: Running) -> None:
    _bot, owner, helper = await with_helper(still)
    told = await still.line.user_says(still.central, owner, "店員")
    await still.settle()
    joined, card = still.line.answers_to(told)
    assert say("staff.helper_joined", shop="巷口咖啡", name="小助") in str(joined.content)
    assert "小助" in str(card.content)
    await still.ask(owner, "移除店員")
    assert await tap(still, owner, "小助") == [say("staff.remove_ask", name="小助")]
    assert await tap(still, owner, say("staff.remove_yes")) == [say("staff.removed", name="小助")]
    assert await helpers(still) == []
    assert await still.ask(helper, "店員") != [say("staff.you_help", shop="巷口咖啡")]


async def test_a_helper_leaves_and_the_owner_is_told_where_that_is_free(still: Running) -> None:
    bot, _owner, helper = await with_helper(still)
    await still.ask(helper, "店員")
    await tap(still, helper, say("staff.leave"))
    assert await tap(still, helper, say("staff.leave_yes")) == [say("staff.left", shop=bot.store_name)]
    assert await helpers(still) == []


async def test_a_former_helper_holds_nothing_any_more(still: Running) -> None:
    bot, owner, helper = await with_helper(still)
    await still.ask(still.friend("客人"), "幾點打烊？")
    async with still.database.unit_of_work() as session:
        [mine] = await still.rows(select(Contact).where(Contact.source_id == helper.user_id))
        [talk] = (await session.scalars(select(Conversation).order_by(Conversation.id.desc()).limit(1))).all()
        talk.state, talk.staff_contact_id = "person", mine.id
        times = {"begun_at": bot.created_at, "expires_at": bot.created_at + DAY}
        session.add(StaffDialog(contact_id=mine.id, bot_id=bot.id, tenant_id=bot.tenant_id, kind="x", data={}, **times))
    await still.ask(owner, "移除店員")
    await tap(still, owner, "小助")
    await tap(still, owner, say("staff.remove_yes"))
    assert {row.state for row in await still.rows(select(Conversation))} == {"bot"}
    assert await still.rows(select(StaffDialog)) == []


# Passing the bot on


async def transfer_command(running: Running, owner: User) -> str:
    assert (await running.ask(owner, "轉讓"))[-1] == say("staff.transfer_ask", shop="巷口咖啡")
    assert await tap(running, owner, say("staff.transfer_yes")) == [say("staff.transfer_really", shop="巷口咖啡")]
    _how, command = await tap(running, owner, say("staff.transfer_really_yes"))
    return command


async def test_a_transfer_is_asked_twice_and_makes_the_bearer_of_its_code_the_owner(live: Running) -> None:
    bot, owner, helper = await with_helper(live)
    successor = live.friend("新老闆")
    said = await live.ask(successor, await transfer_command(live, owner))
    assert said == [say("binding.succeeded", shop=bot.store_name, code=bot.shop_code)]
    assert await live.shops.owner_of(bot) == successor.user_id
    assert await helpers(live) == []
    for former in (owner, helper):
        assert await live.ask(former, "邀請店員") not in ([say("owner.owners_only")], [])
    assert await live.ask(successor, "店員") != []


async def test_a_transfer_can_be_stopped(still: Running) -> None:
    bot, owner = await shop(still)
    command = await transfer_command(still, owner)
    assert await tap(still, owner, say("staff.transfer_stop")) == [say("staff.transfer_stopped", shop=bot.store_name)]
    assert await still.ask(still.friend(), command) == [say("binding.code_expired")]
    assert await still.shops.owner_of(bot) == owner.user_id


async def test_an_old_confirmation_makes_no_code(still: Running, clock: ManualClock) -> None:
    _bot, owner = await shop(still)
    await still.ask(owner, "轉讓")
    await tap(still, owner, say("staff.transfer_yes"))
    [really, _keep] = buttons(still, owner)
    clock.advance(timedelta(minutes=11))
    told = await still.line.user_taps(still.central, owner, really["data"])
    assert await still.answers(told) == [say("staff.transfer_ask", shop="巷口咖啡")]


async def test_the_former_owner_is_told_within_the_push_policy(still: Running) -> None:
    bot, owner = await shop(still)
    await still.shops.know_quota(200)
    await still.ask(still.friend("新老闆"), await transfer_command(still, owner))
    assert still.seen(owner)[-1] == say("staff.transferred_away", shop=bot.store_name)


async def test_former_helpers_are_told_that_customers_do_not_read_them_any_more(still: Running) -> None:
    bot, owner, helper = await with_helper(still)
    await still.shops.know_quota(200)
    await still.ask(still.friend("新老闆"), await transfer_command(still, owner))
    assert still.seen(helper)[-1] == say("staff.helper_without_owner", shop=bot.store_name)


async def test_a_helper_whom_the_owner_removes_is_told(still: Running) -> None:
    bot, owner, helper = await with_helper(still)
    await still.shops.know_quota(200)
    await still.ask(owner, "移除店員")
    await tap(still, owner, "小助")
    await tap(still, owner, say("staff.remove_yes"))
    assert still.seen(helper)[-1] == say("staff.helper_removed", shop=bot.store_name)
