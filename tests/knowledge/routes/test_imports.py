from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import ManualClock
from tests.knowledge.routes.desk import FAQ, Desk
from tests.knowledge.routes.office import MISSING, Office


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk.of(office)


@pytest.fixture
def small_desk(small_office: Office) -> Desk:
    return Desk.of(small_office)


async def test_a_file_becomes_a_preview_and_the_preview_entries(desk: Desk) -> None:
    job = await desk.previewed(vendor_id=desk.office.vendors["A"], created_by="小美")
    assert (job["state"], job["format"], job["counts"]) == ("preview", "csv", {"new": 2})
    assert await desk.entries() == {}
    done = await desk.apply(job)
    assert (done["state"], done["counts"], done["progress"]["percent"]) == ("done", {"imported": 2}, 100)
    entry = (await desk.entries())["幾點打烊"]
    assert (entry["answer"], entry["scope"], entry["origin"], entry["is_active"]) == (
        "晚上九點",
        "vendor",
        "import",
        True,
    )
    history = (await desk.office.get(f"/knowledge/{entry['id']}/history")).body["items"]
    assert [(one["action"], one["said_by"], one["after"]["answer"]) for one in history] == [
        ("imported", "小美", "晚上九點")
    ]


async def test_an_import_raises_the_version_once_and_only_where_it_concerns(desk: Desk) -> None:
    before = {vendor: await desk.office.version_of(vendor) for vendor in "ABC"}
    await desk.apply(await desk.previewed(vendor_id=desk.office.vendors["A"]))
    after = {vendor: await desk.office.version_of(vendor) for vendor in "ABC"}
    assert {vendor: after[vendor] - before[vendor] for vendor in "ABC"} == {"A": 1, "B": 0, "C": 0}


async def test_a_shared_import_reaches_every_vendor_of_the_tenant(desk: Desk) -> None:
    before = {vendor: await desk.office.version_of(vendor) for vendor in "ABC"}
    await desk.apply(await desk.previewed())
    after = {vendor: await desk.office.version_of(vendor) for vendor in "ABC"}
    assert {vendor: after[vendor] - before[vendor] for vendor in "ABC"} == {"A": 1, "B": 1, "C": 0}
    assert {entry["scope"] for entry in (await desk.entries()).values()} == {"global"}


async def test_what_is_known_already_is_told_and_left_out(desk: Desk) -> None:
    same = await desk.office.entry("可以刷卡嗎？", "可以", vendor_id=desk.office.vendors["A"])
    other = await desk.office.entry("幾點打烊", "晚上八點", vendor_id=desk.office.vendors["A"])
    job = await desk.previewed(vendor_id=desk.office.vendors["A"])
    assert job["counts"] == {"duplicate": 1, "conflict": 1}
    first, second = await desk.rows(job)
    assert (first["state"], first["meets"][0]["entry_id"], first["meets"][0]["answer"]) == (
        "conflict",
        other,
        "晚上八點",
    )
    assert (second["state"], second["meets"][0]["entry_id"]) == ("duplicate", same)
    assert (await desk.apply(job))["counts"] == {"skipped": 2}
    assert (await desk.entries())["幾點打烊"]["answer"] == "晚上八點"


async def test_a_conflict_can_take_the_entrys_place(desk: Desk) -> None:
    entry = await desk.office.entry(
        "幾點打烊", "晚上八點", vendor_id=desk.office.vendors["A"], audience="staff", keywords=["時間"]
    )
    done = await desk.apply(await desk.previewed(vendor_id=desk.office.vendors["A"]), conflicts="replace")
    assert done["counts"] == {"imported": 2}
    found = (await desk.office.get(f"/knowledge/{entry}")).body
    assert (found["answer"], found["audience"], found["keywords"]) == ("晚上九點", "staff", ["時間"])
    change = (await desk.office.get(f"/knowledge/{entry}/history")).body["items"][0]
    assert (change["action"], change["before"], change["after"]) == (
        "imported", {"answer": "晚上八點"}, {"answer": "晚上九點"}
    )  # fmt: skip


async def test_a_vendor_that_replaces_a_shared_entry_gets_its_own_version(desk: Desk) -> None:
    shared = await desk.office.entry("幾點打烊", "晚上八點")
    await desk.apply(await desk.previewed(vendor_id=desk.office.vendors["A"]), conflicts="replace")
    own = (await desk.entries(f"vendor_id={desk.office.vendors['A']}"))["幾點打烊"]
    assert (own["answer"], own["scope"], own["replaces_id"]) == ("晚上九點", "customized", shared)
    assert (await desk.entries(f"vendor_id={desk.office.vendors['B']}"))["幾點打烊"]["answer"] == "晚上八點"


