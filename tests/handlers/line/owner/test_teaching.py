from __future__ import annotations

from sqlalchemy import select

from bot.models import KnowledgeEntry
from bot.texts import Language, say
from tests.handlers.line.owner.conftest import Seat, join
from tests.support.shops import ANSWER, ASK


async def entries(owner: Seat) -> list[tuple[str, str, str]]:
    rows = await owner.shop.rows(select(KnowledgeEntry).where(KnowledgeEntry.vendor_id == owner.bot.vendor_id))
    return [(row.question_summary, row.answer, row.origin) for row in rows]


async def test_a_lesson_in_one_text_is_shown_and_then_kept(owner: Seat) -> None:
    draft = await owner.says("教：可以刷卡嗎？可以，滿 200 元就能刷")
    assert "可以刷卡嗎？" in draft.text
    assert "可以，滿 200 元就能刷" in draft.text
    assert len(await entries(owner)) == 1
    await owner.presses(draft, "儲存")
    assert (await entries(owner))[1] == ("可以刷卡嗎？", "可以，滿 200 元就能刷", "owner")
    assert await owner.shop.ask(owner.shop.friend("客人"), "可以刷卡嗎？") == ["可以，滿 200 元就能刷"]


async def test_the_bare_word_asks_for_question_and_answer(owner: Seat) -> None:
    assert (await owner.says("教")).text == say("teach.ask_question")
    assert (await owner.says("有包廂嗎")).text == say("teach.ask_answer", question="有包廂嗎")
    draft = await owner.says("有兩間，請先訂位")
    stored = await owner.says("確定")
    assert "有包廂嗎" in draft.text
    assert stored.text == say("teach.stored", question="有包廂嗎")
    assert ("有包廂嗎", "有兩間，請先訂位", "owner") in await entries(owner)


async def test_it_is_taught_in_english_too(owner: Seat) -> None:
    draft = await owner.says("teach Do you have wifi? Yes, it is free.")
    assert say("teach.save", Language.EN) in draft.buttons
    done = await owner.presses(draft, say("teach.save", Language.EN))
    assert done.text == say("teach.stored", Language.EN, question="Do you have wifi?")


async def test_a_known_question_is_updated_where_that_is_wanted(owner: Seat) -> None:
    draft = await owner.says(f"教 {ASK} 晚上 10 點打烊")
    assert ANSWER in draft.text
    assert {"更新原本的答案", "另外新增一題"} <= set(draft.buttons)
    await owner.presses(draft, "更新")
    assert [(question, answer) for question, answer, _ in await entries(owner)] == [(ASK, "晚上 10 點打烊")]


async def test_an_update_of_what_changed_meanwhile_is_left_alone(owner: Seat) -> None:
    first = await owner.says(f"教 {ASK} 晚上 10 點打烊")
    helper = Seat(owner.shop, await join(owner, "店員"), owner.bot)
    await helper.presses(await helper.says(f"教 {ASK} 晚上 11 點打烊"), "更新")
    assert (await owner.presses(first, "更新")).text == say("teach.changed_meanwhile")
    assert (await entries(owner))[0][1] == "晚上 11 點打烊"


async def test_a_lesson_that_is_refused_in_words_asks_for_the_answer_again(owner: Seat) -> None:
    await owner.says("教 有包廂嗎？ 有")
    assert (await owner.says("不對")).text == say("teach.ask_answer", question="有包廂嗎？")
    assert "兩間" in (await owner.says("有兩間")).text


async def test_cancelled_lessons_leave_nothing(owner: Seat) -> None:
    draft = await owner.says("教 有包廂嗎？ 有")
    await owner.presses(draft, "取消")
    assert (await owner.presses(draft, "儲存")).text == say("owner.button_expired")
    assert len(await entries(owner)) == 1


async def test_a_lesson_that_contradicts_a_value_is_warned_of(owner: Seat) -> None:
    draft = await owner.says("教 逾期手續費多少？ 逾期手續費是 500 元。")
    assert say("owner.contradicts", name="逾期手續費", value="200 元") in draft.text


async def test_the_menu_is_reached_from_the_middle_of_a_lesson(owner: Seat) -> None:
    await owner.says("教")
    assert say("menu.card_knowledge") in (await owner.says("選單")).text
    assert (await owner.says(ASK)).text == ANSWER


async def test_what_a_customer_writes_teaches_nothing(owner: Seat) -> None:
    await owner.shop.ask(owner.shop.friend("客人"), "教：可以刷卡嗎？可以")
    assert len(await entries(owner)) == 1


async def test_an_answer_that_writes_out_a_value_may_follow_it(owner: Seat) -> None:
    draft = await owner.says("教 租金的繳費日期是哪天？ 每月繳費日期是 1 號。")
    assert say("owner.may_follow", name="繳費日期") in draft.text
    again = await owner.presses(draft, say("owner.follow"))
    assert "每月繳費日期是 1 號。" in again.text
    await owner.presses(again, "儲存")
    assert (await entries(owner))[1][1] == "每月繳費日期是 {{payment_day}}。"
