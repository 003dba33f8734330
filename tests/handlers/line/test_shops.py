from __future__ import annotations

from bot.line.simulator import User
from bot.models import Bot
from bot.texts import Language, say
from handlers.line.commands import CommandName, command_text
from tests.support.running import Running

CHANGE = command_text(CommandName.CHANGE_SHOP)
ASK = "你們的招牌是什麼？"


async def two_shops(running: Running) -> tuple[Bot, Bot]:
    """Two shops that answer the same question differently."""
    return (
        await running.shops.open("甲店", entries={ASK: "招牌是蛋餅。"}),
        await running.shops.open("乙店", entries={ASK: "招牌是奶茶。"}),
    )


def enter(bot: Bot) -> str:
    return command_text(CommandName.ENTER_SHOP, bot.shop_code)


def offered(running: Running, user: User) -> list[str]:
    """What the quick replies under the last message type."""
    last = running.line.visible_messages(running.central, user)[-1].content
    return [item["action"]["text"] for item in last.get("quickReply", {"items": []})["items"]]


async def test_who_enters_a_shop_is_answered_by_it_until_they_enter_another(live: Running) -> None:
    first, second = await two_shops(live)
    user = live.friend()
    for bot, answer in ((first, "招牌是蛋餅。"), (second, "招牌是奶茶。"), (first, "招牌是蛋餅。")):
        assert await live.ask(user, enter(bot)) == [say("line.shop_entered", shop=bot.store_name)]
        assert await live.ask(user, ASK) == [answer]


async def test_a_shop_code_may_be_small_and_full_width(still: Running) -> None:
    bot, _ = await two_shops(still)
    typed = "＠進店　" + bot.shop_code.lower()
    assert await still.ask(still.friend(), typed) == [say("line.shop_entered", shop=bot.store_name)]


async def test_an_unknown_shop_code_says_so(still: Running) -> None:
    await two_shops(still)
    assert await still.ask(still.friend(), "@進店 zz") == [say("line.shop_not_found", code="ZZ")]
    assert await still.ask(still.friend(), "@進店") == [say("line.shop_code_missing")]


async def test_a_shop_of_another_channel_can_not_be_entered(still: Running) -> None:
    bot, _ = await two_shops(still)
    await still.own_channel(bot)
    assert await still.ask(still.friend(), enter(bot)) == [say("line.shop_not_found", code=bot.shop_code)]


async def test_changing_shops_offers_those_that_were_visited(still: Running) -> None:
    first, second = await two_shops(still)
    await still.shops.open("沒去過的店")
    user = still.friend()
    for bot in (first, second):
        await still.ask(user, enter(bot))
    assert await still.ask(user, CHANGE) == [say("line.which_shop")]
    assert sorted(offered(still, user)) == sorted([enter(first), enter(second)])


async def test_changing_shops_leads_an_owner_back_to_their_own(still: Running) -> None:
    first, second = await two_shops(still)
    owner = still.friend("店長")
    await still.shops.own(second, owner)
    await still.ask(owner, enter(first))
    await still.ask(owner, CHANGE)
    assert offered(still, owner) == [enter(second), enter(first)]


async def test_changing_shops_without_any_says_how_to_enter_one(still: Running) -> None:
    await two_shops(still)
    assert await still.ask(still.friend(), CHANGE) == [say("line.no_shop_yet")]


# Which bot answers


async def test_a_newcomer_gets_the_only_bot_of_the_channel(still: Running) -> None:
    await still.shops.open(entries={ASK: "招牌是蛋餅。"})
    assert await still.ask(still.friend(), ASK) == ["招牌是蛋餅。"]


async def test_a_newcomer_among_several_shops_is_told_how_to_enter_one(still: Running) -> None:
    await two_shops(still)
    assert await still.ask(still.friend(), ASK) == [say("line.no_shop_yet")]


async def test_a_vendors_own_channel_is_answered_by_its_bot(live: Running) -> None:
    first, second = await two_shops(live)
    channel = await live.own_channel(first)
    assert await live.ask(live.friend(of=channel), ASK, channel=channel) == ["招牌是蛋餅。"]
    assert await live.ask(live.friend(), ASK) == ["招牌是奶茶。"]
    assert second.channel_id != first.id


async def test_an_owner_in_no_shop_talks_to_their_own_bot(still: Running) -> None:
    _, second = await two_shops(still)
    owner = still.friend("店長")
    await still.shops.own(second, owner)
    assert await still.ask(owner, ASK) == ["招牌是奶茶。"]


async def test_an_owner_who_entered_another_shop_is_answered_by_that(still: Running) -> None:
    first, second = await two_shops(still)
    owner = still.friend("店長")
    await still.shops.own(second, owner)
    await still.ask(owner, enter(first))
    assert await still.ask(owner, ASK) == ["招牌是蛋餅。"]


async def test_an_owner_of_several_chooses(still: Running) -> None:
    first, second = await two_shops(still)
    owner = still.friend("店長")
    for bot in (first, second):
        await still.shops.own(bot, owner)
    assert await still.ask(owner, ASK) == [say("line.which_shop")]
    assert sorted(offered(still, owner)) == sorted([enter(first), enter(second)])


async def test_who_was_in_a_shop_that_is_gone_is_offered_the_others(still: Running) -> None:
    first, second = await two_shops(still)
    await still.shops.open("丙店")
    user = still.friend()
    await still.ask(user, enter(second))
    await still.ask(user, enter(first))
    async with still.database.unit_of_work() as session:
        (await session.get_one(Bot, first.id)).is_active = False
    assert await still.ask(user, ASK) == [say("line.which_shop")]
    assert offered(still, user) == [enter(second)]


async def test_a_shop_is_entered_on_one_channel_alone(still: Running) -> None:
    """User ids may be the same on two channels; what was done on one says nothing about the other."""
    first, _second = await two_shops(still)
    channel = await still.own_channel(await still.shops.open("丙店", entries={ASK: "招牌是鬆餅。"}))
    user = still.friend()
    await still.ask(user, enter(first))
    still.line.people.follow(channel.channel_id, user.user_id)
    assert await still.ask(user, ASK, channel=channel) == ["招牌是鬆餅。"]
    assert await still.ask(user, ASK) == ["招牌是蛋餅。"]


async def test_a_hint_is_given_in_the_language_of_the_question(still: Running) -> None:
    await two_shops(still)
    assert await still.ask(still.friend(), "What is your best dish?") == [say("line.no_shop_yet", Language.EN)]


async def test_where_there_is_one_shop_only_that_is_offered_from_the_start(still: Running) -> None:
    shop = await still.shops.open()
    user = still.friend()
    assert await still.ask(user, "@換店") == [say("line.which_shop")]
    assert offered(still, user) == [enter(shop)]
