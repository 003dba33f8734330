"""Indexes of many vendors: built once per version, kept within bounds, and usable without an encoder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from bot.clock import ManualClock
from bot.models import KnowledgeEntry
from knowledge import repository
from knowledge.entries import Audience, VendorCard
from knowledge.library import DEFAULT_BYTES, Library
from knowledge.repository import NewEntry
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.index import Index
from knowledge.retrieval.vectors import texts_of
from tests.knowledge.conftest import Shops


class CountingEncoder:
    """Vectors without meaning, and a count of the texts that were encoded."""

    name = "counting"
    dimensions = 8

    def __init__(self, *, fails: bool = False) -> None:
        self.encoded = 0
        self.texts: set[str] = set()
        self.fails = fails

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.fails:
            raise RuntimeError("broken")
        self.encoded += len(texts)
        self.texts.update(texts)
        return np.ones((len(texts), self.dimensions), dtype=np.float32) / np.float32(np.sqrt(self.dimensions))


async def card(shops: Shops, code: str) -> VendorCard:
    async with shops.database.reading() as session:
        found = await repository.vendor_card(session, shops.principal_of(code), shops.vendors[code])
    assert found is not None
    return found


async def index_of(library: Library, shops: Shops, code: str) -> Index:
    return await library.index_of(shops.principal_of(code), await card(shops, code))


def library_with(shops: Shops, encoder: CountingEncoder | None, limit: int = DEFAULT_BYTES) -> Library:
    return Library(shops.database, (lambda: encoder) if encoder else None, limit_bytes=limit)


async def test_an_index_is_built_once_however_many_ask(shops: Shops) -> None:
    library = library_with(shops, None)
    first, *others = await asyncio.gather(*(index_of(library, shops, "ANJU") for _ in range(5)))
    await library.close()
    assert all(other is first for other in others)


async def test_a_change_makes_a_new_index(shops: Shops, clock: ManualClock) -> None:
    library = library_with(shops, None)
    before = await index_of(library, shops, "ANJU")
    async with shops.database.unit_of_work() as session:
        await repository.add_entry(session, shops.rental, NewEntry("新的", "新的"), now=clock.now())
    after = await index_of(library, shops, "ANJU")
    await library.close()
    assert len(after.entries) == len(before.entries) + 1


def encoded(index: Index, encoder: CountingEncoder) -> set[str]:
    """The questions of the entries that were encoded, told by their answers: questions may be examples too."""
    texts = (texts_of(entry.question, entry.answer, entry.keywords) for entry in index.entries)
    return {one.question for one in texts if one.passages and one.passages[0] in encoder.texts}


async def test_a_restart_encodes_no_entry_again(shops: Shops) -> None:
    for expected in (True, False):
        encoder = CountingEncoder()
        library = library_with(shops, encoder)
        index = await index_of(library, shops, "ANJU")
        await library.close()
        assert bool(encoded(index, encoder)) is expected


async def test_an_edited_entry_is_encoded_again(shops: Shops) -> None:
    library = library_with(shops, CountingEncoder())
    index = await index_of(library, shops, "XIANGKOU")
    await library.close()
    async with shops.database.unit_of_work() as session:
        row = await session.get_one(KnowledgeEntry, index.entries[0].id)
        row.question_summary, row.keywords = "改過的問題", ""
    encoder = CountingEncoder()
    library = library_with(shops, encoder)
    index = await index_of(library, shops, "XIANGKOU")
    await library.close()
    assert encoded(index, encoder) == {"改過的問題"}


async def test_a_large_vendor_is_searched_by_words_until_its_vectors_are_there(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.library.INLINE_TEXTS", 3)
    library = library_with(shops, CountingEncoder())
    vector = np.ones(8, dtype=np.float32)
    first = await index_of(library, shops, "ANJU")
    assert first.signals("押金", vector).question_vector is None
    await asyncio.gather(*library._fills)
    later = await index_of(library, shops, "ANJU")
    await library.close()
    assert later.signals("押金", vector).question_vector is not None


@pytest.mark.parametrize("encoder", [None, CountingEncoder(fails=True)])
async def test_words_alone_always_work(shops: Shops, encoder: CountingEncoder | None) -> None:
    library = library_with(shops, encoder)
    index = await index_of(library, shops, "ANJU")
    vector = await library.vector_of("押金要付幾個月")
    await library.close()
    assert vector is None
    assert "押金" in index.search("押金要付幾個月", None, audience=Audience.RENTER, limit=1)[0].entry.question


async def test_an_encoder_that_cannot_be_loaded_is_tried_once(shops: Shops) -> None:
    tries = []

    def make() -> CountingEncoder:
        tries.append(1)
        raise ImportError("no model")

    library = Library(shops.database, make, limit_bytes=DEFAULT_BYTES)
    await library.warm()
    await index_of(library, shops, "ANJU")
    await library.close()
    assert len(tries) == 1


async def test_what_was_not_asked_for_longest_is_dropped_first(shops: Shops) -> None:
    library = library_with(shops, None, limit=1)
    first = await index_of(library, shops, "ANJU")
    await index_of(library, shops, "HAOSHI")
    again = await index_of(library, shops, "ANJU")
    await library.close()
    assert again is not first
