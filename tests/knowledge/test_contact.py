from __future__ import annotations

import uuid

from knowledge.contact import with_contact
from knowledge.entries import VendorCard
from knowledge.parameters import Parameter, ParameterType
from tests.knowledge.conftest import Ask

CARD = VendorCard(1, uuid.uuid4(), "店", None, "02-1234-5678", "a@shop.example", "臺北市", True, 1)


def test_how_to_reach_a_vendor_is_a_value_like_any_other() -> None:
    held = with_contact(CARD, {})
    assert {key: item.value for key, item in held.items()} == {
        "contact_phone": "02-1234-5678",
        "contact_email": "a@shop.example",
        "address": "臺北市",
    }


def test_a_parameter_of_the_vendors_own_takes_its_place() -> None:
    own = {
        "hotline": Parameter("hotline", "0800-123-456", ParameterType.PHONE, display_name="客服專線"),
        "store": Parameter("store", "高雄市", display_name="門市地址"),
    }
    assert set(with_contact(CARD, own)) == {"hotline", "store", "contact_email"}


async def test_a_customer_is_told_where_the_shop_is(ask: Ask) -> None:
    answer = await ask("ANJU", "你們的地址在哪裡？")
    assert "臺北市大安區安和路二段 88 號" in answer.text
