"""What a bot answers from, and what it did."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from bot.models import Bot
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import repository as knowledge
from knowledge.repository import NewEntry
from tests.partner_api.bots.conftest import Desk, desk_on
from tests.partner_api.conftest import refused
from tests.support.waiting import eventually

RENT = {"category": "payment", "param_key": "payment_day", "param_value": "5", "data_type": "number"}


async def test_parameters_are_written_all_or_none_and_shown_as_stored(desk: Desk) -> None:
    put = await desk.token_call("PUT", "/parameters", json={"configs": [RENT]})
    assert [(one["param_key"], one["param_value"]) for one in put.body["configs"]] == [("payment_day", "5")]
    assert put.body["configs"][0]["created_at"] == "2026-01-01T00:00:00Z"
    wrong = RENT | {"param_key": "fee", "param_value": "many"}
    answer = await desk.call("PUT", "/parameters", json={"configs": [RENT | {"param_value": "9"}, wrong]})
    assert refused(answer) == (400, "bad_request")
    assert "configs.1.param_value" in answer.body["error"]["message"]
    assert (await desk.call("GET", "/parameters")).body == put.body


async def test_an_entry_is_made_once_changed_and_deleted(desk: Desk) -> None:
    body = {"question_summary": "幾點打烊？", "answer": "{{closing}} 打烊。"}
    headers = {"Idempotency-Key": "entry-1"}
    made = await desk.call("POST", "/knowledge", json=body, headers=headers)
    again = await desk.call("POST", "/knowledge", json=body, headers=headers)
    assert (made.status, again.body) == (201, made.body)
    assert made.body["warnings"]
    path = f"/knowledge/{made.body['id']}"
    changed = await desk.token_call("PATCH", path, json={"answer": "十點打烊。"})
    assert (changed.body["answer"], changed.body["question_summary"]) == ("十點打烊。", "幾點打烊？")
    listed = (await desk.call("GET", "/knowledge?search=打烊")).body
    assert (listed["total"], listed["items"][0]["answer"]) == (1, "十點打烊。")
    assert (await desk.call("DELETE", path)).body == {"id": made.body["id"], "deleted": True, "replaces_id": None}
    assert refused(await desk.call("GET", path)) == (404, "entry_not_found")


async def test_an_entry_that_is_looked_at_keeps_nobody_from_writing(desk: Desk) -> None:
    encoding, busy = desk.api.engine.library.encoding, threading.Event()
    waiting: list[asyncio.Future[Any]] = [asyncio.ensure_future(encoding.in_thread(busy.wait))]
    body = {"question_summary": "幾點打烊？", "answer": "九點打烊。"}
    waiting.append(asyncio.create_task(desk.call("POST", "/knowledge", json=body)))
    try:
        await eventually(lambda: encoding._thread._work_queue.qsize() == 1)
        assert (await asyncio.wait_for(desk.call("PATCH", json={"store_name": "新店"}), 5)).status == 200
    finally:
        busy.set()
        await asyncio.gather(*waiting)


async def test_what_an_entry_writes_out_of_its_bots_values_is_pointed_out(desk: Desk) -> None:
    await desk.call("PUT", "/parameters", json={"configs": [RENT | {"unit": "號"}]})
    made = await desk.call(
        "POST", "/knowledge", json={"question_summary": "繳費日是幾號？", "answer": "繳費日是 5 號。"}
    )
    assert [(one["key"], one["written"]) for one in made.body["suggestions"]] == [("payment_day", "5 號")]


async def test_entries_of_others_and_shared_ones_are_no_bots_to_manage(desk: Desk) -> None:
    sister = await desk_on(desk.api, desk.client, name="別家")
    ids = [await entry(desk, sister.bot, shared=False), await entry(desk, desk.bot, shared=True)]
    for method in ("GET", "PATCH", "DELETE"):
        for entry_id in (*ids, "none", 2**70):
            assert refused(await desk.call(method, f"/knowledge/{entry_id}", json={})) == (404, "entry_not_found")
    assert (await desk.call("GET", "/knowledge")).body["total"] == 0


async def entry(desk: Desk, bot: Bot, *, shared: bool) -> int:
    """An entry of a bot's vendor, or one that its tenant's vendors share."""
    principal = Principal(PrincipalKind.API_KEY, "tests", bot.tenant_id)
    async with desk.api.database.unit_of_work() as session:
        new = NewEntry("問", "答", None if shared else bot.vendor_id)
        return await knowledge.add_entry(session, principal, new, now=desk.api.clock.now())


@pytest.mark.parametrize(
    ("query", "days"), [("", 30), ("from=2025-12-31&to=2026-01-01", 2), ("to=2026-01-01", 30), ("from=2026-01-01", 1)]
)
async def test_every_day_has_its_row(desk: Desk, query: str, days: int) -> None:
    found = (await desk.call("GET", f"/statistics?{query}")).body
    assert (len(found["days"]), found["days"][-1]["date"]) == (days, "2026-01-01")
    assert found["messages"] == {"received": 0, "sent_by_bot": 0, "sent_by_staff": 0}


@pytest.mark.parametrize(
    "query",
    ["from=2026-01-02&to=2026-01-01", "from=2020-01-01", "from=1", "to=0001-01-01", "to=9999-12-31", "from=2026-02-30"],
)
async def test_days_that_cannot_be_are_400(desk: Desk, query: str) -> None:
    assert refused(await desk.call("GET", f"/statistics?{query}")) == (400, "bad_request")
