from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import repository
from tests.knowledge.routes.office import MISSING, Office

FIELDS = {
    "id", "question_summary", "answer", "scope", "vendor_id", "audience", "intents", "intent_ids", "keywords",
    "is_curated", "is_active", "replaces_id", "origin", "created_at", "updated_at",
}  # fmt: skip


async def test_anonymous_is_401_and_whoever_may_only_ask_is_403(small_office: Office) -> None:
    for method, path in [("GET", ""), ("POST", ""), ("GET", "/1"), ("PATCH", "/1"), ("DELETE", "/1")]:
        assert (await small_office.call(method, f"/knowledge{path}", key=None)).status == 401
        assert (await small_office.call(method, f"/knowledge{path}", key="chat")).status == 403


async def test_another_tenant_sees_nothing(office: Office) -> None:
    entry_id = await office.entry()
    assert (await office.get("/knowledge", key="foreign")).body == {"items": [], "total": 0, "limit": 50, "offset": 0}
    for method, path in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/customize"), ("GET", "/history")]:
        body = {"answer": "x", "vendor_id": office.vendors["C"]} if method in ("PATCH", "POST") else None
        changing = {"answer": "x"} if method == "PATCH" else body
        theirs = await office.call(method, f"/knowledge/{entry_id}{path}", changing, key="foreign")
        missing = await office.call(method, f"/knowledge/{MISSING}{path}", changing, key="foreign")
        assert (theirs.status, theirs.body) == (missing.status, missing.body) == (404, missing.body)


async def test_a_new_entry_has_every_field(office: Office) -> None:
    sent = {
        "question_summary": " 幾號繳租？ ",
        "answer": "每月{{payment_day}}。",
        "keywords": ["租金", "late fee", "租金"],
    }
    made = await office.made("/knowledge", sent | {"vendor_id": office.vendors["A"], "audience": "renter"})
    assert set(made) == FIELDS | {"warnings", "suggestions"}
    assert (made["question_summary"], made["scope"], made["origin"]) == ("幾號繳租？", "vendor", "manual")
    assert (made["keywords"], made["audience"], made["warnings"]) == (["租金", "late fee"], "renter", [])
    assert made["created_at"] == "2026-01-01T00:00:00"
    assert (await office.get(f"/knowledge/{made['id']}")).body == {name: made[name] for name in FIELDS}


async def test_without_a_vendor_it_is_shared_and_a_bound_key_makes_its_own(office: Office) -> None:
    shared, own = await office.entry(), await office.entry(key="a")
    assert (await office.get(f"/knowledge/{shared}")).body["scope"] == "global"
    assert (await office.get(f"/knowledge/{own}")).body["vendor_id"] == office.vendors["A"]


async def test_a_bound_key_changes_nothing_that_is_shared(office: Office) -> None:
    shared = await office.entry()
    new = {"question_summary": "q", "answer": "a", "scope": "global"}
    assert (await office.post("/knowledge", new, key="a")).status == 403
    assert (await office.call("PATCH", f"/knowledge/{shared}", {"answer": "x"}, key="a")).status == 403
    assert (await office.call("DELETE", f"/knowledge/{shared}", key="a")).status == 403
    assert (await office.get(f"/knowledge/{shared}", key="a")).body["answer"] == "a"


async def test_a_bound_key_does_not_see_its_sibling(office: Office) -> None:
    theirs = await office.entry(vendor_id=office.vendors["B"])
    assert (await office.get("/knowledge", key="a")).ids == []
    assert (await office.get(f"/knowledge?vendor_id={office.vendors['B']}", key="a")).status == 404
    for method, body in [("GET", None), ("PATCH", {"answer": "x"}), ("DELETE", None)]:
        assert (await office.call(method, f"/knowledge/{theirs}", body, key="a")).status == 404
    new = {"question_summary": "q", "answer": "a", "vendor_id": office.vendors["B"]}
    assert (await office.post("/knowledge", new, key="a")).status == 404


async def test_the_list_is_filtered(office: Office) -> None:
    shared = await office.entry("共用", "x", is_curated=True)
    own = await office.entry("自己", "x", vendor_id=office.vendors["A"], audience="staff", is_active=False)
    other = await office.entry("別人", "x", vendor_id=office.vendors["B"])
    vendor = f"vendor_id={office.vendors['A']}"
    wanted = {
        "": [shared, own, other], vendor: [shared, own], f"{vendor}&scope=vendor": [own], "audience=staff": [own],
        "is_active=false": [own], "is_curated=true": [shared], "limit=1&offset=1": [own], "offset=9": [],
    }  # fmt: skip
    assert {query: (await office.get(f"/knowledge?{query}")).ids for query in wanted} == wanted
    assert (await office.get("/knowledge?limit=1")).body["total"] == 3


