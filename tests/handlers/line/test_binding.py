from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.line.simulator import User
from bot.models import Bot, BotHelper
from bot.texts import Language, say
from handlers.line.commands import CommandName, command_text
from tests.support.running import Running
from tests.support.tapping import tap

CLAIM = command_text(CommandName.CLAIM)
RELEASE = command_text(CommandName.RELEASE)
WRONG = "AAAA-BBBB-CCCC"


async def two_shops(still: Running) -> tuple[Bot, Bot]:
    return await still.shops.open("甲店"), await still.shops.open("乙店")


async def owned_shop(still: Running) -> tuple[Bot, User]:
    bot, user = await still.shops.open(), still.friend("店長")
    await still.shops.own(bot, user)
    return bot, user


async def test_a_code_binds_its_shop_and_names_the_shop_code(live: Running) -> None:
    await live.shops.open("別家")
    bot, user = await live.shops.open(), live.friend()
    said = await live.ask(user, f"{CLAIM} {await live.shops.code(bot)}")
    assert said == [say("binding.bound", shop=bot.store_name, code=bot.shop_code)]
    assert await live.shops.owner_of(bot) == user.user_id


@pytest.mark.parametrize(
    "typed", ["＠我是店長　{code}", "@我是店長{code}\n", " @ 我是店長 {lower}", "@我是店长 {code}"]
)
async def test_a_code_binds_however_it_is_typed(still: Running, typed: str) -> None:
    bot, user = await still.shops.open(), still.friend()
    code = await still.shops.code(bot)
    await still.ask(user, typed.format(code=code, lower=code.replace("-", " ").lower()))
    assert await still.shops.owner_of(bot) == user.user_id


async def test_a_used_code_binds_nobody_else(still: Running) -> None:
    bot, _ = await two_shops(still)
    code = await still.shops.code(bot)
    owner, thief = still.friend(), still.friend("路人")
    await still.ask(owner, f"{CLAIM} {code}")
    assert await still.ask(thief, f"{CLAIM} {code}") == [say("binding.code_used")]
    assert await still.shops.owner_of(bot) == owner.user_id


async def test_the_owner_repeats_the_code_in_peace(still: Running) -> None:
    bot, user = await still.shops.open(), still.friend()
    command = f"{CLAIM} {await still.shops.code(bot)}"
    await still.ask(user, command)
    assert await still.ask(user, command) == [say("binding.already_yours", shop=bot.store_name)]


async def test_an_expired_code_says_so(still: Running, clock: ManualClock) -> None:
    bot, user = await still.shops.open(), still.friend()
    code = await still.shops.code(bot, valid_for=timedelta(hours=1))
    clock.advance(timedelta(hours=1))
    assert await still.ask(user, f"{CLAIM} {code}") == [say("binding.code_expired")]


async def test_five_wrong_codes_lock_for_an_hour(still: Running, clock: ManualClock) -> None:
    bot, user = await still.shops.open(), still.friend()
    right = f"{CLAIM} {await still.shops.code(bot)}"
    answers = [(await still.ask(user, f"{CLAIM} {WRONG}"))[0] for _ in range(5)]
    assert answers[:4] == [say("binding.code_wrong", left=left) for left in (4, 3, 2, 1)]
    assert answers[4] == say("binding.too_many_tries")
    assert await still.ask(user, right) == [say("binding.too_many_tries")]
    clock.advance(timedelta(hours=1))
    assert await still.ask(user, right) == [say("binding.bound", shop=bot.store_name, code=bot.shop_code)]


@pytest.mark.parametrize("nonsense", ["?", "什麼", "0000-0000-0000", "K7QM-2XWP", "K7QM-2XWP-9RTD-K7QM-2XWP"])
async def test_what_can_not_be_a_code_counts_as_a_wrong_one(still: Running, nonsense: str) -> None:
    await still.shops.open()
    assert await still.ask(still.friend(), f"{CLAIM} {nonsense}") == [say("binding.code_wrong", left=4)]


async def test_a_code_of_another_channel_says_where_to_go(still: Running) -> None:
    bot = await still.shops.open()
    await still.own_channel(bot)
    code = await still.shops.code(bot)
    assert await still.ask(still.friend(), f"{CLAIM} {code}") == [say("binding.code_other_channel")]
    assert await still.shops.owner_of(bot) is None


async def test_an_owned_shop_is_not_taken_with_a_new_code(still: Running) -> None:
    bot, owner = await owned_shop(still)
    code = await still.shops.code(bot)
    said = await still.ask(still.friend("新人"), f"{CLAIM} {code}")
    assert said == [say("binding.owned_by_other", shop=bot.store_name)]
    assert await still.shops.owner_of(bot) == owner.user_id


async def test_the_bare_command_binds_the_one_shop_that_waits(live: Running) -> None:
    bot, user = await live.shops.open(), live.friend()
    assert await live.ask(user, CLAIM) == [say("binding.bound", shop=bot.store_name, code=bot.shop_code)]
    assert await live.shops.owner_of(bot) == user.user_id


async def test_the_bare_command_never_chooses_between_several(still: Running) -> None:
    bots = await two_shops(still)
    assert await still.ask(still.friend(), CLAIM) == [say("binding.need_code")]
    assert [await still.shops.owner_of(bot) for bot in bots] == [None, None]


