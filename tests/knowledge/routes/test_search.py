from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.knowledge.routes.office import Office


async def search(office: Office, query: str, *, key: str = "own", **more: Any) -> dict[str, Any]:
    body = {"query": query, "vendor_id": office.vendors["A"]} | more
    answer = await office.post("/knowledge/search", body, key=key)
    assert answer.status == 200, answer.body
    return dict(answer.body)


async def test_anonymous_is_401_and_whoever_may_only_ask_is_403(small_office: Office) -> None:
    assert (await small_office.post("/knowledge/search", {"query": "q"}, key=None)).status == 401
    assert (await small_office.post("/knowledge/search", {"query": "q"}, key="chat")).status == 403


async def test_another_tenant_sees_nothing(small_office: Office) -> None:
    await small_office.entry("押金多少", "兩個月")
    body = {"query": "押金多少", "vendor_id": small_office.vendors["A"]}
    assert (await small_office.post("/knowledge/search", body, key="foreign")).status == 404
    body = {"query": "押金多少", "vendor_id": small_office.vendors["C"]}
    assert (await small_office.post("/knowledge/search", body, key="foreign")).body["items"] == []


async def test_what_is_found_comes_with_the_reasons(small_office: Office) -> None:
    found = await small_office.entry("幾號繳租金", "每月{{payment_day}}繳。逾期收{{late_fee}}。", keywords=["房租"])
    await small_office.entry("可以養貓嗎", "可以。")
    answer = await search(small_office, "請問租金幾號繳")
    assert answer["thresholds"]["sure"] > answer["thresholds"]["possible"]
    first = answer["items"][0]
    assert (first["id"], first["verdict"], first["scope"], first["keywords"]) == (found, "sure", "global", ["房租"])
    assert (first["text"].replace(" ", ""), list(first["values"])) == ("每月5號繳。", ["payment_day"])
    assert first["left_out"] == ["逾期收{{late_fee}}。"]
    assert set(first["why"]["signals"]) == {"question_words", "all_words", "coverage"}
    assert "租金" in first["why"]["matched_terms"]
    assert "answer" in first
    assert first["score"] > 0


async def test_the_intents_of_the_message_are_told(small_office: Office) -> None:
    examples = ["幾號繳租金", "租金什麼時候繳", "房租繳款日", "每月幾號付租金", "租金哪一天要繳"]
    made = await small_office.made("/intents", {"name": "rent", "examples": examples})
    await small_office.made("/intents", {"name": "pets", "examples": ["可以養貓嗎", "能不能養狗", "寵物可以嗎"]})
    answer = await search(small_office, "租金什麼時候繳")
    assert [intent["id"] for intent in answer["intents"]] == [made["id"]]


async def test_what_is_for_staff_is_found_for_staff(small_office: Office) -> None:
    entry_id = await small_office.entry("退租怎麼點交", "拍照。", audience="staff")
    for more, ids in (({}, []), ({"audience": "staff"}, [entry_id]), ({"mode": "customer_service"}, [entry_id])):
        answer = await search(small_office, "退租怎麼點交", **more)
        assert [item["id"] for item in answer["items"]] == ids


async def test_what_was_written_is_found_at_once_and_what_was_deleted_is_not(small_office: Office) -> None:
    entry_id = await small_office.entry("押金多少", "兩個月")
    assert (await search(small_office, "停車位多少錢"))["items"][0]["verdict"] == "no"
    await small_office.call("PATCH", f"/knowledge/{entry_id}", {"question_summary": "停車位多少錢"})
    assert (await search(small_office, "停車位多少錢"))["items"][0]["verdict"] == "sure"
    await small_office.call("DELETE", f"/knowledge/{entry_id}")
    assert (await search(small_office, "停車位多少錢"))["items"] == []


async def test_a_bound_key_need_not_name_its_vendor(small_office: Office) -> None:
    body = {"query": "q"}
    assert (await small_office.post("/knowledge/search", body, key="a")).body["vendor_id"] == small_office.vendors["A"]
    assert (await small_office.post("/knowledge/search", body)).body == {"detail": "vendor_id is required."}
    sibling = body | {"vendor_id": small_office.vendors["B"]}
    assert (await small_office.post("/knowledge/search", sibling, key="a")).status == 404


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"query": " "}, "query must not be blank."),
        ({"query": "x" * 1001}, "query must have at most 1000 characters."),
        ({"top_k": 0}, "top_k should be greater than or equal to 1."),
        ({"top_k": 21}, "top_k should be less than or equal to 20."),
        ({"audience": "all"}, "audience should be 'renter' or 'staff'."),
    ],
)
async def test_a_wrong_search_is_400(small_office: Office, change: dict[str, Any], detail: str) -> None:
    answer = await small_office.post("/knowledge/search", {"query": "q", "vendor_id": 1} | change)
    assert (answer.status, answer.body) == (400, {"detail": detail})


@given(query=st.text(max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_query_breaks_it(small_office: Office, query: str) -> None:
    await small_office.entry("押金 deposit 多少", "{{payment_day}}。x\n")
    body = {"query": query, "vendor_id": small_office.vendors["A"]}
    assert (await small_office.post("/knowledge/search", body)).status < 500