async def test_single_rows_are_decided_about_and_mended(desk: Desk) -> None:
    job = await desk.previewed("question,answer\n甲,一\n乙,\n丙,三\n", vendor_id=desk.office.vendors["A"])
    problem = (await desk.rows(job, "state=error"))[0]
    assert problem["problem"]["code"] == "answer_missing"
    rows = [
        {"number": 1, "action": "skip"},
        {"number": problem["number"], "action": "add", "question": "乙", "answer": "二"},
        {"number": 2, "action": "add", "answer": "叁"},
    ]
    done = await desk.apply(job, rows=rows)
    assert done["counts"] == {"imported": 2, "skipped": 1}
    assert {question: entry["answer"] for question, entry in (await desk.entries()).items()} == {"乙": "二", "丙": "叁"}


async def test_written_numbers_become_parameters_where_that_is_wished(desk: Desk) -> None:
    text = "question,answer\n何時繳費,每月5號是繳費日期。\n"
    job = await desk.previewed(text, vendor_id=desk.office.vendors["A"])
    suggestion = (await desk.rows(job))[0]["suggestions"][0]
    assert (suggestion["key"], suggestion["written"]) == ("payment_day", "5號")
    await desk.apply(job, use_suggestions=True)
    assert (await desk.entries())["何時繳費"]["answer"] == "每月{{payment_day}}是繳費日期。"


async def test_an_import_can_be_brought_in_at_once(desk: Desk) -> None:
    await desk.office.entry("幾點打烊", "晚上八點", vendor_id=desk.office.vendors["A"])
    done = await desk.previewed(vendor_id=desk.office.vendors["A"], apply="auto")
    assert (done["state"], done["counts"]) == ("done", {"imported": 1, "skipped": 1})


async def test_the_same_file_twice_at_once_is_brought_in_once(desk: Desk) -> None:
    one, other = [await desk.previewed(vendor_id=desk.office.vendors["A"]) for _ in range(2)]
    await desk.apply(one)
    assert (await desk.apply(other))["counts"] == {"skipped": 2}
    assert len(await desk.entries()) == 2


async def test_audience_and_intents_can_be_given_for_all_rows(small_desk: Desk) -> None:
    desk = small_desk
    intent = (await desk.office.made("/intents", {"name": "營業時間"}))["id"]
    await desk.apply(await desk.previewed(vendor_id=desk.office.vendors["A"], audience="staff", intents="營業時間"))
    assert {(entry["audience"], *entry["intent_ids"]) for entry in (await desk.entries()).values()} == {
        ("staff", intent)
    }


async def test_an_error_is_told_in_the_callers_language(small_desk: Desk) -> None:
    job = await small_desk.previewed(b"II*\x000000", "picture.tif")
    assert (job["state"], job["error"]["code"]) == ("failed", "import_image")
    url, key = f"{small_desk.office.url}/api/v1/imports/{job['id']}", small_desk.office.keys["own"]
    texts = []
    for language in ("en-US,en;q=0.9", "zh-TW", "fr"):
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        async with small_desk.office.session.get(url, headers=headers) as response:
            texts.append((await response.json())["error"]["message"].isascii())
    assert texts == [True, False, False]


async def test_a_cancelled_import_leaves_nothing(small_desk: Desk) -> None:
    desk = small_desk
    job = await desk.previewed(vendor_id=desk.office.vendors["A"])
    cancelled = await desk.office.post(f"/imports/{job['id']}/cancel")
    assert (cancelled.status, cancelled.body["state"]) == (200, "cancelled")
    assert (await desk.office.post(f"/imports/{job['id']}/apply", {})).status == 409
    assert (await desk.office.call("DELETE", f"/imports/{job['id']}")).body["deleted"]
    assert (await desk.office.get(f"/imports/{job['id']}")).status == 404


async def test_an_import_that_is_being_worked_on_is_not_deleted(small_desk: Desk) -> None:
    sent = await small_desk.send(vendor_id=small_desk.office.vendors["A"])
    assert (await small_desk.office.call("DELETE", f"/imports/{sent.body['id']}")).status == 409


