"""What an answer costs on the embedded path: milliseconds a question, memory, and the first question's wait.

    python -m benchmarks.engine [--quick] [--data ../shared/data/02_faq]

Everything goes through the real engine on SQLite, with sentence vectors and without a language model.
Entries are made from the public question sets: a question beside a stretch of some answer. Only the
set's own texts are encoded; an entry that repeats one has its vectors with a little noise, so that no
two are alike. Times hold within one run; compare the ratios, not the milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from benchmarks.sets import SOURCES, read
from bot import migrations
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.models import KnowledgeEntry, Tenant
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import repository
from knowledge.answers import Question
from knowledge.engine import Engine
from knowledge.repository import NewVendor
from knowledge.retrieval.encoder import UniversalSentenceEncoder, Vectors
from knowledge.retrieval.vectors import pack, texts_of

SIZES = (100, 1_000, 20_000)
QUICK_SIZES = (100, 1_000)
VENDORS, QUICK_VENDORS = 1_000, 100
ENTRIES_A_VENDOR = 50
QUESTIONS, QUICK_QUESTIONS = 300, 100
BASE_ENTRIES, QUICK_BASE_ENTRIES = 800, 200
ANSWER_CHARACTERS = 180
NOISE = 0.005
ROWS_A_STATEMENT = 500
EVERYTHING = 2**40


@dataclass(frozen=True, slots=True)
class Text:
    """An entry's texts and their vectors, shape (1 + passages, dimensions)."""

    question: str
    answer: str
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Stage:
    """A store with one tenant to fill, and what to fill it with."""

    database: Database
    principal: Principal
    encoder: UniversalSentenceEncoder
    texts: Sequence[Text]

    async def vendor(self, size: int, *, with_vectors: bool = True) -> int:
        """A new vendor with `size` entries of its own, and its id."""
        now = SystemClock().now()
        async with self.database.unit_of_work() as session:
            name = uuid.uuid4().hex
            vendor_id = await repository.add_vendor(session, self.principal, NewVendor(name, name), now=now)
            rows = self._rows(size, with_vectors=with_vectors)
            while some := list(islice(rows, ROWS_A_STATEMENT)):
                shared = {
                    "tenant_id": self.principal.tenant_id, "vendor_id": vendor_id, "scope": "vendor", "audience": "all",
                    "created_at": now, "updated_at": now,
                }  # fmt: skip
                await session.execute(insert(KnowledgeEntry), [row | shared for row in some])
        return vendor_id

    def _rows(self, size: int, *, with_vectors: bool) -> Iterator[dict[str, object]]:
        chance = np.random.default_rng(size)
        for at in range(size):
            own = self.texts[at % len(self.texts)]
            other = self.texts[int(chance.integers(len(self.texts)))]
            repeats = at >= len(self.texts)
            question, answer = (f"{own.question} {at}", other.answer) if repeats else (own.question, own.answer)
            vectors = np.concatenate([own.vectors[:1], (other if repeats else own).vectors[1:]])
            vectors += chance.normal(0, NOISE, vectors.shape).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            blob = pack(self.encoder, texts_of(question, answer), vectors) if with_vectors else None
            yield {"question_summary": question, "answer": answer, "vector": blob}

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Engine]:
        """A fresh engine that holds nothing yet but the loaded encoder."""
        engine = Engine(
            database=self.database, llm=None, clock=SystemClock(), make_encoder=lambda: self.encoder,
            index_bytes=EVERYTHING,
        )  # fmt: skip
        try:
            await engine.warm()
            yield engine
        finally:
            await engine.close()


@asynccontextmanager
async def staged(texts: Sequence[Text], encoder: UniversalSentenceEncoder) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/engine.db"
        await migrations.upgrade(url)
        database = Database(url)
        try:
            tenant, now = uuid.uuid4(), SystemClock().now()
            async with database.unit_of_work() as session:
                session.add(Tenant(id=tenant, name="Tenant", created_at=now, updated_at=now))
            yield Stage(database, Principal(PrincipalKind.BOT, "benchmark", tenant), encoder, texts)
        finally:
            await database.close()


def read_texts(folder: Path, encoder: UniversalSentenceEncoder, size: int) -> tuple[list[Text], list[str]]:
    """Some entries of all sets, encoded, and questions to ask."""
    sets = [read(folder, source) for source in SOURCES]
    chance = np.random.default_rng(1)
    asked = [question for data in sets for question, _ in data.questions]
    asked = [asked[at] for at in chance.permutation(len(asked))]
    answers = [answer[:ANSWER_CHARACTERS].strip() for data in sets for _, _, answer in data.rows]
    chosen = [answers[at] for at in chance.permutation(len(answers))[:size]]
    texts = [
        Text(question, answer, encoder.encode(texts_of(question, answer).all))
        for question, answer in zip(asked, chosen, strict=False)
    ]
    # What is stored isn't asked.
    return texts, asked[len(texts) :]


