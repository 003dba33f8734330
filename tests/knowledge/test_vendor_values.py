"""One question to many vendors, whose shared entries state other figures: each hears its own value, or none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from knowledge import repository
from knowledge.engine import Engine, Question
from knowledge.overrides import with_vendor_values
from knowledge.parameters import Parameter, ParameterType
from knowledge.repository import NewEntry, NewParameter, NewVendor
from knowledge.retrieval.encoder import SentenceEncoder
from tests.knowledge.conftest import new_tenant

TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("vendor_values.json").read_text(encoding="utf-8"))
VENDORS = {vendor["code"]: (vendor, tenant) for tenant in TABLE["tenants"] for vendor in tenant["vendors"]}

Answering = Callable[[str], Awaitable[str]]


@pytest.fixture
async def answering(
    request: pytest.FixtureRequest, sqlite_database: Database, clock: ManualClock, encoder: SentenceEncoder
) -> AsyncIterator[Answering]:
    """`await answering(question)` is what the vendor that the test names answers."""
    vendor, tenant = VENDORS[request.param]
    principal, now = await new_tenant(sqlite_database, clock), clock.now()
    async with sqlite_database.unit_of_work() as session:
        new = NewVendor(vendor["code"], vendor["name"], vendor["name"], vendor["phone"])
        vendor_id = await repository.add_vendor(session, principal, new, now=now)
        values = [
            NewParameter("values", one["key"], one["value"], ParameterType(one["type"]), one["name"], unit=one["unit"])
            for one in vendor["parameters"]
        ]
        await repository.put_parameters(session, principal, vendor_id, values, now=now)
        for one in tenant["entries"]:
            entry = NewEntry(one["question"], one["answer"], None, one["keywords"])
            await repository.add_entry(session, principal, entry, now=now)
    engine = Engine(database=sqlite_database, llm=None, clock=clock, make_encoder=lambda: encoder)

    async def answer(text: str) -> str:
        return (await engine.answer(principal, Question(vendor_id, text))).text

    yield answer
    await engine.close()


@pytest.mark.parametrize(("answering", "code"), [(code, code) for code in VENDORS], indirect=["answering"], ids=VENDORS)
async def test_each_vendor_answers_with_its_own_values(answering: Answering, code: str) -> None:
    wrong = []
    for pair in (pair for pair in TABLE["pairs"] if pair["vendor"] == code):
        said = await answering(pair["question"])
        missing = [part for part in pair["must"] if part not in said]
        foreign = [part for part in pair["must_not"] if part in said]
        if missing or foreign:
            wrong.append((pair["question"], said, missing, foreign))
    assert wrong == []


def test_the_table_is_large_enough_to_mean_something() -> None:
    pairs = TABLE["pairs"]
    assert len(pairs) >= 60
    assert sum(_is_contested(pair["vendor"], pair["question"]) for pair in pairs) >= 30


def _is_contested(code: str, question: str) -> bool:
    """Whether a shared entry that the question names states another value than the vendor's."""
    vendor, tenant = VENDORS[code]
    parameters = {
        one["key"]: Parameter(one["key"], one["value"], ParameterType(one["type"]), one["unit"], one["name"])
        for one in vendor["parameters"]
    }
    entries = [one for one in tenant["entries"] if one["question"] == question]
    return any(
        with_vendor_values(one["answer"], parameters, topic=one["question"]).text != one["answer"] for one in entries
    )
