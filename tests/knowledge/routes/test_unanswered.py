from __future__ import annotations

from typing import Any

import pytest

from knowledge import unanswered
from knowledge.unanswered import Asked
from tests.knowledge.routes.office import MISSING, Office

FIELDS = {
    "id", "vendor_id", "audience", "text", "asked", "state", "entry_id", "examples", "first_asked_at", "last_asked_at",
}  # fmt: skip


async def ask(office: Office, text: str, *, vendor: str = "A", audience: str = "renter") -> int:
    principal = office.foreign if vendor == "C" else office.own
    asked = Asked(office.vendors[vendor], audience, text)
    async with office.database.unit_of_work() as session:
        cluster_id = await unanswered.record(session, principal, asked, now=office.api.clock.now())
    assert cluster_id is not None
    return cluster_id


async def test_anonymous_is_401_and_whoever_may_only_ask_is_403(small_office: Office) -> None:
    for method, path in [("GET", ""), ("GET", "/1"), ("POST", "/1/answer"), ("POST", "/1/dismiss")]:
        assert (await small_office.call(method, f"/unanswered{path}", key=None)).status == 401
        assert (await small_office.call(method, f"/unanswered{path}", key="chat")).status == 403


async def test_another_tenant_sees_nothing(office: Office) -> None:
    cluster_id = await ask(office, "可以養貓嗎")
    assert (await office.get("/unanswered", key="foreign")).body["total"] == 0
    assert (await office.get(f"/unanswered?vendor_id={office.vendors['A']}", key="foreign")).status == 404
    for path in ("", "/answer", "/dismiss", "/reopen"):
        method, body = ("POST", {"answer": "x"}) if path else ("GET", None)
        theirs = await office.call(method, f"/unanswered/{cluster_id}{path}", body, key="foreign")
        missing = await office.call(method, f"/unanswered/{MISSING}{path}", body, key="foreign")
        assert (theirs.status, theirs.body) == (missing.status, missing.body) == (404, missing.body)


async def test_the_most_asked_comes_first_with_examples(office: Office) -> None:
    car = await ask(office, "停車位多少錢")
    for text in ("可以養貓嗎", "我可以養貓嗎", "可以養貓嗎"):
        cat = await ask(office, text)
    await ask(office, "怎麼報修", vendor="B")
    listed = await office.get(f"/unanswered?vendor_id={office.vendors['A']}")
    assert (listed.ids, listed.body["total"]) == ([cat, car], 2)
    first = listed.body["items"][0]
    assert set(first) == FIELDS
    assert (first["asked"], first["examples"]) == (3, ["可以養貓嗎", "我可以養貓嗎"])
    assert (await office.get("/unanswered", key="a")).ids == [cat, car]
    assert (await office.get("/unanswered?limit=1&offset=1")).body["total"] == 3


async def test_one_is_shown_with_its_questions(office: Office) -> None:
    cluster_id = await ask(office, "可以養貓嗎")
    await ask(office, "可以養貓嗎？")
    body = (await office.get(f"/unanswered/{cluster_id}?limit=1")).body
    assert body["questions"] == [{"text": "可以養貓嗎？", "asked_at": "2026-01-01T00:00:00"}]
    assert (body["asked"], body["limit"], body["offset"]) == (2, 1, 0)


async def test_an_answer_becomes_a_curated_entry_of_the_vendor(office: Office) -> None:
    cluster_id = await ask(office, "可以養貓嗎")
    version = await office.version_of("A")
    answered = await office.made(f"/unanswered/{cluster_id}/answer", {"answer": "可以，一隻。{{cats}}"}, key="a")
    entry = answered["entry"]
    assert (entry["question_summary"], entry["origin"], entry["is_curated"]) == ("可以養貓嗎", "unanswered", True)
    assert (entry["vendor_id"], entry["scope"], entry["audience"]) == (office.vendors["A"], "vendor", "all")
    assert len(entry["warnings"]) == 1
    assert (answered["question"]["state"], answered["question"]["entry_id"]) == ("answered", entry["id"])
    assert await office.version_of("A") == version + 1
    assert (await office.get(f"/knowledge/{entry['id']}")).status == 200
    again = await office.post(f"/unanswered/{cluster_id}/answer", {"answer": "x"})
    assert (again.status, again.body) == (
        409, {"detail": f"This question is answered already, by entry {entry['id']}."},
    )  # fmt: skip


async def test_what_staff_asked_is_answered_to_staff(office: Office) -> None:
    cluster_id = await ask(office, "退租怎麼點交", audience="staff")
    given = {"answer": "拍照。", "question_summary": "點交", "is_curated": False, "keywords": ["退租"]}
    entry = (await office.made(f"/unanswered/{cluster_id}/answer", given))["entry"]
    assert (entry["audience"], entry["question_summary"], entry["is_curated"]) == ("staff", "點交", False)
    assert entry["keywords"] == ["退租"]


async def test_one_is_dismissed_and_reopened(office: Office) -> None:
    cluster_id = await ask(office, "可以養貓嗎")
    for _ in range(2):
        assert (await office.post(f"/unanswered/{cluster_id}/dismiss")).body["state"] == "dismissed"
    assert (await office.get("/unanswered")).ids == []
    assert (await office.get("/unanswered?state=dismissed")).ids == [cluster_id]
    assert (await office.post(f"/unanswered/{cluster_id}/reopen")).body["state"] == "open"
    assert (await office.get("/unanswered")).ids == [cluster_id]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "answer is required."),
        ({"answer": ""}, "answer must not be blank."),
        ({"answer": "x", "intents": ["none"]}, "intents: there is no intent 'none' that this entry could serve."),
        ([], "The request body must be a JSON object."),
    ],
)
async def test_a_wrong_answer_is_400_and_leaves_it_open(small_office: Office, body: Any, detail: str) -> None:
    cluster_id = await ask(small_office, "可以養貓嗎")
    answer = await small_office.post(f"/unanswered/{cluster_id}/answer", body)
    assert (answer.status, answer.body) == (400, {"detail": detail})
    assert (await small_office.get("/unanswered")).ids == [cluster_id]
