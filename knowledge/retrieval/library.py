"""All vendors' indexes: built when needed, rebuilt when a vendor's version changed, bounded in memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.db.engine import Database
from bot.tenancy.principal import Principal
from knowledge import repository
from knowledge.entries import Entry, VendorCard, VendorKnowledge
from knowledge.retrieval.encoder import SentenceEncoder, Vectors
from knowledge.retrieval.index import Index
from knowledge.retrieval.vectors import Texts, pack, texts_of, unpack

DEFAULT_BYTES = 256 * 2**20
# Questions whose vectors are kept, of some 2 kB each.
MOST_ASKED = 2_000
# Texts that a question waits for at most; what is missing beyond that is encoded behind its back.
INLINE_TEXTS = 96
BATCH_TEXTS = 32

logger = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Library:
    """The indexes of every vendor that was asked lately.

    `make_encoder` is called once, in the library's own thread; None means words alone. `limit_bytes`
    bounds what is held; the vendors that weren't asked for longest are dropped first.
    """

    def __init__(
        self, database: Database, make_encoder: Callable[[], SentenceEncoder] | None, *, limit_bytes: int
    ) -> None:
        self._database = database
        self._make_encoder = make_encoder
        self._encoder: SentenceEncoder | None = None
        self._limit = limit_bytes
        self._held: OrderedDict[int, tuple[int, Index]] = OrderedDict()
        self._asked: OrderedDict[str, Vectors] = OrderedDict()
        self._builds: dict[tuple[int, int], asyncio.Task[Index]] = {}
        self._fills: set[asyncio.Task[None]] = set()
        # One thread: the encoder is fastest alone, and short jobs keep questions from waiting for builds.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="knowledge")

    async def warm(self) -> None:
        """Load the encoder, so that no customer waits for it."""
        await self.vector_of("暖機")

    async def close(self) -> None:
        for task in self._fills:
            task.cancel()
        await asyncio.gather(*self._fills, *self._builds.values(), return_exceptions=True)
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def index_of(self, principal: Principal, vendor: VendorCard) -> Index:
        """The index of `vendor` at its current version, which the caller has just read."""
        held = self._held.get(vendor.id)
        if held and held[0] >= vendor.knowledge_version:
            self._held.move_to_end(vendor.id)
            return held[1]
        key = (vendor.id, vendor.knowledge_version)
        if key not in self._builds:
            build = asyncio.create_task(self._build(principal, vendor))
            self._builds[key] = build
            build.add_done_callback(lambda _: self._builds.pop(key, None))
        # Whoever asked first may give up; the others still want the index.
        return await asyncio.shield(self._builds[key])

    async def vector_of(self, text: str) -> Vectors | None:
        """The text's vector, shape (dimensions,); None where there is no encoder.

        The latest are kept: many customers of a shop ask the same in the same words.
        """
        kept = self._asked.get(text)
        if kept is not None:
            self._asked.move_to_end(text)
            return kept
        vectors = await self.vectors_of([text])
        if vectors is None:
            return None
        vector: Vectors = vectors[0]
        self._asked[text] = vector
        if len(self._asked) > MOST_ASKED:
            self._asked.popitem(last=False)
        return vector

    async def vectors_of(self, texts: Sequence[str]) -> Vectors | None:
        """Vectors of shape (texts, dimensions); None where there is no encoder."""
        return await self._encode(texts)

    async def _build(self, principal: Principal, vendor: VendorCard) -> Index:
        async with self._database.reading(heavy=True) as session:
            knowledge = await repository.knowledge_of(session, principal, vendor.id)
        await self._ready()
        texts = [texts_of(entry.question, entry.answer) for entry in knowledge.entries]
        vectors = await self._in_thread(partial(self._unpack, texts, knowledge.vectors))
        missing = [at for at, rows in enumerate(vectors) if rows is None]
        if missing and self._encoder is not None:
            if sum(len(texts[at].all) for at in missing) <= INLINE_TEXTS:
                await self._fill(principal, knowledge.entries, texts=texts, vectors=vectors, missing=missing)
            else:
                self._fill_later(
                    principal, vendor.id, knowledge=knowledge, texts=texts, vectors=vectors, missing=missing
                )
        # Entries with vectors would outdo those without, so it is all or none.
        complete = vectors if all(rows is not None for rows in vectors) else [None] * len(vectors)
        index = await self._in_thread(partial(Index, knowledge.entries, complete, knowledge.parameters))
        self._hold(vendor.id, knowledge.version, index)
        return index

    def _hold(self, vendor_id: int, version: int, index: Index) -> None:
        self._held[vendor_id] = (version, index)
        self._held.move_to_end(vendor_id)
        total = sum(held.nbytes for _, held in self._held.values())
        while total > self._limit and len(self._held) > 1:
            _, (_, dropped) = self._held.popitem(last=False)
            total -= dropped.nbytes

    def _fill_later(
        self,
        principal: Principal,
        vendor_id: int,
        *,
        knowledge: VendorKnowledge,
        texts: Sequence[Texts],
        vectors: Sequence[Vectors | None],
        missing: Sequence[int],
    ) -> None:
        async def fill() -> None:
            filled = list(vectors)
            await self._fill(principal, knowledge.entries, texts=texts, vectors=filled, missing=missing)
            held = self._held.get(vendor_id)
            if held and held[0] == knowledge.version and all(rows is not None for rows in filled):
                index = await self._in_thread(partial(Index, knowledge.entries, filled, knowledge.parameters))
                self._hold(vendor_id, knowledge.version, index)

        task = asyncio.create_task(fill())
        self._fills.add(task)
        task.add_done_callback(self._fills.discard)

    async def _fill(
        self,
        principal: Principal,
        entries: Sequence[Entry],
        *,
        texts: Sequence[Texts],
        vectors: list[Vectors | None],
        missing: Sequence[int],
    ) -> None:
        """Compute what is missing into `vectors` and keep it in the store, batch by batch."""
        for batch in _batches(missing, texts):
            rows = await self._encode([text for at in batch for text in texts[at].all])
            if rows is None or self._encoder is None:
                return
            blobs: dict[int, bytes] = {}
            taken = 0
            for at in batch:
                own = rows[taken : taken + len(texts[at].all)]
                taken += len(own)
                vectors[at] = own
                blobs[entries[at].id] = pack(self._encoder, texts[at], own)
            await self._store(principal, blobs)

    async def _store(self, principal: Principal, blobs: dict[int, bytes]) -> None:
        try:
            async with self._database.unit_of_work() as session:
                await repository.store_vectors(session, principal, blobs)
        except SQLAlchemyError as error:
            # Answers don't need them stored; the next start computes them again.
            logger.warning("knowledge.vectors_not_stored", entries=len(blobs), error=type(error).__name__)

    async def _encode(self, texts: Sequence[str]) -> Vectors | None:
        await self._ready()
        if self._encoder is None:
            return None
        try:
            return await self._in_thread(partial(self._encoder.encode, texts))
        except Exception:  # A model's failure may be of any type, and words alone still answer.
            logger.exception("knowledge.encoder_failed")
            self._encoder = self._make_encoder = None
            return None

    async def _ready(self) -> None:
        if self._encoder is None and self._make_encoder is not None:
            await self._in_thread(self._load)

    def _load(self) -> None:
        if self._encoder is not None or self._make_encoder is None:
            return
        try:
            self._encoder = self._make_encoder()
        except Exception:  # Whatever keeps the model from loading, words alone still answer.
            logger.exception("knowledge.encoder_missing")
            self._make_encoder = None

    def _unpack(self, texts: Sequence[Texts], blobs: Sequence[bytes | None]) -> list[Vectors | None]:
        if self._encoder is None:
            return [None] * len(texts)
        return [unpack(self._encoder, text, blob) for text, blob in zip(texts, blobs, strict=True)]

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _batches(missing: Sequence[int], texts: Sequence[Texts]) -> list[list[int]]:
    """The entries to encode in groups of about BATCH_TEXTS texts."""
    batches: list[list[int]] = []
    size = BATCH_TEXTS
    for at in missing:
        if size >= BATCH_TEXTS:
            batches.append([])
            size = 0
        batches[-1].append(at)
        size += len(texts[at].all)
    return batches
