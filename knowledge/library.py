"""What is held of each vendor in memory: built when needed, rebuilt when its version changed, bounded in size."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.db.engine import Database
from bot.tenancy.principal import Principal
from knowledge import repository
from knowledge.entries import VendorCard, VendorKnowledge
from knowledge.intents import recognition
from knowledge.intents.features import parts_of
from knowledge.intents.recognition import NOTHING, IntentBook, Recognised
from knowledge.retrieval.encoder import SentenceEncoder, Vectors
from knowledge.retrieval.encoding import Encoding
from knowledge.retrieval.index import Index
from knowledge.retrieval.tokens import topic_terms_of
from knowledge.retrieval.vectors import Texts, pack, texts_of, unpack

DEFAULT_BYTES = 256 * 2**20
# Texts that a question waits for at most; what is missing beyond that is encoded behind its back.
INLINE_TEXTS = 96
BATCH_TEXTS = 32

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One vendor's entries and intents, as of one version. `example_vectors` are those of its intents'
    texts as far as they are known, kept for the next version."""

    version: int
    index: Index
    intents: IntentBook
    example_vectors: dict[str, Vectors]


@dataclass(slots=True)
class _Draft:
    """A shelf in the making: what was read, and the vectors as far as they are known."""

    principal: Principal
    vendor_id: int
    knowledge: VendorKnowledge
    texts: list[Texts]
    vectors: list[Vectors | None]
    examples: dict[str, Vectors | None]

    @property
    def missing(self) -> list[int]:
        return [at for at, rows in enumerate(self.vectors) if rows is None]

    @property
    def missing_examples(self) -> list[str]:
        return [text for text, vector in self.examples.items() if vector is None]

    @property
    def texts_missing(self) -> int:
        return sum(len(self.texts[at].all) for at in self.missing) + len(self.missing_examples)


