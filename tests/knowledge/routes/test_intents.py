from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.models import Intent
from knowledge import repository
from knowledge.intents.catalog import open_secret
from tests.knowledge.routes.office import MISSING, Office

ENDPOINT = {
    "url": "https://api.example.com/orders",
    "method": "POST",
    "parameters": [{"name": "order_id", "description": "the order's number", "required": True, "pattern": r"\d{6}"}],
    "timeout_seconds": 3,
    "answer": "訂單狀態：{{status}}",
}


async def test_anonymous_is_401_and_whoever_may_only_ask_is_403(small_office: Office) -> None:
    for method, path in [("GET", ""), ("POST", ""), ("GET", "/1"), ("PATCH", "/1"), ("POST", "/1/examples")]:
        assert (await small_office.call(method, f"/intents{path}", key=None)).status == 401
        assert (await small_office.call(method, f"/intents{path}", key="chat")).status == 403


async def test_another_tenant_sees_nothing(office: Office) -> None:
    intent = await office.made("/intents", {"name": "rent"})
    assert (await office.get("/intents", key="foreign")).ids == []
    calls = [("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None), ("POST", "/rotate-secret", None)]
    for method, path, body in [*calls, ("POST", "/examples", {"examples": ["x"]})]:
        theirs = await office.call(method, f"/intents/{intent['id']}{path}", body, key="foreign")
        missing = await office.call(method, f"/intents/{MISSING}{path}", body, key="foreign")
        assert (theirs.status, theirs.body) == (missing.status, missing.body) == (404, missing.body)


async def test_an_intent_comes_back_as_it_was_given(office: Office) -> None:
    sent = {
        "name": "rent", "type": "knowledge", "description": "何時繳租", "examples": ["幾號繳", "幾號繳 ", "租金"],
        "enabled": False, "vendor_id": office.vendors["A"],
    }  # fmt: skip
    made = await office.made("/intents", sent)
    assert "endpoint_secret" not in made
    assert {name: made[name] for name in sent} == sent | {"examples": ["幾號繳", "租金"]}
    assert (await office.get(f"/intents/{made['id']}")).body == made


async def test_a_bound_key_changes_nothing_that_is_shared_and_sees_no_sibling(office: Office) -> None:
    shared = await office.made("/intents", {"name": "shared"})
    theirs = await office.made("/intents", {"name": "theirs", "vendor_id": office.vendors["B"]})
    own = await office.made("/intents", {"name": "own"}, key="a")
    assert own["vendor_id"] == office.vendors["A"]
    assert (await office.get("/intents", key="a")).ids == [shared["id"], own["id"]]
    assert (await office.call("DELETE", f"/intents/{shared['id']}", key="a")).status == 403
    assert (await office.call("DELETE", f"/intents/{theirs['id']}", key="a")).status == 404


async def test_a_name_is_taken_once_in_each_scope(office: Office) -> None:
    await office.made("/intents", {"name": "Rent"})
    again = await office.post("/intents", {"name": "ｒｅｎｔ"})
    assert (again.status, again.body) == (400, {"detail": "name: there is an intent 'ｒｅｎｔ' already."})
    own = await office.made("/intents", {"name": "rent", "vendor_id": office.vendors["A"]})
    assert (await office.call("PATCH", f"/intents/{own['id']}", {"name": "RENT"})).status == 200


async def test_two_at_once_do_not_both_get_the_name(office: Office) -> None:
    answers = await asyncio.gather(*(office.post("/intents", {"name": "rent"}) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [201, 400, 400, 400, 400, 400]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"name": ""}, "name must not be blank."),
        ({"type": "chat"}, "type should be 'knowledge', 'data_query', 'action' or 'hybrid'."),
        ({"examples": ["x" * 301]}, "examples.0 must have at most 300 characters."),
        ({"examples": [str(n) for n in range(201)]}, "examples: an intent has at most 200."),
        ({"endpoint": ENDPOINT}, "endpoint: only intents of the types data_query, action and hybrid have one."),
        ({"endpoint": {}}, "endpoint.url is required."),
        ({"endpoint": {"url": "http://10.0.0.1/"}}, "endpoint.url: 10.0.0.1 has no address on the public internet."),
        ({"endpoint": {"url": "file:///etc"}}, "endpoint.url: The URL must begin with http:// or https://."),
        (
            {"endpoint": ENDPOINT | {"timeout_seconds": 11}},
            "endpoint.timeout_seconds should be less than or equal to 10.",
        ),
        ({"endpoint": ENDPOINT | {"method": "PUT"}}, "endpoint.method should be 'GET' or 'POST'."),
        (
            {"endpoint": ENDPOINT | {"parameters": [{"name": "x", "pattern": "(a+)+"}]}},
            "endpoint.parameters.0.pattern must not repeat a group.",
        ),
    ],
)
async def test_a_wrong_intent_is_400_and_says_what_is_wrong(
    small_office: Office, change: dict[str, Any], detail: str
) -> None:
    answer = await small_office.post("/intents", {"name": "rent"} | change)
    assert (answer.status, answer.body) == (400, {"detail": detail})


