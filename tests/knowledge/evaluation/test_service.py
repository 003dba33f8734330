"""Sets asked through the real engine."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TypeVar

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.base import Base
from bot.llm.offline import OfflineModel
from bot.llm.port import LanguageModel
from bot.models import EvaluationRun, KnowledgeChange, KnowledgeEntry, LlmUsage
from knowledge import repository
from knowledge.entries import Audience
from knowledge.evaluation.choosing import assigned, shop_called
from knowledge.evaluation.service import CALLER, Change, Evaluation, Report
from knowledge.evaluation.sets import Case, read_set
from knowledge.repository import NewEntry
from tests.knowledge.conftest import MakeEngine, Shops

# 76 of 88 questions over the three sample vendors, without a language model.
MEASURED = 0.86
MARGIN = 0.06

Evaluate = Callable[[LanguageModel | None], Evaluation]
Rows = TypeVar("Rows", bound=Base)


@pytest.fixture
def evaluation_by(shops: Shops, make_engine: MakeEngine, clock: ManualClock) -> Evaluate:
    return lambda llm: Evaluation(shops.database, make_engine(llm), clock)


@pytest.fixture
def evaluation(evaluation_by: Evaluate) -> Evaluation:
    return evaluation_by(None)


def cases(*rows: str) -> tuple[Case, ...]:
    return read_set("\n".join(("question,expected_entry,must_contain,audience,intent", *rows)).encode())


async def run(evaluation: Evaluation, code: str, *rows: str, name: str = "set") -> Report:
    shop = shop_called(code, await evaluation.shops())
    report = await evaluation.run(shop, cases(*rows), set_name=name)
    await evaluation.keep([report], set_name=name)
    return report


def details(report: Report) -> list[str]:
    return [reason.detail for result in report.results for reason in result.verdict.reasons]


async def test_each_vendor_is_held_to_its_own_values(evaluation: Evaluation) -> None:
    row = "押金要付幾個月,押金要付幾個月,2 個月,,帳務查詢"
    anju, haoshi = await run(evaluation, "ANJU", row), await run(evaluation, "HAOSHI", row)
    assert (anju.passed, anju.share) == (1, 1.0)
    assert details(haoshi) == ["does not say “2 個月”"]
    [result] = haoshi.results
    assert result.record["retrieved"][0]["question"] == "押金要付幾個月"
    assert result.record["values"] == {"deposit_months": "1 個月"}
    assert result.record["intents"][0]["name"] == "帳務查詢"


async def test_an_entry_that_only_staff_read_is_no_renters(evaluation: Evaluation) -> None:
    report = await run(
        evaluation, "ANJU", "催繳流程,租客欠費的催繳流程,,renter,", "催繳流程,租客欠費的催繳流程,,staff,"
    )
    assert "is none of this vendor's for this audience" in details(report)[0]
    assert [hit.entry.audience for hit in report.results[0].hits].count(Audience.STAFF) == 0
    assert "retrieved" not in " ".join(details(report)[1:])


async def test_a_global_entrys_id_stands_for_the_vendors_own_version(evaluation: Evaluation, shops: Shops) -> None:
    asked = "冷氣或家電故障怎麼報修"
    [entry] = [
        row for row in await rows_of(shops, KnowledgeEntry) if (row.question_summary, row.scope) == (asked, "global")
    ]
    for code in ("ANJU", "HAOSHI"):
        assert (await run(evaluation, code, f"{asked},{entry.id},,,")).passed == 1


async def test_what_regressed_and_what_got_better_is_told(
    evaluation: Evaluation, shops: Shops, clock: ManualClock
) -> None:
    rows = ("可以停車嗎,可以停車嗎,,,", "押金要付幾個月,押金要付幾個月,2 個月,,")
    first = await run(evaluation, "ANJU", *rows)
    assert [(result.passed, result.change) for result in first.results] == [(False, Change.NEW), (True, Change.NEW)]
    async with shops.database.unit_of_work() as session:
        new = NewEntry("可以停車嗎", "地下室有機車位，請向管理室登記。", shops.vendors["ANJU"])
        await repository.add_entry(session, shops.rental, new, now=clock.now())
        parameter = repository.NewParameter("contract", "deposit_months", "3", unit="個月")
        await repository.put_parameters(session, shops.rental, shops.vendors["ANJU"], [parameter], now=clock.now())
    second = await run(evaluation, "ANJU", *rows)
    assert [result.change for result in second.results] == [Change.IMPROVED, Change.REGRESSED]
    assert second.compared_with == clock.now()
    before = second.results[1].before
    assert before is not None
    assert "2 個月" in before["answer"]
    third = await run(evaluation, "ANJU", *rows, "有車位嗎,,,,")
    assert [result.change for result in third.results] == [Change.SAME, Change.SAME, Change.NEW]


async def test_a_run_is_compared_with_the_same_set_over_the_same_vendor_alone(evaluation: Evaluation) -> None:
    row = "押金要付幾個月,押金要付幾個月,,,"
    await run(evaluation, "ANJU", row)
    for code, name in (("HAOSHI", "set"), ("ANJU", "other")):
        assert (await run(evaluation, code, row, name=name)).compared_with is None


async def test_nothing_is_written_but_the_run_and_what_the_model_cost(evaluation_by: Evaluate, shops: Shops) -> None:
    report = await run(evaluation_by(OfflineModel()), "ANJU", "押金要付幾個月,,,,")
    [kept] = await rows_of(shops, EvaluationRun)
    assert (kept.tenant_id, kept.vendor_id, list(kept.results)) == (
        shops.rental.tenant_id, shops.vendors["ANJU"], [report.results[0].case.key]
    )  # fmt: skip
    [spent] = await rows_of(shops, LlmUsage)
    assert (spent.caller, report.results[0].answer.composer.value) == (CALLER, "llm")
    assert await rows_of(shops, KnowledgeChange) == []


async def test_a_vendor_with_many_entries_is_asked_when_all_of_them_are_read(
    evaluation: Evaluation, shops: Shops, clock: ManualClock
) -> None:
    async with shops.database.unit_of_work() as session:
        for number in range(80):
            new = NewEntry(f"第 {number} 區的垃圾放哪裡", f"放在第 {number} 區的子車。", shops.vendors["ANJU"])
            await repository.add_entry(session, shops.rental, new, now=clock.now())
    first = await run(evaluation, "ANJU", "我養了一隻貓,可以養寵物嗎,,,", "幾號要付租金,,,,")
    second = await run(evaluation, "ANJU", "我養了一隻貓,可以養寵物嗎,,,", "幾號要付租金,,,,")
    assert [result.record for result in first.results] == [result.record for result in second.results]


async def test_the_sample_questions_fare_as_measured(evaluation: Evaluation) -> None:
    everything = read_set(files("knowledge.samples").joinpath("questions.jsonl").read_bytes())
    assert len(everything) >= 60
    shops = await evaluation.shops()
    asked = assigned(everything, shops, shops)
    reports = [await evaluation.run(shop, own, set_name="samples") for shop, own in asked.items()]
    passed, total = sum(report.passed for report in reports), sum(len(report.results) for report in reports)
    assert (len(reports), passed / total > MEASURED - MARGIN) == (3, True), details(reports[0])


async def rows_of(shops: Shops, model: type[Rows]) -> list[Rows]:
    async with shops.database.reading() as session:
        return list(await session.scalars(select(model)))
