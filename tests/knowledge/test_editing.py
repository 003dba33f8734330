"""The verbs on entries by themselves: who may, what is recorded, and what two at once come to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import KnowledgeChange, KnowledgeEntry
from bot.tenancy.principal import PLATFORM, Principal
from knowledge import editing, keywords, repository
from knowledge.errors import AlreadyCustomized, EntryNotFound, SharedIsReadOnly
from knowledge.library import DEFAULT_BYTES, Library
from knowledge.naming import name_key
from knowledge.repository import NewEntry, NewVendor
from knowledge.repository.changes import Author
from knowledge.retrieval.encoder import SentenceEncoder

Tenants = tuple[Principal, Principal]


@pytest.fixture
async def vendor_id(database: Database, clock: ManualClock, tenants: Tenants) -> int:
    async with database.unit_of_work() as session:
        return await repository.add_vendor(session, tenants[0], NewVendor("A", "A"), now=clock.now())


async def created(database: Database, clock: ManualClock, principal: Principal, new: NewEntry) -> int:
    async with database.unit_of_work() as session:
        return (await editing.create(session, Author(principal, "小明"), new, now=clock.now())).id


async def changes(database: Database) -> list[tuple[str, str, str | None]]:
    async with database.reading() as session:
        rows = await session.scalars(select(KnowledgeChange).order_by(KnowledgeChange.id))
        return [(row.action, row.principal, row.said_by) for row in rows]


async def test_every_change_is_recorded_with_who_made_it(
    database: Database, clock: ManualClock, tenants: Tenants, vendor_id: int
) -> None:
    shared = await created(database, clock, tenants[0], NewEntry("q", "a"))
    author = Author(tenants[0])
    async with database.unit_of_work() as session:
        await editing.update(session, author, shared, given={"answer": "a"}, now=clock.now())
        own = await editing.customize(
            session, author, shared, given={"answer": "b"}, vendor_id=vendor_id, now=clock.now()
        )
        await editing.remove(session, author, own.id, now=clock.now())
    label = tenants[0].label
    assert await changes(database) == [
        ("created", label, "小明"), ("customized", label, None), ("deleted", label, None),
    ]  # fmt: skip


async def test_what_fails_is_neither_written_nor_recorded(
    database: Database, clock: ManualClock, tenants: Tenants, vendor_id: int
) -> None:
    bound = replace(tenants[0], vendor_id=vendor_id)
    with pytest.raises(SharedIsReadOnly):
        await created(database, clock, bound, NewEntry("q", "a"))
    shared = await created(database, clock, tenants[0], NewEntry("q", "a"))
    with pytest.raises(SharedIsReadOnly):
        async with database.unit_of_work() as session:
            await editing.remove(session, Author(bound), shared, now=clock.now())
    with pytest.raises(EntryNotFound):
        async with database.unit_of_work() as session:
            await editing.remove(session, Author(tenants[1]), shared, now=clock.now())
    assert len(await changes(database)) == 1


async def test_of_two_who_customize_at_once_one_does(
    database: Database, clock: ManualClock, tenants: Tenants, vendor_id: int
) -> None:
    shared = await created(database, clock, tenants[0], NewEntry("q", "a"))

    async def customize(answer: str) -> int:
        async with database.unit_of_work() as session:
            author, given = Author(tenants[0]), {"answer": answer}
            made = await editing.customize(session, author, shared, given=given, vendor_id=vendor_id, now=clock.now())
            return made.id

    results = await asyncio.gather(*(customize(str(n)) for n in range(5)), return_exceptions=True)
    assert sum(isinstance(result, int) for result in results) == 1
    assert all(isinstance(result, int | AlreadyCustomized) for result in results)


async def test_two_updates_at_once_both_count(database: Database, clock: ManualClock, tenants: Tenants) -> None:
    entry_id = await created(database, clock, tenants[0], NewEntry("q", "a"))

    async def update(**given: object) -> None:
        async with database.unit_of_work() as session:
            await editing.update(session, Author(tenants[0]), entry_id, given=given, now=clock.now())

    await asyncio.gather(update(answer="b"), update(is_curated=True), update(keywords=["k"]))
    async with database.reading() as session:
        row = await session.get_one(KnowledgeEntry, entry_id)
    assert (row.answer, row.is_curated, row.keywords) == ("b", True, "k")


async def test_the_platform_itself_changes_one_tenants_vendors_alone(
    database: Database, clock: ManualClock, tenants: Tenants, vendor_id: int
) -> None:
    shared = await created(database, clock, tenants[0], NewEntry("q", "{{x}}"))
    async with database.unit_of_work() as session:
        other = await repository.add_vendor(session, tenants[1], NewVendor("B", "B"), now=clock.now())
        row = await editing.update(session, Author(PLATFORM), shared, given={"answer": "{{y}}"}, now=clock.now())
        (warning,) = await editing.warnings_about(session, PLATFORM, row)
        card = await repository.vendor_card(session, PLATFORM, other)
    assert (card is not None and card.knowledge_version, "value for A:" in warning) == (1, True)


async def test_an_edited_entry_is_never_found_by_its_old_vector(
    database: Database, clock: ManualClock, tenants: Tenants, vendor_id: int, encoder: SentenceEncoder
) -> None:
    entry_id = await created(database, clock, tenants[0], NewEntry("押金多少", "兩個月", vendor_id))
    library = Library(database, lambda: encoder, limit_bytes=DEFAULT_BYTES)
    closeness = []
    for question in ("押金多少", "可以養貓嗎"):
        async with database.unit_of_work() as session:
            author, given = Author(tenants[0]), {"question_summary": question}
            await editing.update(session, author, entry_id, given=given, now=clock.now())
            card = await repository.vendor_card(session, tenants[0], vendor_id)
        assert card is not None
        index = await library.index_of(tenants[0], card)
        vector = index.signals("押金多少", await library.vector_of("押金多少")).question_vector
        closeness.append(0.0 if vector is None else float(vector[0]))
    await library.close()
    assert closeness[0] > 0.9 > closeness[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("租金 房租", ["租金", "房租"]),
        ("late fee, 租金、房租", ["late fee", "租金", "房租"]),
        ("late fee,", ["late fee"]),
        ("a\nb c\na", ["a", "b c"]),
        (" , ，", []),
    ],
)
def test_keywords_are_one_text_and_a_list(text: str, words: list[str]) -> None:
    assert keywords.split(text) == words
    assert keywords.split(keywords.join(words)) == words


def test_names_are_the_same_whatever_their_case_width_and_spaces() -> None:
    assert name_key(" ＷｉＦｉ　密碼 ") == name_key("wifi 密碼")
    assert name_key("wifi") != name_key("wi fi")
