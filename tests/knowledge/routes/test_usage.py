from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge.repository.usage import Spender, Spent, add_spent
from tests.knowledge.routes.office import Office


async def spend(office: Office, vendor: str, caller: str, *, days_ago: int = 0) -> None:
    owner = office.foreign if vendor == "C" else office.own
    assert owner.tenant_id is not None
    day = office.api.clock.now().date() - timedelta(days=days_ago)
    async with office.database.unit_of_work() as session:
        spender = Spender(owner.tenant_id, office.vendors[vendor], caller, day)
        await add_spent(session, spender, Spent(calls=2, failures=1, tokens=100, milliseconds=900))


async def test_anonymous_is_401_and_another_tenant_sees_nothing(office: Office) -> None:
    await spend(office, "A", "api")
    assert (await office.get("/usage", key=None)).status == 401
    assert (await office.get("/usage", key="foreign")).body["items"] == []


async def test_what_was_spent_adds_up_by_day_vendor_and_caller(office: Office) -> None:
    for vendor, caller, days_ago in (("A", "api", 0), ("A", "api", 0), ("B", "bot-1", 3), ("A", "api", 40)):
        await spend(office, vendor, caller, days_ago=days_ago)
    answer = await office.get("/usage")
    assert [(item["caller"], item["tokens"]) for item in answer.body["items"]] == [("api", 200), ("bot-1", 100)]
    assert answer.body["total"] == {"calls": 6, "failures": 3, "tokens": 300, "milliseconds": 2700}
    since = office.api.clock.now().date() - timedelta(days=60)
    assert (await office.get(f"/usage?since={since}")).body["total"]["tokens"] == 400


async def test_a_vendors_key_sees_its_own_usage_alone(office: Office) -> None:
    await spend(office, "A", "api")
    await spend(office, "B", "api")
    assert [item["vendor_id"] for item in (await office.get("/usage", key="a")).body["items"]] == [office.vendors["A"]]
    assert (await office.get(f"/usage?vendor_id={office.vendors['B']}", key="a")).status == 404


@pytest.mark.parametrize("query", ["since=yesterday", "since=2026-02-01&until=2026-01-01", "vendor_id=x"])
async def test_a_query_that_makes_no_sense_is_told(small_office: Office, query: str) -> None:
    answer = await small_office.get(f"/usage?{query}")
    assert answer.status == 400
    assert isinstance(answer.body["detail"], str)