async def test_words_are_found_in_any_case_and_width_and_wildcards_are_letters(office: Office) -> None:
    one = await office.entry("ＷＩＦＩ 密碼", "100% 免費")
    two = await office.entry("網路", "wifi_name", keywords=["上網"])
    wanted = {"WIFI": [one, two], "ｗｉｆｉ": [one, two], "%25": [one], "wifi_": [two], "上網": [two], "w%25i": []}
    assert {query: (await office.get(f"/knowledge?q={query}")).ids for query in wanted} == wanted


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit should be greater than or equal to 1."),
        ("limit=201", "limit should be less than or equal to 200."),
        ("offset=-1", "offset should be greater than or equal to 0."),
        ("offset=99999999999999999999", "offset should be less than or equal to 1000000000."),
        ("vendor_id=x", "vendor_id should be a valid integer, unable to parse string as an integer."),
        ("audience=x", "audience should be 'all', 'renter' or 'staff'."),
        ("q=%00", "q must not hold control or text-direction characters."),
    ],
)
async def test_a_wrong_query_is_400_and_says_what_is_wrong(small_office: Office, query: str, detail: str) -> None:
    answer = await small_office.get(f"/knowledge?{query}")
    assert (answer.status, answer.body) == (400, {"detail": detail})


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"question_summary": None}, "question_summary should be a valid string."),
        ({"question_summary": "  "}, "question_summary must not be blank."),
        ({"question_summary": "x" * 1001}, "question_summary must have at most 1000 characters."),
        ({"answer": "x" * 10_001}, "answer must have at most 10000 characters."),
        ({"answer": "\x1b"}, "answer must not hold control characters."),
        ({"audience": "tenant"}, "audience should be 'all', 'renter' or 'staff'."),
        ({"vendor_id": True}, "vendor_id should be a valid integer."),
        ({"is_active": "yes"}, "is_active should be a valid boolean."),
        ({"scope": "customized"}, "scope: this entry's scope is global, which follows from whose it is."),
        ({"intents": ["rent"]}, "intents: there is no intent 'rent' that this entry could serve."),
        ({"intent_ids": [7]}, "intents: there is no intent 7 that this entry could serve."),
    ],
)
async def test_a_wrong_entry_is_400_and_says_what_is_wrong(
    small_office: Office, change: dict[str, Any], detail: str
) -> None:
    answer = await small_office.post("/knowledge", {"question_summary": "q", "answer": "a"} | change)
    assert (answer.status, answer.body) == (400, {"detail": detail})


@pytest.mark.parametrize("path", ["0", "01", "-1", "x", "1.0", "%20", "9223372036854775808", "٣"])
async def test_what_is_no_id_is_404(small_office: Office, path: str) -> None:
    answer = await small_office.get(f"/knowledge/{path}")
    assert (answer.status, answer.body) == (404, {"detail": "There is no such knowledge entry."})


async def test_an_update_changes_the_given_fields_alone(office: Office) -> None:
    entry_id = await office.entry("q", "a", keywords=["k"], audience="staff")
    for method, change in (("PATCH", {"answer": "b"}), ("PUT", {"keywords": [], "updated_by": "小明"})):
        assert (await office.call(method, f"/knowledge/{entry_id}", change)).status == 200
    body = (await office.get(f"/knowledge/{entry_id}")).body
    assert (body["question_summary"], body["answer"], body["keywords"], body["audience"]) == ("q", "b", [], "staff")


async def test_what_was_read_can_be_sent_back(office: Office) -> None:
    entry_id = await office.entry("q", "a", keywords=["late fee"], vendor_id=office.vendors["A"])
    body = (await office.get(f"/knowledge/{entry_id}")).body
    version = await office.version_of("A")
    assert (await office.call("PUT", f"/knowledge/{entry_id}", body)).body == body | {"warnings": [], "suggestions": []}
    assert await office.version_of("A") == version
    moved = await office.call("PUT", f"/knowledge/{entry_id}", body | {"vendor_id": office.vendors["B"]})
    assert (moved.status, moved.body) == (400, {"detail": "vendor_id: an entry can't move to another vendor."})


async def test_a_deleted_entry_is_gone_and_its_history_is_not(office: Office) -> None:
    entry_id = await office.entry()
    gone = await office.call("DELETE", f"/knowledge/{entry_id}")
    assert (gone.status, gone.body) == (200, {"id": entry_id, "deleted": True, "replaces_id": None})
    assert (await office.get("/knowledge")).ids == (await office.get("/knowledge?is_active=false")).ids == []
    for method, body in [("GET", None), ("PATCH", {"is_active": True}), ("DELETE", None)]:
        assert (await office.call(method, f"/knowledge/{entry_id}", body)).status == 404
    actions = [item["action"] for item in (await office.get(f"/knowledge/{entry_id}/history")).body["items"]]
    assert actions == ["deleted", "created"]


