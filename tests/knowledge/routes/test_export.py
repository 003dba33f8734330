from __future__ import annotations

import pytest

from tests.knowledge.routes.desk import Desk
from tests.knowledge.routes.office import Office

TRICKY = '答案,「引號"」\n第二行 =1+1'


@pytest.fixture
def desk(small_office: Office) -> Desk:
    return Desk.of(small_office)


@pytest.mark.parametrize("name", ["csv", "xlsx", "jsonl", "md"])
async def test_what_was_exported_is_all_known_when_it_is_imported_again(desk: Desk, name: str) -> None:
    vendor_id = desk.office.vendors["A"]
    for number in range(3):
        await desk.office.entry(
            f"第{number}個問題？", f"{TRICKY} {number}", vendor_id=vendor_id, keywords=["甲", "乙 丙"]
        )
    await desk.office.entry("大家都有的", "=SUM(A1)", audience="staff")
    headers, content = await desk.export(f"format={name}&vendor_id={vendor_id}")
    assert f".{name}" in headers["Content-Disposition"]
    job = await desk.previewed(content, f"export.{name}", vendor_id=vendor_id)
    assert job["counts"] == {"duplicate": 4}


async def test_an_export_into_another_tenant_makes_the_same_entries(desk: Desk) -> None:
    await desk.office.entry("問題", TRICKY, vendor_id=desk.office.vendors["A"], audience="renter", keywords=["甲"])
    _, content = await desk.export(f"vendor_id={desk.office.vendors['A']}")
    sent = await desk.send(content, key="foreign", vendor_id=desk.office.vendors["C"], apply="auto")
    await desk.work(sent.body["id"])
    item = (await desk.office.get("/knowledge", key="foreign")).body["items"][0]
    assert (item["answer"], item["audience"], item["keywords"]) == (TRICKY, "renter", ["甲"])


async def test_an_export_holds_what_the_caller_may_see(desk: Desk) -> None:
    vendors = desk.office.vendors
    await desk.office.entry("甲的", "A", vendor_id=vendors["A"])
    await desk.office.entry("乙的", "B", vendor_id=vendors["B"])
    await desk.office.entry("大家的", "G")
    await desk.office.entry("關掉的", "off", vendor_id=vendors["A"], is_active=False)
    texts = {key: (await desk.export("format=jsonl", key=key))[1].decode() for key in ("own", "a", "foreign")}
    held = {key: {name for name in ("甲的", "乙的", "大家的", "關掉的") if name in text} for key, text in texts.items()}
    assert held == {"own": {"大家的"}, "a": {"甲的", "大家的"}, "foreign": set()}
    own = (await desk.export(f"format=jsonl&scope=vendor&vendor_id={vendors['A']}"))[1].decode()
    assert own.count("\n") == 1


async def test_a_files_name_tells_whose_it_is(desk: Desk) -> None:
    await desk.office.call("PUT", f"/vendors/{desk.office.vendors['A']}", {"name": '安居"租屋'})
    headers, _ = await desk.export("format=md", key="a")
    assert headers["Content-Disposition"] == (
        'attachment; filename="_____-knowledge-20260101.md"; '
        "filename*=UTF-8''%E5%AE%89%E5%B1%85%22%E7%A7%9F%E5%B1%8B-knowledge-20260101.md"
    )


@pytest.mark.parametrize("query", ["format=pdf", "vendor_id=x", "scope=all"])
async def test_what_can_not_be_exported_is_refused(desk: Desk, query: str) -> None:
    assert (await desk.office.get(f"/knowledge/export?{query}")).status == 400


async def test_an_empty_export_is_a_file_without_rows(desk: Desk) -> None:
    assert (await desk.export("format=csv"))[1].count(b"\n") == 1