async def test_imports_are_listed_newest_first(small_desk: Desk, clock: ManualClock) -> None:
    for name in ("one.csv", "two.csv"):
        clock.advance(timedelta(seconds=1))
        await small_desk.send(name=name)
    listed = (await small_desk.office.get("/imports?limit=1")).body
    assert (listed["total"], [job["file_name"] for job in listed["items"]]) == (2, ["two.csv"])


async def test_others_neither_see_nor_touch_an_import(desk: Desk) -> None:
    shared, other = await desk.previewed(), await desk.previewed(vendor_id=desk.office.vendors["B"])
    for job in (shared, other):
        for key in ("foreign", "a"):
            one = f"/imports/{job['id']}"
            answers = [
                await desk.office.get(one, key=key),
                await desk.office.get(f"{one}/rows", key=key),
                await desk.office.post(f"{one}/apply", {}, key=key),
                await desk.office.post(f"{one}/cancel", key=key),
                await desk.office.call("DELETE", one, key=key),
            ]
            assert [answer.status for answer in answers] == [404] * 5
    assert (await desk.office.get("/imports", key="a")).body["total"] == 0
    assert (await desk.office.get("/imports", key="foreign")).body["total"] == 0


async def test_a_vendors_key_imports_into_its_vendor_alone(small_desk: Desk) -> None:
    desk, vendors = small_desk, small_desk.office.vendors
    assert (await desk.send(key="a")).body["vendor_id"] == vendors["A"]
    assert (await desk.send(key="a", vendor_id=vendors["B"])).status == 404
    assert (await desk.send(key="own", vendor_id=vendors["C"])).status == 404
    assert (await desk.send(key="own", vendor_id=MISSING)).status == 404
    assert (await desk.send(key="chat")).status == 403


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/faq", "http://localhost/", "file:///etc/passwd", "http://[::1]/", "no url", "http://"]
)
async def test_a_url_that_leads_inside_is_refused_at_once(small_desk: Desk, url: str) -> None:
    answer = await small_desk.office.post("/imports", {"url": url})
    assert (answer.status, (await small_desk.office.get("/imports")).body["total"]) == (400, 0)


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json", "text/csv", "rubbish"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=100) | st.binary(max_size=100).map(lambda data: b"--x\r\n" + data + b"\r\n--x--"))
async def test_whatever_is_sent_is_answered_and_never_a_failure_of_ours(
    small_office: Office, content_type: str, body: bytes
) -> None:
    headers = {"Authorization": f"Bearer {small_office.keys['own']}", "Content-Type": content_type}
    url = f"{small_office.url}/api/v1/imports"
    async with small_office.session.post(url, data=body, headers=headers) as response:
        assert response.status in (202, 400, 404, 429), await response.text()


@pytest.mark.parametrize(
    "body",
    [
        {"conflicts": "maybe"},
        {"duplicates": "add"},
        {"rows": [{"number": 9, "action": "add"}]},
        {"rows": [{"number": 1, "action": "skip"}] * 2},
        {"rows": [{"number": 3, "action": "add", "question": "丙"}]},
        {"rows": [{"number": 1, "action": "add", "answer": " "}]},
        {"use_suggestions": "yes"},
    ],
    ids=str,
)
async def test_decisions_that_make_no_sense_change_nothing(small_desk: Desk, body: dict[str, Any]) -> None:
    job = await small_desk.previewed(FAQ + "丙,\n", vendor_id=small_desk.office.vendors["A"])
    answer = await small_desk.office.post(f"/imports/{job['id']}/apply", body)
    assert (answer.status, (await small_desk.job(job["id"]))["state"]) == (400, "preview")


async def test_no_more_than_twenty_imports_wait(small_desk: Desk) -> None:
    answers = [await small_desk.send() for _ in range(21)]
    assert [answer.status for answer in answers] == [202] * 20 + [429]


async def test_a_file_that_is_too_large_is_refused(small_desk: Desk) -> None:
    assert (await small_desk.send(b"x" * (20 * 1024 * 1024 + 100_000))).status == 413


async def test_an_intent_of_endless_digits_is_refused(small_desk: Desk) -> None:
    answer = await small_desk.office.call("POST", f"/imports?filename=faq.csv&intents={'9' * 5_000}", FAQ.encode())
    assert answer.status == 400


async def test_a_bare_file_is_an_import_too(small_desk: Desk) -> None:
    path = f"/imports?filename=faq.csv&vendor_id={small_desk.office.vendors['A']}"
    answer = await small_desk.office.call("POST", path, FAQ.encode())
    await small_desk.work(answer.body["id"])
    assert (await small_desk.job(answer.body["id"]))["counts"] == {"new": 2}
