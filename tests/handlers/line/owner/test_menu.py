from __future__ import annotations

import pytest

from bot.line.flex import byte_size
from bot.texts import Language, say
from handlers.line.commands import CommandName, command_text
from tests.handlers.line.owner.conftest import Seat, join
from tests.support.shops import ANSWER, ASK


@pytest.mark.parametrize("said", ["選單", "功能", "店長選單", "menu", "@店長", "＠店長", "@店長選單"])
async def test_the_menu_opens_however_it_is_asked_for(owner: Seat, said: str) -> None:
    seen = await owner.says(said)
    language = Language.EN if said == "menu" else Language.ZH_TW
    assert say("menu.about_unanswered", language) in seen.text
    assert say("menu.preview", language) in seen.buttons
    quick = seen.messages[-1]["quickReply"]["items"]
    assert len(quick) <= 13
    assert byte_size(seen.messages[-1]["contents"]) < 50_000


async def test_every_button_of_the_menu_leads_somewhere(owner: Seat) -> None:
    seen = await owner.says("選單")
    for data in seen.buttons.values():
        assert (await owner.taps(data)).messages, data


async def test_helpers_get_what_helpers_may_do(owner: Seat) -> None:
    helper = Seat(owner.shop, await join(owner, "店員"), owner.bot)
    seen = await helper.says("選單")
    assert say("menu.unanswered") in seen.buttons
    assert say("menu.transfer") not in seen.buttons


async def test_an_owner_in_another_shop_comes_back_to_their_own(owner: Seat) -> None:
    other = await owner.shop.shops.open("別家", entries={ASK: "別家 8 點打烊。"})
    await owner.says(command_text(CommandName.ENTER_SHOP, other.shop_code))
    assert (await owner.says(ASK)).text == "別家 8 點打烊。"
    seen = await owner.says("@店長")
    assert owner.bot.store_name in seen.text
    assert (await owner.says(ASK)).text == ANSWER


async def test_with_several_shops_one_is_chosen_and_a_tap_leads_there(owner: Seat) -> None:
    second = await owner.shop.shops.open("二店", entries={ASK: "二店 8 點打烊。"})
    await owner.shop.shops.own(second, owner.user)
    which = await owner.says("@店長")
    assert which.text == say("menu.which")
    assert {"二店", owner.bot.store_name} <= set(which.buttons)
    await owner.presses(which, "二店")
    assert (await owner.says(ASK)).text == "二店 8 點打烊。"


async def test_a_tap_on_another_shops_button_makes_its_dialog_take_the_next_text(owner: Seat) -> None:
    second = await owner.shop.shops.open("二店")
    await owner.shop.shops.own(second, owner.user)
    await owner.does("teach")
    there = Seat(owner.shop, owner.user, second)
    await there.does("values")
    assert (await there.says(ASK)).text == ANSWER
    await owner.does("menu")
    assert (await owner.says(ASK)).text == ANSWER


async def test_whoever_has_no_shop_is_told_how_to_get_one(owner: Seat) -> None:
    stranger = Seat(owner.shop, owner.shop.friend("路人"), owner.bot)
    assert (await stranger.says("@店長")).text == say("menu.no_shop")
    assert (await stranger.says("@店長 你們幾點打烊？")).text == ANSWER
    assert (await stranger.does("menu")).text == say("owner.not_staff", shop=owner.bot.store_name)


async def test_buttons_of_the_desk_go_on_in_the_language_of_the_words_before(owner: Seat) -> None:
    seen = await owner.says("menu")
    assert (await owner.presses(seen, say("menu.teach", Language.EN))).text == say("teach.ask_question", Language.EN)
    assert (await owner.says("wifi")).text == say("teach.ask_answer", Language.EN, question="wifi")
