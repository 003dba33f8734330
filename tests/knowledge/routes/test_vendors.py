"""`/api/v1/vendors` over HTTP: shapes, statuses, whose vendors they are."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from bot.models import KnowledgeChange
from tests.knowledge.routes.office import Office
from tests.support.vendors import CONFIGS_A, VENDOR_A

FIELDS = {
    "id", "code", "name", "short_name", "contact_phone", "contact_email", "address", "subscription_plan",
    "subscription_status", "is_active", "created_at", "updated_at",
}  # fmt: skip
NOT_FOUND = {"detail": "業者不存在"}


async def changes(office: Office, subject: str) -> list[KnowledgeChange]:
    statement = select(KnowledgeChange).where(KnowledgeChange.subject == subject).order_by(KnowledgeChange.id)
    async with office.database.reading() as session:
        return list(await session.scalars(statement))


def one(office: Office, code: str = "A", rest: str = "") -> str:
    return f"/vendors/{office.vendors[code]}{rest}"


async def test_the_list_holds_the_own_vendors_alone(office: Office) -> None:
    answer = await office.get("/vendors")
    assert [vendor["code"] for vendor in answer.body] == ["A", "B"]
    assert set(answer.body[0]) == FIELDS
    assert [vendor["code"] for vendor in (await office.get("/vendors", key="a")).body] == ["A"]
    assert [vendor["code"] for vendor in (await office.get("/vendors", key="foreign")).body] == ["C"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("is_active=true", ["B", "P"]),
        ("is_active=FALSE", ["A"]),
        ("is_active=0", ["A"]),
        ("subscription_plan=premium", ["P"]),
        ("subscription_plan=nobody", []),
        ("is_active=true&subscription_plan=basic", ["B"]),
        ("unknown=1", ["A", "B", "P"]),
    ],
)
async def test_the_list_can_be_narrowed(small_office: Office, query: str, codes: list[str]) -> None:
    await small_office.call("DELETE", one(small_office))
    await small_office.made("/vendors", {"code": "P", "name": "P", "subscription_plan": "premium"})
    found = await small_office.get(f"/vendors?{query}")
    assert [vendor["code"] for vendor in found.body] == codes


@pytest.mark.parametrize("query", ["is_active=maybe", "is_active=", "is_active=true&is_active=false"])
async def test_a_filter_that_is_neither_yes_nor_no_is_400(small_office: Office, query: str) -> None:
    answer = await small_office.get(f"/vendors?{query}")
    assert (answer.status, answer.body) == (400, {"detail": "is_active must be true or false."})


async def test_a_new_vendor_has_every_field(office: Office) -> None:
    made = await office.made("/vendors", VENDOR_A | {"created_by": "小陳"})
    times = {"created_at": "2026-01-01T00:00:00", "updated_at": "2026-01-01T00:00:00"}
    assert made == VENDOR_A | {"id": made["id"], "subscription_status": "active", "is_active": True} | times
    [change] = await changes(office, "vendor")
    assert (change.subject_id, change.vendor_id, change.action, change.said_by) == (
        made["id"], made["id"], "created", "小陳",
    )  # fmt: skip
    assert change.principal.startswith("api_key:")


async def test_what_is_not_said_of_a_new_vendor_has_its_default(small_office: Office) -> None:
    made = await small_office.made("/vendors", {"code": " N ", "name": "N", "short_name": " ", "created_by": None})
    assert (made["code"], made["short_name"], made["subscription_plan"]) == ("N", None, "basic")
    assert [change.said_by for change in await changes(small_office, "vendor")] == ["admin"]


async def test_a_code_is_taken_once_in_a_tenant(office: Office) -> None:
    again = await office.post("/vendors", {"code": "A", "name": "x"})
    assert (again.status, again.body) == (400, {"detail": "業者代碼已存在: A"})
    await office.made("/vendors", {"code": "C", "name": "x"})


async def test_of_many_who_take_a_code_at_once_one_gets_it(office: Office) -> None:
    answers = await asyncio.gather(*(office.post("/vendors", {"code": "N", "name": "x"}) for _ in range(20)))
    assert Counter(answer.status for answer in answers) == {201: 1, 400: 19}
    assert {answer.body["detail"] for answer in answers if answer.status == 400} == {"業者代碼已存在: N"}


async def test_a_key_of_one_vendor_makes_no_other(office: Office) -> None:
    assert (await office.post("/vendors", {"code": "N", "name": "x"}, key="a")).status == 403


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "code is required."),
        ({"code": "N"}, "name is required."),
        ({"code": "", "name": "x"}, "code must not be blank."),
        ({"code": "N" * 65, "name": "x"}, "code must have at most 64 characters."),
        ({"code": 7, "name": "x"}, "code should be a valid string."),
        ({"code": "N", "name": "x" * 201}, "name must have at most 200 characters."),
        ({"code": "N", "name": "a\u202eb"}, "name must not hold control or text-direction characters."),
        ({"code": "N", "name": "x", "contact_email": "nobody"}, "contact_email must be an e-mail address."),
        ({"code": "N", "name": "x", "contact_phone": "call us"}, "contact_phone must be a phone number."),
        ([], "The request body must be a JSON object."),
    ],
)
async def test_a_wrong_vendor_is_400_and_says_what_is_wrong(small_office: Office, body: Any, message: str) -> None:
    answer = await small_office.post("/vendors", body)
    assert (answer.status, answer.body) == (400, {"detail": message})


async def test_an_update_changes_what_is_given_and_nothing_else(office: Office) -> None:
    made = await office.made("/vendors", VENDOR_A)
    path, change = f"/vendors/{made['id']}", {"contact_phone": "02-9999-8888", "address": None, "updated_by": "小陳"}
    answer = await office.call("PUT", path, change)
    assert (answer.status, answer.body) == (200, made | {"contact_phone": "02-9999-8888", "address": None})
    record = (await changes(office, "vendor"))[-1]
    assert record.before == {"contact_phone": "02-2345-6789", "address": VENDOR_A["address"]}
    assert (record.after, record.said_by) == ({"contact_phone": "02-9999-8888", "address": None}, "小陳")


async def test_an_update_of_nothing_leaves_no_trace(small_office: Office) -> None:
    for body in ({}, {"name": "Vendor A"}, {"updated_by": "x"}):
        assert (await small_office.call("PUT", one(small_office), body)).status == 200
    assert await changes(small_office, "vendor") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"code": "X"}, "code can't be changed: a vendor keeps the code that it was made with."),
        ({"name": None}, "name should be a valid string."),
        ({"is_active": None}, "is_active should be a valid boolean."),
        ({"is_active": "true"}, "is_active should be a valid boolean."),
        ({"is_active": 1}, "is_active should be a valid boolean."),
    ],
)
async def test_a_wrong_update_is_400(small_office: Office, body: Any, message: str) -> None:
    answer = await small_office.call("PUT", one(small_office), body)
    assert (answer.status, answer.body) == (400, {"detail": message})


async def test_a_vendor_is_put_out_of_service_and_brought_back(office: Office) -> None:
    body = {"message": "業者已停用", "vendor_id": office.vendors["A"]}
    for _ in range(2):
        answer = await office.call("DELETE", one(office))
        assert (answer.status, answer.body) == (200, body)
    assert (await office.get(one(office))).body["is_active"] is False
    assert (await office.call("PUT", one(office), {"is_active": True})).body["is_active"] is True
    assert [change.action for change in await changes(office, "vendor")] == ["deleted", "updated"]


@pytest.mark.parametrize("vendor_id", ["0", "-1", "abc", "1.5", "%20", "１", "9223372036854775808", str(2**70), "%00"])
@pytest.mark.parametrize("rest", ["", "/configs", "/stats"])
async def test_an_id_that_can_be_none_is_404(small_office: Office, vendor_id: str, rest: str) -> None:
    answer = await small_office.get(f"/vendors/{vendor_id}{rest}")
    assert (answer.status, answer.body) == (404, NOT_FOUND)


@pytest.mark.parametrize("key", ["foreign", "a"])
async def test_a_vendor_of_others_is_as_good_as_none(office: Office, key: str) -> None:
    theirs = "B" if key == "a" else "A"
    config = {"configs": [CONFIGS_A[0]]}
    calls = [("GET", "", None), ("PUT", "", {"name": "x"}), ("DELETE", "", None), ("GET", "/stats", None)]
    for method, rest, body in [*calls, ("GET", "/configs", None), ("PUT", "/configs", config)]:
        answer = await office.call(method, one(office, theirs, rest), body, key=key)
        assert (answer.status, answer.body) == (404, NOT_FOUND)
    assert (await office.get(one(office, theirs))).body["name"] == f"Vendor {theirs}"


async def test_the_figures_of_a_vendor(office: Office) -> None:
    shared = await office.entry("shared")
    await office.made(f"/knowledge/{shared}/customize", {"answer": "own", "vendor_id": office.vendors["A"]})
    await office.entry("own", vendor_id=office.vendors["A"])
    await office.entry("theirs", vendor_id=office.vendors["B"])
    await office.call("PUT", one(office, rest="/configs"), {"configs": CONFIGS_A})
    answer = await office.get(one(office, rest="/stats"))
    assert set(answer.body["vendor"]) == FIELDS
    assert answer.body["config_counts"] == {"payment": 4, "contract": 3, "service": 3, "contact": 2}
    assert answer.body["total_configs"] == 12
    assert answer.body["knowledge"] == {"total_knowledge": 2, "vendor_knowledge": 1, "customized_knowledge": 1}


async def test_a_key_of_one_vendor_manages_that_one(office: Office) -> None:
    assert (await office.call("PUT", one(office), {"name": "新名字"}, key="a")).body["name"] == "新名字"
    assert (await office.call("PUT", one(office, rest="/configs"), {"configs": CONFIGS_A}, key="a")).status == 200
    assert (await office.call("DELETE", one(office), key="a")).status == 200
    assert (await office.call("PUT", one(office), {"is_active": True}, key="a")).body["is_active"] is True


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PATCH", "/vendors", 405), ("POST", "/vendors/1", 405), ("GET", "/nothing", 404), ("GET", "/vendors/1/x", 404)],
)
async def test_what_there_is_not_is_told_in_the_same_shape(
    small_office: Office, method: str, path: str, status: int
) -> None:
    answer = await small_office.call(method, path)
    assert (answer.status, list(answer.body)) == (status, ["detail"])
