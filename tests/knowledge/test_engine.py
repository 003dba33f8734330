"""Answers without a language model: each vendor's own value, from its own knowledge, or an honest "unknown"."""

from __future__ import annotations

import pytest

from bot.clock import ManualClock
from bot.models import Vendor
from bot.tenancy.principal import PLATFORM
from bot.texts import Language
from knowledge import repository
from knowledge.engine import Composer, Engine, Outcome, Question, Turn
from knowledge.entries import Scope
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.parameters import ParameterType
from knowledge.repository import NewEntry, NewParameter
from tests.knowledge.conftest import Ask, MakeEngine, Shops

SAME_QUESTIONS = [
    ("房租幾號要交", "每月 1 號", "每月 10 號"),
    ("遲繳會罰多少", "200 元", "500 元"),
    ("押金多少錢", "2 個月", "1 個月"),
    ("清潔費多少", "2,500 元", "1,800 元"),
    ("退租要提前多久說", "30 天前", "45 天前"),
    ("最短租幾個月", "12 個月", "6 個月"),
    ("客服電話幾號", "02-2345-6789", "0800-123-456"),
    ("可以養貓嗎", "可以飼養", "不能飼養"),
    ("怎麼付房租", "超商代收", "LINE Pay"),
]


@pytest.mark.parametrize(("question", "anju", "haoshi"), SAME_QUESTIONS)
async def test_the_same_question_gives_each_vendor_its_own_value(
    ask: Ask, question: str, anju: str, haoshi: str
) -> None:
    for code, own, foreign in (("ANJU", anju, haoshi), ("HAOSHI", haoshi, anju)):
        answer = await ask(code, question)
        assert answer.outcome is Outcome.ANSWERED
        assert own in answer.text
        assert foreign not in answer.text


async def test_a_shared_entry_that_states_another_number_gives_way_to_the_value(ask: Ask) -> None:
    answer = await ask("HAOSHI", "每月繳費日期是什麼時候？")
    assert "每月 10 號" in answer.text
    assert "5 號" not in answer.text
    assert "5 號" in answer.sources[0].answer
    assert answer.values["payment_day"] == "10 號"


async def test_a_customized_entry_hides_the_shared_one(ask: Ask) -> None:
    answer = await ask("ANJU", "冷氣壞了怎麼辦")
    assert answer.sources[0].scope is Scope.CUSTOMIZED
    assert "安居租客 App" in answer.text
    assert "安居租客 App" not in (await ask("HAOSHI", "冷氣壞了怎麼辦")).text


async def test_another_tenants_entry_is_never_retrieved(shops: Shops, ask: Ask) -> None:
    answer = await ask("XIANGKOU", "租屋押金要付幾個月？", top_k=10)
    assert answer.outcome is Outcome.UNKNOWN
    assert not any("押金" in suggestion for suggestion in answer.suggestions)


async def test_not_even_the_platform_mixes_tenants(shops: Shops, clock: ManualClock) -> None:
    engine = Engine(database=shops.database, llm=None, clock=clock, make_encoder=None)
    answer = await engine.answer(PLATFORM, Question(shops.vendors["XIANGKOU"], "押金要付幾個月", top_k=10))
    await engine.close()
    assert answer.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", ["附近有什麼好吃的", "今天天氣如何", "你們股價多少", "？？？", "", "a" * 5000])
async def test_what_nothing_fits_is_honestly_unknown(ask: Ask, text: str) -> None:
    answer = await ask("ANJU", text)
    assert answer.outcome in (Outcome.UNKNOWN, Outcome.OUT_OF_SCOPE)
    assert "02-2345-6789" in answer.text
    assert answer.sources == ()


async def test_unknown_is_said_in_the_language_of_the_question(ask: Ask) -> None:
    answer = await ask("ANJU", "What is the stock price?", language=Language.EN)
    assert answer.text.startswith("Sorry")


async def test_two_questions_in_one_message_are_both_answered(ask: Ask) -> None:
    answer = await ask("ANJU", "可以養狗嗎？押金要多少？")
    assert "小型寵物" in answer.text
    assert "2 個月" in answer.text
    assert len(answer.sources) == 2


async def test_what_one_of_several_questions_is_not_answered_with_is_said(ask: Ask) -> None:
    answer = await ask("ANJU", "可以養狗嗎？附近有游泳池嗎？")
    assert "小型寵物" in answer.text
    assert "「附近有游泳池嗎」" in answer.text


async def test_what_is_told_beside_a_question_is_no_question(ask: Ask) -> None:
    assert "沒有資料" not in (await ask("ANJU", "我下個月搬進去\n可以養狗嗎？")).text


@pytest.mark.parametrize("text", ["👍", "🙏🙏", "1", "1+1=?", "。"])
async def test_what_is_no_word_repeats_no_answer(ask: Ask, text: str) -> None:
    answer = await ask("ANJU", text, history=(Turn("押金多少", from_customer=True),))
    assert answer.sources == ()
    assert "2 個月" not in answer.text


