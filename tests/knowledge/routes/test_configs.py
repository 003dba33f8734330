"""`/api/v1/vendors/{vendor_id}/configs` over HTTP: all of a batch or nothing, each value what its type says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from tests.knowledge.routes.office import Answer, Office
from tests.knowledge.routes.test_vendors import changes, one
from tests.support.vendors import CONFIGS_A

DAY = {"category": "payment", "param_key": "payment_day", "param_value": "1"}
FEE = {"category": "payment", "param_key": "late_fee", "param_value": "200", "data_type": "number", "unit": "元"}


async def put(office: Office, *configs: Any, key: str = "own") -> Answer:
    return await office.call("PUT", one(office, rest="/configs"), {"configs": list(configs)}, key=key)


async def found(office: Office, query: str = "") -> dict[str, dict[str, dict[str, Any]]]:
    """What is stored, by category and key."""
    answer = await office.get(one(office, rest=f"/configs{query}"))
    assert answer.status == 200
    return {category: {row["param_key"]: row for row in rows} for category, rows in answer.body.items()}


async def test_parameters_come_by_category_in_the_documented_shape(office: Office) -> None:
    answer = await put(office, *CONFIGS_A)
    assert (answer.status, answer.body) == (
        200, {"message": "配置已更新", "vendor_id": office.vendors["A"], "updated_count": 12},
    )  # fmt: skip
    stored = await found(office)
    assert {category: len(rows) for category, rows in stored.items()} == {
        "payment": 4, "contract": 3, "service": 3, "contact": 2,
    }  # fmt: skip
    fee = stored["payment"]["late_fee"]
    assert fee == FEE | {
        "id": fee["id"], "display_name": "逾期手續費", "description": "逾期繳費手續費", "is_active": True,
        "created_at": "2026-01-01T00:00:00", "updated_at": None,
    }  # fmt: skip


@pytest.mark.parametrize(("category", "size"), [("payment", [4]), ("nothing", []), ("", [])])
async def test_one_category_alone(small_office: Office, category: str, size: list[int]) -> None:
    await put(small_office, *CONFIGS_A)
    assert [len(rows) for rows in (await found(small_office, f"?category={category}")).values()] == size


async def test_a_changed_parameter_says_when(office: Office, clock: ManualClock) -> None:
    await put(office, FEE)
    clock.advance(timedelta(hours=1))
    await put(office, FEE, DAY)
    assert (await found(office))["payment"]["late_fee"]["updated_at"] is None
    await put(office, FEE | {"param_value": "300"})
    stored = (await found(office))["payment"]["late_fee"]
    assert (stored["param_value"], stored["updated_at"]) == ("300", "2026-01-01T01:00:00")


async def test_what_is_not_given_of_a_parameter_stays_and_null_clears_it(office: Office) -> None:
    await put(office, FEE | {"display_name": "逾期費"})
    await put(office, {"category": "money", "param_key": "late_fee", "param_value": "250", "unit": None})
    stored = (await found(office))["money"]["late_fee"]
    assert (stored["param_value"], stored["data_type"], stored["display_name"], stored["unit"]) == (
        "250", "number", "逾期費", None,
    )  # fmt: skip


async def test_values_are_stored_as_their_type_writes_them(small_office: Office) -> None:
    values = [
        ("n", "number", " 1,200 "),
        ("f", "float", "１．５"),
        ("d", "date", "民國115年3月5日"),
        ("b", "boolean", "是"),
    ]
    await put(
        small_office,
        *({"category": "c", "param_key": key, "param_value": value, "data_type": of} for key, of, value in values),
    )
    stored = (await found(small_office))["c"]
    assert {key: (row["param_value"], row["data_type"]) for key, row in stored.items()} == {
        "n": ("1200", "number"), "f": ("1.5", "number"), "d": ("2026-03-05", "date"), "b": ("true", "bool"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (FEE | {"param_value": "abc"}, 'configs.1.param_value (late_fee): "abc" is not a number'),
        (FEE | {"data_type": "color"}, 'configs.1.data_type (late_fee): "color" is no data type; use one of string, '),
        (FEE | {"param_value": ""}, "configs.1.param_value (late_fee): a number must not be empty"),
        (FEE | {"param_value": 200}, "configs.1.param_value should be a valid string."),
        (FEE | {"param_value": True}, "configs.1.param_value should be a valid string."),
        (FEE | {"param_key": "逾期"}, "configs.1.param_key must begin with a letter"),
        (FEE | {"param_key": "k" * 65}, "configs.1.param_key must have at most 64 characters."),
        (FEE | {"category": ""}, "configs.1.category must not be blank."),
        ({"category": "payment", "param_key": "late_fee"}, "configs.1.param_value is required."),
        (FEE | {"param_key": "payment_day"}, "configs must name each parameter once, and names payment_day again."),
        (7, "configs.1 must be an object."),
    ],
)
async def test_one_wrong_item_leaves_all_as_it_was_and_is_named(office: Office, wrong: Any, message: str) -> None:
    before, version = await found(office), await office.version_of("A")
    answer = await put(office, DAY, wrong)
    assert answer.status == 400
    assert answer.body["detail"].startswith(message)
    assert (await found(office), await office.version_of("A")) == (before, version)


@pytest.mark.parametrize("body", [{}, {"configs": []}, {"configs": None}, {"configs": {}}, {"configs": [DAY] * 201}])
async def test_a_batch_holds_1_to_200_items(small_office: Office, body: Any) -> None:
    answer = await small_office.call("PUT", one(small_office, rest="/configs"), body)
    assert (answer.status, answer.body["detail"].startswith("configs ")) == (400, True)


async def test_a_vendor_has_at_most_1000_parameters(small_office: Office) -> None:
    for batch in range(5):
        full = await put(small_office, *(FEE | {"param_key": f"k{batch}_{number}"} for number in range(199)))
        assert full.status == 200
    answer = await put(small_office, *(FEE | {"param_key": f"last{number}"} for number in range(6)))
    assert (answer.status, answer.body) == (400, {"detail": "A vendor has at most 1,000 parameters."})


async def test_batches_at_once_wait_for_each_other(office: Office) -> None:
    answers = await asyncio.gather(*(put(office, DAY, FEE | {"param_value": str(n)}) for n in range(10)))
    assert [answer.status for answer in answers] == [200] * 10
    assert len((await found(office))["payment"]) == 2


async def test_every_change_is_recorded_with_who_really_made_it(office: Office) -> None:
    body = {"configs": [FEE], "updated_by": "小陳"}
    for value in ("200", "200", "300"):
        body["configs"] = [FEE | {"param_value": value}]
        await office.call("PUT", one(office, rest="/configs"), body, key="a")
    made, changed = await changes(office, "parameter")
    assert (made.action, changed.action, changed.vendor_id) == ("created", "updated", office.vendors["A"])
    assert changed.before == {"param_key": "late_fee", "param_value": "200"}
    assert changed.after == {"param_key": "late_fee", "param_value": "300"}
    assert (changed.principal.startswith("api_key:"), changed.said_by) == (True, "小陳")