async def ask(engine: Engine, stage: Stage, vendor_id: int, text: str) -> float:
    """Milliseconds until the answer."""
    started = time.perf_counter()
    await engine.answer(stage.principal, Question(vendor_id, text))
    return (time.perf_counter() - started) * 1000


def shown(milliseconds: Sequence[float]) -> str:
    return f"p50 {statistics.median(milliseconds):7.2f} ms  p99 {np.percentile(milliseconds, 99):7.2f} ms"


async def measure_questions(stage: Stage, sizes: Sequence[int], questions: Sequence[str]) -> None:
    print("a question through the engine; 'again' has its vector kept, so it is what encoding leaves")
    warm = None
    for size in sizes:
        vendor_id = await stage.vendor(size)
        async with stage.engine() as engine:
            cold = await ask(engine, stage, vendor_id, questions[0])
            first = [await ask(engine, stage, vendor_id, text) for text in questions[1:]]
            again = [await ask(engine, stage, vendor_id, text) for text in questions[1:]]
            share = 1 - statistics.median(again) / statistics.median(first)
            warm = warm or statistics.median(first)
            print(f"  {size:>6} entries: {shown(first)}   again {shown(again)}   encoding {share:.0%}   "
                  f"{statistics.median(first) / warm:.2f} of {sizes[0]}")  # fmt: skip
            vendor = await _index_bytes(engine, stage, vendor_id)
            print(f"                  cold first question, vectors stored: {cold:.0f} ms; index {vendor / 1e6:.1f} MB")


async def _index_bytes(engine: Engine, stage: Stage, vendor_id: int) -> int:
    async with stage.database.reading() as session:
        vendor = await repository.vendor_card(session, stage.principal, vendor_id)
    if vendor is None:
        raise RuntimeError(f"vendor {vendor_id} is gone")
    return (await engine.library.index_of(stage.principal, vendor)).nbytes


async def measure_cold(stage: Stage, question: str) -> None:
    print("cold first question, no vectors stored (few are encoded first, many behind the question's back)")
    for size in (20, 1_000):
        vendor_id = await stage.vendor(size, with_vectors=False)
        async with stage.engine() as engine:
            cold = await ask(engine, stage, vendor_id, question)
            print(f"  {size:>6} entries: {cold:.0f} ms, then {await ask(engine, stage, vendor_id, question):.1f} ms")


async def measure_memory(stage: Stage, vendors: int, question: str) -> None:
    ids = [await stage.vendor(ENTRIES_A_VENDOR) for _ in range(vendors)]
    async with stage.engine() as engine:
        gc.collect()
        before = _resident()
        started = time.perf_counter()
        for vendor_id in ids:
            await ask(engine, stage, vendor_id, question)
        seconds = time.perf_counter() - started
        gc.collect()
        grown = _resident() - before
        said = sum([await _index_bytes(engine, stage, vendor_id) for vendor_id in ids])
    print(f"{vendors} vendors of {ENTRIES_A_VENDOR} entries: indexes say {said / 2**20:.0f} MiB, the process grew by "
          f"{grown / 2**20:.0f} MiB; {seconds / vendors * 1000:.1f} ms to build one")  # fmt: skip


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


async def run(folder: Path, *, quick: bool) -> None:
    encoder = UniversalSentenceEncoder()
    texts, questions = read_texts(folder, encoder, QUICK_BASE_ENTRIES if quick else BASE_ENTRIES)
    print(f"{len(texts)} texts to make entries from")
    asked = questions[: QUICK_QUESTIONS if quick else QUESTIONS]
    async with staged(texts, encoder) as stage:
        await measure_memory(stage, QUICK_VENDORS if quick else VENDORS, asked[0])
        await measure_questions(stage, QUICK_SIZES if quick else SIZES, asked)
        await measure_cold(stage, asked[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/02_faq"))
    parser.add_argument("--quick", action="store_true", help="fewer vendors, entries and questions: a quarter minute")
    given = parser.parse_args()
    if not given.data.is_dir():
        sys.exit(f"{given.data} isn't here: give the folder of the question sets with --data")
    asyncio.run(run(given.data, quick=given.quick))


if __name__ == "__main__":
    main()