async def test_nothing_is_offered_that_was_just_asked_for_in_vain(ask: Ask) -> None:
    answer = await ask("XIANGKOU", "可以包場辦婚禮嗎")
    assert "可以包場辦婚禮嗎" not in answer.suggestions


async def test_whoever_wants_a_person_is_told_how_to_reach_one(ask: Ask) -> None:
    answer = await ask("ANJU", "我要找真人")
    assert answer.outcome is Outcome.ANSWERED
    assert "02-2345-6789" in answer.text


async def test_a_phone_asked_for_by_name_is_the_vendors_and_not_an_entrys(
    shops: Shops, ask: Ask, clock: ManualClock
) -> None:
    vendor_id = shops.vendors["XIANGKOU"]
    phone = NewParameter("contact", "urgent_phone", "0912-345-678", ParameterType.PHONE, display_name="緊急聯絡電話")
    entry = NewEntry("遇到緊急狀況怎麼辦，緊急聯絡電話", "請撥 04-2326-7788 由店長處理。", vendor_id)
    async with shops.database.unit_of_work() as session:
        await repository.put_parameters(session, shops.cafe, vendor_id, [phone], now=clock.now())
        await repository.add_entry(session, shops.cafe, entry, now=clock.now())
    answer = await ask("XIANGKOU", "緊急聯絡電話幾號")
    assert "0912-345-678" in answer.text
    assert "2326" not in answer.text


@pytest.mark.parametrize(("text", "expected"), [("你好！", "安居租賃"), ("謝謝您～", "不客氣"), ("OK 👌", "好的")])
async def test_small_talk_gets_a_fitting_word(ask: Ask, text: str, expected: str) -> None:
    answer = await ask("ANJU", text)
    assert expected in answer.text
    assert answer.sources == ()


async def test_staff_entries_are_for_staff(ask: Ask) -> None:
    question = "租客欠費的催繳流程"
    assert "存證信函" not in (await ask("ANJU", question)).text
    assert "存證信函" in (await ask("ANJU", question, audience="staff")).text


async def test_staff_are_told_plainly_what_is_not_known(ask: Ask) -> None:
    assert (await ask("ANJU", "？？？", audience="staff")).text == "知識庫裡沒有這個問題的資料。"


async def test_a_value_without_an_entry_is_told_by_its_name(ask: Ask) -> None:
    answer = await ask("XIANGKOU", "座位數是多少")
    assert "18 個" in answer.text
    assert answer.values == {"seats": "18 個"}


async def test_an_answer_tells_how_it_was_made(ask: Ask) -> None:
    answer = await ask("ANJU", "最短租幾個月", top_k=1)
    assert (answer.composer, answer.tokens_used, len(answer.sources)) == (Composer.EXTRACTIVE, 0, 1)
    assert answer.confidence > 0.5
    assert 0 < len(answer.suggestions) <= 3


async def test_a_changed_value_is_in_the_next_answer(shops: Shops, ask: Ask, clock: ManualClock) -> None:
    await ask("ANJU", "房租幾號要交")
    changed = NewParameter("payment", "payment_day", "15", display_name="繳費日期", unit="號")
    async with shops.database.unit_of_work() as session:
        await repository.put_parameters(session, shops.rental, shops.vendors["ANJU"], [changed], now=clock.now())
    assert "15" in (await ask("ANJU", "房租幾號要交")).text


async def test_a_value_is_never_executed_as_a_template(shops: Shops, ask: Ask, clock: ManualClock) -> None:
    vendor_id = shops.vendors["XIANGKOU"]
    trap = NewParameter("x", "motto", "{{shop_phone}} {{motto}} {% raw %}", display_name="座右銘")
    entry = NewEntry("店裡的座右銘是什麼", "我們的座右銘：{{motto}}", vendor_id)
    async with shops.database.unit_of_work() as session:
        await repository.put_parameters(session, shops.cafe, vendor_id, [trap], now=clock.now())
        await repository.add_entry(session, shops.cafe, entry, now=clock.now())
    assert "{{shop_phone}} {{motto}} {% raw %}" in (await ask("XIANGKOU", "座右銘是什麼")).text


async def test_a_vendor_of_another_tenant_is_not_found(shops: Shops, make_engine: MakeEngine) -> None:
    engine = make_engine(None)
    for vendor_id in (shops.vendors["ANJU"], 10**9):
        with pytest.raises(VendorNotFound) as caught:
            await engine.answer(shops.cafe, Question(vendor_id, "押金"))
        assert str(vendor_id) in caught.value.message


async def test_an_inactive_vendor_is_refused(shops: Shops, ask: Ask) -> None:
    async with shops.database.unit_of_work() as session:
        vendor = await session.get_one(Vendor, shops.vendors["ANJU"])
        vendor.is_active = False
    with pytest.raises(VendorInactive):
        await ask("ANJU", "押金")