async def test_the_history_tells_what_differs_and_who_it_was(office: Office) -> None:
    entry_id = await office.entry()
    await office.call("PATCH", f"/knowledge/{entry_id}", {"answer": "b", "updated_by": "小明"})
    newest, first = (await office.get(f"/knowledge/{entry_id}/history")).body["items"]
    assert (newest["before"], newest["after"], newest["said_by"]) == ({"answer": "a"}, {"answer": "b"}, "小明")
    assert newest["principal"].startswith("api_key:")
    assert first["before"] is None
    assert first["after"]["question_summary"] == "q"


async def test_a_vendors_version_hides_the_shared_entry_until_it_is_deleted(office: Office) -> None:
    shared, vendor = await office.entry("q", "shared", audience="renter"), office.vendors["A"]
    path, listing = f"/knowledge/{shared}/customize", f"/knowledge?vendor_id={vendor}"
    own = await office.made(path, {"vendor_id": vendor, "answer": "mine"})
    assert (own["scope"], own["replaces_id"], own["audience"]) == ("customized", shared, "renter")
    assert (await office.get(listing)).ids == [own["id"]]
    again = await office.post(path, {"vendor_id": vendor, "answer": "x"})
    assert (again.status, str(own["id"]) in again.body["detail"]) == (409, True)
    gone = await office.call("DELETE", f"/knowledge/{own['id']}")
    assert gone.body["replaces_id"] == shared
    assert (await office.get(listing)).ids == [shared]
    assert (await office.post(path, {"answer": "again"}, key="a")).status == 201


async def test_only_shared_entries_can_be_customized(office: Office) -> None:
    own = await office.entry(vendor_id=office.vendors["A"])
    body = {"vendor_id": office.vendors["B"], "answer": "x"}
    assert (await office.post(f"/knowledge/{own}/customize", body)).status == 404
    shared = await office.entry()
    assert (await office.post(f"/knowledge/{shared}/customize", {"answer": "x"})).body == {
        "detail": "vendor_id is required."
    }
    assert (
        await office.post(f"/knowledge/{shared}/customize", body | {"vendor_id": office.vendors["C"]})
    ).status == 404


async def test_a_placeholder_without_a_value_is_accepted_with_a_warning(office: Office) -> None:
    made = await office.made("/knowledge", {"question_summary": "q", "answer": "{{payment_day}}、{{late_fee}}。"})
    assert made["warnings"] == [
        "{{late_fee}} has no value for A, B: there, sentences with it are left out of the answers."
    ]
    own = {"question_summary": "q", "answer": "{{late_fee}}", "vendor_id": office.vendors["A"]}
    assert "{{late_fee}} is no parameter of this vendor" in (await office.made("/knowledge", own))["warnings"][0]


async def test_a_value_that_is_written_out_is_suggested_as_a_parameter(office: Office) -> None:
    text, own = "請於每月5號繳費。", {"vendor_id": office.vendors["A"]}
    shared = {"question_summary": "每月幾號繳租金", "answer": text}
    (suggestion,) = (await office.made("/knowledge", shared | own))["suggestions"]
    assert (suggestion["key"], suggestion["answer"]) == ("payment_day", "請於每月{{payment_day}}繳費。")
    assert suggestion["written"] == text[suggestion["start"] : suggestion["end"]]
    assert (await office.made("/knowledge", shared | own | {"answer": "5號" * 5000}))["suggestions"] == []
    assert (await office.made("/knowledge", shared))["suggestions"] == []


async def test_every_write_raises_the_versions_of_those_concerned(office: Office) -> None:
    async def versions() -> list[int]:
        return [await office.version_of(vendor) for vendor in "ABC"]

    start = await versions()
    shared = await office.entry()
    own = await office.entry(vendor_id=office.vendors["A"])
    await office.call("PATCH", f"/knowledge/{own}", {"answer": "b"})
    await office.call("DELETE", f"/knowledge/{own}")
    await office.post(f"/knowledge/{shared}/customize", {"vendor_id": office.vendors["B"], "answer": "x"})
    await office.call("DELETE", f"/knowledge/{shared}")
    assert [now - before for now, before in zip(await versions(), start, strict=True)] == [5, 3, 0]


async def test_answers_come_from_what_was_written_last(office: Office) -> None:
    entry_id = await office.entry("q", "a", vendor_id=office.vendors["A"])
    await office.call("PATCH", f"/knowledge/{entry_id}", {"answer": "b"})
    async with office.database.reading() as session:
        known = await repository.knowledge_of(session, office.own, office.vendors["A"])
    assert [entry.answer for entry in known.entries] == ["b"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(FIELDS)), inner, max_size=6),
    max_leaves=12,
)


@given(body=JSON, method=st.sampled_from(["POST", "PATCH", "PUT", "customize"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_breaks_it(small_office: Office, body: Any, method: str) -> None:
    entry_id = await small_office.entry()
    path = {"POST": "/knowledge", "customize": f"/knowledge/{entry_id}/customize"}.get(method, f"/knowledge/{entry_id}")
    answer = await small_office.call("POST" if method == "customize" else method, path, body)
    assert answer.status < 500
    assert answer.status < 400 or isinstance(answer.body["detail"], str)