async def test_the_bare_command_ends_with_the_claim_window(still: Running, clock: ManualClock) -> None:
    bot = await still.shops.open()
    clock.advance(still.shopkeeper.settings.bare_claim_window)
    assert await still.ask(still.friend(), CLAIM) == [say("binding.need_code")]
    assert await still.shops.owner_of(bot) is None


async def test_an_owner_who_repeats_the_bare_command_gets_no_second_shop(still: Running) -> None:
    first, user = await owned_shop(still)
    second = await still.shops.open("乙店")
    said = await still.ask(user, CLAIM)
    assert said == [say("binding.already_owner_elsewhere", shop=first.store_name)]
    assert await still.shops.owner_of(second) is None


async def test_an_owner_may_bind_a_second_shop_by_code(still: Running) -> None:
    _, user = await owned_shop(still)
    second = await still.shops.open("乙店")
    await still.ask(user, f"{CLAIM} {await still.shops.code(second)}")
    assert await still.shops.owner_of(second) == user.user_id


@pytest.mark.parametrize("with_code", [False, True])
async def test_nobody_becomes_owner_in_a_group(still: Running, with_code: bool) -> None:
    bot, user = await still.shops.open(), still.friend()
    group = still.line.add_group("老闆們", [user], channel=still.central)
    command = f"{CLAIM} {await still.shops.code(bot)}" if with_code else CLAIM
    assert await still.ask(user, command, group=group) == [say("binding.only_in_private")]
    assert await still.shops.owner_of(bot) is None


async def test_a_redelivered_claim_is_answered_once(still: Running) -> None:
    bot, user = await still.shops.open(), still.friend()
    told = await still.line.user_says(still.central, user, CLAIM, copies=3)
    assert await still.answers(told) == [say("binding.bound", shop=bot.store_name, code=bot.shop_code)]


async def test_a_release_asks_twice_and_then_ends_the_ownership(live: Running) -> None:
    bot, user = await live.shops.open(), live.friend()
    await live.shops.own(bot, user)
    told = await live.line.user_says(live.central, user, RELEASE)
    assert await live.answers(told) == [say("binding.release_ask", shop=bot.store_name)]
    assert await live.shops.owner_of(bot) == user.user_id
    assert await tap(live, user, say("binding.release_yes")) == [say("binding.release_really", shop=bot.store_name)]
    assert await live.shops.owner_of(bot) == user.user_id
    assert await tap(live, user, say("binding.release_really_yes")) == [say("binding.released", shop=bot.store_name)]
    assert await live.shops.owner_of(bot) is None


async def test_a_release_can_be_thought_better_of(still: Running) -> None:
    bot, user = await owned_shop(still)
    await still.ask(user, RELEASE)
    assert await tap(still, user, say("binding.release_no")) == [say("binding.release_kept")]
    assert await still.shops.owner_of(bot) == user.user_id


async def test_an_owner_of_several_chooses_which_to_release(still: Running) -> None:
    first, second = await two_shops(still)
    user = still.friend()
    for bot in (first, second):
        await still.shops.own(bot, user)
    assert await still.ask(user, RELEASE) == [say("binding.release_ask_many")]
    await tap(still, user, say("binding.release_button", shop=first.store_name))
    await tap(still, user, say("binding.release_really_yes"))
    assert [await still.shops.owner_of(bot) for bot in (first, second)] == [None, user.user_id]


async def test_an_old_confirmation_releases_nothing(still: Running, clock: ManualClock) -> None:
    bot, user = await owned_shop(still)
    await still.ask(user, RELEASE)
    await tap(still, user, say("binding.release_yes"))
    clock.advance(timedelta(minutes=11))
    assert await tap(still, user, say("binding.release_really_yes")) == [
        say("binding.release_ask", shop=bot.store_name)
    ]
    assert await still.shops.owner_of(bot) == user.user_id


@pytest.mark.parametrize(
    "data",
    [
        "release:{bot}",
        "release_now:{bot}:1",
        "release_now:",
        "release:nonsense",
        "release:",
        "something:else",
        "release",
    ],
)
async def test_a_strangers_tap_releases_nothing(still: Running, data: str) -> None:
    bot, owner = await owned_shop(still)
    stranger = still.friend("路人")
    await still.line.user_taps(still.central, stranger, data.format(bot=bot.id))
    await still.settle()
    assert await still.shops.owner_of(bot) == owner.user_id


async def test_who_owns_nothing_has_nothing_to_release(still: Running) -> None:
    await still.shops.open()
    assert await still.ask(still.friend(), RELEASE) == [say("binding.not_owner")]


@pytest.mark.parametrize("language", Language)
def test_every_outcome_has_its_words(language: Language) -> None:
    for key in ("bound", "already_yours", "already_owner_elsewhere", "owned_by_other", "code_wrong", "need_code"):
        assert say(f"binding.{key}", language, shop="甲", code="AB23CD", left=3)


async def test_a_bot_that_moves_to_its_own_channel_leaves_its_people_behind(still: Running) -> None:
    bot, owner = await owned_shop(still)
    [_how, invitation] = await still.ask(owner, "邀請店員")
    await still.ask(still.friend("小助"), invitation)
    await still.own_channel(bot)
    assert await still.shops.owner_of(bot) is None
    assert await still.rows(select(BotHelper)) == []