async def test_the_secret_is_shown_once_and_kept_encrypted(office: Office) -> None:
    made = await office.made("/intents", {"name": "order", "type": "data_query", "endpoint": ENDPOINT})
    secret = made.pop("endpoint_secret")
    assert secret.startswith("whsec_")
    assert (await office.get(f"/intents/{made['id']}")).body == made
    assert "endpoint_secret" not in (await office.call("PATCH", f"/intents/{made['id']}", {"enabled": False})).body
    async with office.database.reading() as session:
        row = await session.get_one(Intent, made["id"])
    assert row.endpoint_secret_box is not None
    assert secret.encode() not in row.endpoint_secret_box
    assert open_secret(office.api.box, row.id, row.endpoint_secret_box) == secret


async def test_a_secret_is_rotated_and_goes_with_its_endpoint(office: Office) -> None:
    made = await office.made("/intents", {"name": "order", "type": "action", "endpoint": ENDPOINT})
    path = f"/intents/{made['id']}"
    rotated = (await office.post(f"{path}/rotate-secret")).body["endpoint_secret"]
    assert rotated != made["endpoint_secret"]
    assert (await office.call("PATCH", path, {"endpoint": None})).body["endpoint"] is None
    assert (await office.post(f"{path}/rotate-secret")).status == 409
    again = await office.call("PATCH", path, {"endpoint": ENDPOINT})
    assert again.body["endpoint_secret"] not in {rotated, made["endpoint_secret"]}


async def test_examples_are_added_to_those_that_there_are(office: Office) -> None:
    made = await office.made("/intents", {"name": "rent", "examples": ["a"]})
    version = await office.version_of("A")
    added = await office.post(f"/intents/{made['id']}/examples", {"examples": ["b", "Ａ", "b"]})
    assert added.body["examples"] == ["a", "b"]
    assert await office.version_of("A") == version + 1
    assert (await office.post(f"/intents/{made['id']}/examples", {"examples": []})).status == 400


async def test_entries_serve_intents_by_name_or_id(office: Office) -> None:
    shared = await office.made("/intents", {"name": "rent"})
    own = await office.made("/intents", {"name": "Rent", "vendor_id": office.vendors["A"]})
    other = await office.made("/intents", {"name": "other", "vendor_id": office.vendors["B"]})
    new = {"question_summary": "q", "answer": "a", "intents": ["RENT", shared["id"]]}
    made = await office.made("/knowledge", new | {"vendor_id": office.vendors["A"]})
    assert (made["intents"], made["intent_ids"]) == (["Rent", "rent"], [own["id"], shared["id"]])
    assert (await office.get(f"/knowledge?intent_id={shared['id']}")).ids == [made["id"]]
    assert (await office.get(f"/knowledge?intent_id={other['id']}")).ids == []
    assert (await office.post("/knowledge", new | {"intents": ["other"]})).status == 400
    both = await office.call("PATCH", f"/knowledge/{made['id']}", {"intents": [], "intent_ids": [shared["id"]]})
    assert both.body == {"detail": "intents and intent_ids name different intents: give one of them."}


async def test_a_deleted_intent_is_taken_out_of_entries(office: Office) -> None:
    kept, gone = [(await office.made("/intents", {"name": name}))["id"] for name in ("kept", "gone")]
    entry_id = await office.entry(intent_ids=[gone, kept])
    assert (await office.call("DELETE", f"/intents/{gone}")).body == {"id": gone, "deleted": True}
    assert (await office.get(f"/knowledge/{entry_id}")).body["intent_ids"] == [kept]
    assert (await office.get(f"/intents/{gone}")).status == 404
    async with office.database.reading() as session:
        known = await repository.knowledge_of(session, office.own, office.vendors["A"])
    assert ([intent.name for intent in known.intents], known.entries[0].intents) == (["kept"], (kept,))


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
NAMES = ["name", "type", "examples", "endpoint", "url", "parameters", "pattern", "vendor_id", "enabled", "answer"]
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)


@given(body=JSON, method=st.sampled_from(["POST", "PATCH", "examples"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_breaks_it(small_office: Office, body: Any, method: str) -> None:
    listed = (await small_office.get("/intents")).ids
    one = listed[0] if listed else (await small_office.made("/intents", {"name": "rent"}))["id"]
    path = {"POST": "/intents", "PATCH": f"/intents/{one}", "examples": f"/intents/{one}/examples"}[method]
    answer = await small_office.call("POST" if method == "examples" else method, path, body)
    assert answer.status < 500
    assert answer.status < 400 or isinstance(answer.body["detail"], str)