class Library:
    """The shelves of every vendor that was asked lately.

    `limit_bytes` bounds what is held; the vendors that weren't asked for longest are dropped first.
    """

    def __init__(
        self, database: Database, make_encoder: Callable[[], SentenceEncoder] | None, *, limit_bytes: int
    ) -> None:
        self._database = database
        self.encoding = Encoding(make_encoder)
        self._limit = limit_bytes
        self._held: OrderedDict[int, Shelf] = OrderedDict()
        self._builds: dict[tuple[int, int], asyncio.Task[Shelf]] = {}
        self._fills: set[asyncio.Task[None]] = set()

    async def warm(self) -> None:
        """Load the encoder, so that no customer waits for it."""
        await self.encoding.vector_of("暖機")

    async def close(self) -> None:
        for task in self._fills:
            task.cancel()
        await asyncio.gather(*self._fills, *self._builds.values(), return_exceptions=True)
        self.encoding.close()

    async def shelf_of(self, principal: Principal, vendor: VendorCard) -> Shelf:
        """The shelf of `vendor` at its current version, which the caller has just read."""
        held = self._held.get(vendor.id)
        if held and held.version >= vendor.knowledge_version:
            self._held.move_to_end(vendor.id)
            return held
        key = (vendor.id, vendor.knowledge_version)
        if key not in self._builds:
            build = asyncio.create_task(self._build(principal, vendor))
            self._builds[key] = build
            build.add_done_callback(lambda _: self._builds.pop(key, None))
        # Whoever asked first may give up; the others still want the shelf.
        return await asyncio.shield(self._builds[key])

    async def index_of(self, principal: Principal, vendor: VendorCard) -> Index:
        """The entries' index of `vendor` at its current version."""
        return (await self.shelf_of(principal, vendor)).index

    async def vector_of(self, text: str) -> Vectors | None:
        """A question's vector, shape (dimensions,); None where there is no encoder."""
        return await self.encoding.vector_of(text)

    async def recognise(self, shelf: Shelf, text: str) -> Recognised:
        """What `text` is for, by the shelf's intents; nothing where there are none or it holds no word."""
        book = shelf.intents
        if not book.cards or not topic_terms_of(text).size:
            return NOTHING
        vectors = await self.encoding.kept_vectors_of(parts_of(text)) if book.by_vectors else None
        return NOTHING if book.by_vectors and vectors is None else book.recognise(text, vectors)

    async def _build(self, principal: Principal, vendor: VendorCard) -> Shelf:
        draft = await self._draft(principal, vendor.id)
        if self.encoding.encoder is not None and draft.texts_missing:
            if draft.texts_missing <= INLINE_TEXTS:
                await self._fill(draft)
            else:
                self._fill_later(draft)
        return await self._shelve(draft)

    async def _draft(self, principal: Principal, vendor_id: int) -> _Draft:
        async with self._database.reading(heavy=True) as session:
            knowledge = await repository.knowledge_of(session, principal, vendor_id)
        await self.encoding.ready()
        texts = [texts_of(entry.question, entry.answer, entry.keywords) for entry in knowledge.entries]
        vectors = await self.encoding.in_thread(partial(self._unpack, texts, knowledge.vectors))
        held = self._held.get(vendor_id)
        known = held.example_vectors if held else {}
        examples = {text: known.get(text) for text in recognition.texts_of(knowledge.intents)}
        return _Draft(principal, vendor_id, knowledge, texts, vectors, examples)

    async def _shelve(self, draft: _Draft) -> Shelf:
        """Make the shelf of what the draft holds, and hold it."""
        shelf = await self.encoding.in_thread(partial(_shelf, draft))
        held = self._held.get(draft.vendor_id)
        if held is None or held.version <= shelf.version:
            self._held[draft.vendor_id] = shelf
            self._held.move_to_end(draft.vendor_id)
            self._drop_oldest()
        return shelf

    def _drop_oldest(self) -> None:
        total = sum(shelf.index.nbytes for shelf in self._held.values())
        while total > self._limit and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            total -= dropped.index.nbytes

    def _fill_later(self, draft: _Draft) -> None:
        later = _Draft(
            draft.principal, draft.vendor_id, draft.knowledge, draft.texts, list(draft.vectors), dict(draft.examples)
        )

        async def fill() -> None:
            await self._fill(later)
            held = self._held.get(later.vendor_id)
            if held and held.version == later.knowledge.version and not later.texts_missing:
                await self._shelve(later)

        task = asyncio.create_task(fill())
        self._fills.add(task)
        task.add_done_callback(self._fills.discard)

    async def _fill(self, draft: _Draft) -> None:
        """Compute what is missing, and keep the entries' vectors in the store, batch by batch."""
        for batch in _batches(draft.missing, draft.texts):
            rows = await self.encoding.vectors_of([text for at in batch for text in draft.texts[at].all])
            if rows is None or self.encoding.encoder is None:
                return
            blobs: dict[int, bytes] = {}
            taken = 0
            for at in batch:
                own = rows[taken : taken + len(draft.texts[at].all)]
                taken += len(own)
                draft.vectors[at] = own
                blobs[draft.knowledge.entries[at].id] = pack(self.encoding.encoder, draft.texts[at], own)
            await self._store(draft.principal, blobs)
        examples = draft.missing_examples
        for start in range(0, len(examples), BATCH_TEXTS):
            chunk = examples[start : start + BATCH_TEXTS]
            found = await self.encoding.vectors_of(chunk)
            if found is None:
                return
            draft.examples.update(zip(chunk, found, strict=True))

    async def _store(self, principal: Principal, blobs: dict[int, bytes]) -> None:
        try:
            async with self._database.unit_of_work() as session:
                await repository.store_vectors(session, principal, blobs)
        except SQLAlchemyError as error:
            # Answers don't need them stored; the next start computes them again.
            logger.warning("knowledge.vectors_not_stored", entries=len(blobs), error=type(error).__name__)

    def _unpack(self, texts: Sequence[Texts], blobs: Sequence[bytes | None]) -> list[Vectors | None]:
        encoder = self.encoding.encoder
        if encoder is None:
            return [None] * len(texts)
        return [unpack(encoder, text, blob) for text, blob in zip(texts, blobs, strict=True)]


def _shelf(draft: _Draft) -> Shelf:
    knowledge = draft.knowledge
    # Entries with vectors would outdo those without, so it is all or none. The same goes for examples.
    vectors = [None] * len(draft.vectors) if draft.missing else draft.vectors
    known = {text: vector for text, vector in draft.examples.items() if vector is not None}
    examples = known if len(known) == len(draft.examples) else None
    index = Index(knowledge.entries, vectors, knowledge.parameters)
    return Shelf(knowledge.version, index, IntentBook.learned(knowledge.intents, examples), known)


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
