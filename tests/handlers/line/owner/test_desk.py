from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from bot.models import BotOwner, StaffDialog, UnansweredQuestion
from bot.texts import Language, catalogue, say
from handlers.line.owner.desk import heard_action
from tests.handlers.line.owner.conftest import Seat, join
from tests.support.shops import ANSWER, ASK


@pytest.mark.parametrize("said", ["選單", " 選單 ", "選單！", "選 單", "MENU", "Ｍｅｎｕ", "menu."])
def test_a_word_is_heard_however_it_is_written(said: str) -> None:
    assert heard_action(said) == "menu"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("label", "action"),
    [
        ("handover.see_recent", "talk"),
        ("unanswered.others", "unanswered"),
        ("summary.see_open", "unanswered"),
        ("broadcast.usage", "quota"),
        ("values.list", "values"),
        ("teach.another", "teach"),
    ],
)
def test_who_types_what_a_button_says_is_heard_as_well(label: str, action: str, language: Language) -> None:
    assert heard_action(say(label, language)) == action


def test_no_word_of_the_catalogues_asks_for_two_things() -> None:
    heard: dict[str, str] = {}
    for language in Language:
        for key, words in catalogue(language).items():
            _, found, action = key.partition(".heard_action_")
            for word in words.split("|") if found else ():
                assert heard.setdefault(word.casefold(), action) == action, word


async def test_ownership_counts_as_it_is_at_the_tap(owner: Seat) -> None:
    menu = await owner.says("選單")
    async with owner.shop.database.unit_of_work() as session:
        await session.execute(delete(BotOwner).where(BotOwner.bot_id == owner.bot.id))
    for data in menu.buttons.values():
        assert (await owner.taps(data)).text == say("owner.not_staff", shop=owner.bot.store_name)
    assert (await owner.says("參數")).text != say("values.title")


async def test_a_dialog_expires_and_its_text_is_a_question_again(owner: Seat) -> None:
    await owner.does("teach")
    async with owner.shop.database.unit_of_work() as session:
        await session.execute(delete(StaffDialog))
    assert (await owner.says(ASK)).text == ANSWER


async def test_each_of_two_people_has_a_dialog_of_their_own(owner: Seat) -> None:
    helper = Seat(owner.shop, await join(owner, "店員"), owner.bot)
    await owner.does("teach")
    assert (await helper.says(ASK)).text == ANSWER
    assert (await owner.says("有包廂嗎")).text == say("teach.ask_answer", question="有包廂嗎")


async def test_a_cancelled_dialog_leaves_the_next_text_alone(owner: Seat) -> None:
    await owner.does("teach")
    assert (await owner.says("算了")).text == say("owner.cancelled")
    assert (await owner.says(ASK)).text == ANSWER


async def test_staff_buttons_do_nothing_in_a_group(owner: Seat) -> None:
    group = owner.shop.line.add_group("群組", [owner.user], channel=owner.shop.central)
    data = f"o:values:{owner.bot.id.hex}"
    told = await owner.shop.line.user_taps(owner.shop.central, owner.user, data, group=group)
    await owner.shop.settle()
    assert owner.shop.line.answers_to(told) == []


@pytest.mark.parametrize("said", ["確定", "送出！", "不要"])
async def test_a_word_that_confirms_nothing_is_no_question(owner: Seat, said: str) -> None:
    seen = await owner.says(said)
    assert seen.text == say("owner.nothing_to_confirm")
    assert list(seen.buttons) == [say("owner.to_menu")]


async def test_a_helper_who_may_not_is_shown_the_way_on(owner: Seat) -> None:
    helper = Seat(owner.shop, await join(owner, "店員"), owner.bot)
    seen = await helper.says("群發")
    assert (seen.text, list(seen.buttons)) == (say("owner.owners_only"), [say("owner.to_menu")])


async def test_what_staff_ask_in_vain_can_be_taught_at_once(owner: Seat) -> None:
    seen = await owner.says("可以刷卡嗎？")
    assert seen.text == say("owner.not_known")
    assert await owner.shop.rows(select(UnansweredQuestion)) == []
    asked = await owner.presses(seen, say("owner.teach_this"))
    assert asked.text == say("teach.ask_answer", question="可以刷卡嗎？")
    await owner.presses(await owner.says("可以"), say("teach.save"))
    assert (await owner.says("可以刷卡嗎？")).text == "可以"
