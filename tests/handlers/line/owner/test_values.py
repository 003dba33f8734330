from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.models import KnowledgeChange, VendorParameter
from bot.texts import say
from tests.handlers.line.owner.conftest import Seat, join


async def value_of(owner: Seat, key: str) -> str:
    this = VendorParameter.vendor_id == owner.bot.vendor_id, VendorParameter.param_key == key
    (value,) = await owner.shop.rows(select(VendorParameter.param_value).where(*this))
    return str(value)


async def test_the_values_are_listed_with_their_units_and_a_button_each(owner: Seat) -> None:
    seen = await owner.says("參數")
    assert "繳費日期" in seen.text
    assert "1 號" in seen.text
    assert "200 元" in seen.text
    assert say("values.change", name="繳費日期") in seen.buttons


@pytest.mark.parametrize(
    ("said", "key", "stored"),
    [
        ("繳費日改成 5 號", "payment_day", "5"),
        ("把客服電話換成 02-8765-4321", "service_hotline", "02-8765-4321"),
        ("設定逾期手續費為300元", "late_fee", "300"),
        ("set the payment day to 7", "payment_day", "7"),
    ],
)
async def test_a_change_in_ordinary_words_counts_once_it_is_confirmed(
    owner: Seat, said: str, key: str, stored: str
) -> None:
    before = await value_of(owner, key)
    asked = await owner.says(said)
    assert await value_of(owner, key) == before
    await owner.presses(asked, "確定" if "改" in said or "為" in said or "換" in said else "Yes")
    assert await value_of(owner, key) == stored


async def test_a_change_shows_old_and_new_and_is_on_record(owner: Seat) -> None:
    asked = await owner.says("繳費日改成五號")
    assert "1 號" in asked.text
    assert "5 號" in asked.text
    done = await owner.says("確定")
    assert done.text.startswith(say("values.done", name="繳費日期", old="1 號", new="5 號"))
    (change,) = await owner.shop.rows(select(KnowledgeChange).where(KnowledgeChange.action == "updated"))
    assert (change.before["param_value"], change.after["param_value"]) == ("1", "5")
    assert change.said_by == "LINE owner"


async def test_the_answer_with_the_new_value_is_shown_before_and_after(owner: Seat) -> None:
    draft = await owner.says("教 租金哪天繳？ 每月 {{payment_day}}前繳清。")
    await owner.presses(draft, "儲存")
    asked = await owner.says("繳費日期改成 9 號")
    assert "每月 9 號前繳清。" in asked.text
    assert "每月 9 號前繳清。" in (await owner.presses(asked, "確定")).text
    assert "9 號" in (await owner.shop.ask(owner.shop.friend("客人"), "租金哪天繳？"))[0]


async def test_what_cannot_be_the_value_is_said_in_words_and_asked_again(owner: Seat) -> None:
    seen = await owner.says("繳費日期改成每個月初")
    assert seen.text == say("values.bad_number", name="繳費日期", value="每個月初")
    assert "3 號" in (await owner.says("3")).text


async def test_a_name_that_may_mean_several_is_offered_as_buttons(owner: Seat) -> None:
    seen = await owner.says("繳費改成 3")
    assert seen.text == say("values.which", name="繳費")
    assert {"繳費日期", "繳費寬限期", "繳費方式"} <= set(seen.buttons)
    asked = await owner.presses(seen, "繳費寬限期")
    assert asked.text == say("values.ask", name="繳費寬限期", value="5 天")
    assert "3 天" in (await owner.says("3天")).text


async def test_an_unknown_name_offers_what_there_is(owner: Seat) -> None:
    seen = await owner.says("寵物月費改成 3")
    assert seen.text == say("values.unknown", name="寵物月費")
    assert "繳費日期" in seen.buttons


async def test_a_change_by_somebody_else_meanwhile_is_noticed(owner: Seat) -> None:
    asked = await owner.says("繳費日改成 5 號")
    other = Seat(owner.shop, owner.user, owner.bot)
    async with owner.shop.database.unit_of_work() as session:
        (row,) = (
            await session.scalars(
                select(VendorParameter).where(
                    VendorParameter.param_key == "payment_day", VendorParameter.vendor_id == owner.bot.vendor_id
                )
            )
        ).all()
        row.param_value = "8"
    again = await other.presses(asked, "確定")
    assert say("values.changed_meanwhile", name="繳費日期") in again.text
    assert "8 號" in again.text
    assert await value_of(owner, "payment_day") == "8"
    await owner.presses(again, "確定")
    assert await value_of(owner, "payment_day") == "5"


async def test_a_confirmation_counts_once_and_an_old_one_never(owner: Seat) -> None:
    first = await owner.says("繳費日改成 5 號")
    second = await owner.says("繳費日改成 6 號")
    assert (await owner.presses(first, "確定")).text == say("owner.button_expired")
    assert await value_of(owner, "payment_day") == "1"
    await owner.presses(second, "確定")
    assert (await owner.presses(second, "確定")).text == say("owner.button_expired")
    assert await value_of(owner, "payment_day") == "6"


async def test_helpers_see_the_values_and_cannot_change_them(owner: Seat) -> None:
    helper = Seat(owner.shop, await join(owner, "小幫手"), owner.bot)
    seen = await helper.says("參數")
    assert "繳費日期" in seen.text
    assert say("values.change", name="繳費日期") not in seen.buttons
    assert (await helper.says("繳費日改成 5 號")).text == say("owner.owners_only")


async def test_answers_that_write_out_the_old_value_are_named_and_changed_along_with_it(owner: Seat) -> None:
    draft = await owner.says("教 租金的繳費日期是哪天？ 每月繳費日期是 1 號。")
    await owner.presses(draft, "儲存")
    asked = await owner.says("繳費日期改成 5 號")
    assert say("values.stale", count=1, value="1 號", named="租金的繳費日期是哪天？") in asked.text
    done = await owner.presses(asked, say("values.yes_and_answers"))
    assert say("values.answers_too", count=1) in done.text
    assert await owner.shop.ask(owner.shop.friend("客人"), "租金的繳費日期是哪天？") == ["每月繳費日期是 5 號。"]


async def test_no_in_words_leaves_the_value_alone(owner: Seat) -> None:
    await owner.says("繳費方式改成 LINE Pay")
    assert (await owner.says("不要")).text == say("owner.cancelled")
    assert await value_of(owner, "payment_method") == "銀行轉帳、超商繳費"
