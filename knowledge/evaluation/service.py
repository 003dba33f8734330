"""Asking a question set over vendors, through the engine that their customers are answered by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import Unavailable
from bot.tenancy.principal import PLATFORM, Principal, PrincipalKind
from knowledge.answers import Answer, Question
from knowledge.engine import Engine
from knowledge.entries import AUDIENCES
from knowledge.evaluation import repository
from knowledge.evaluation.repository import LastRun, Shop
from knowledge.evaluation.sets import Case, Expectation
from knowledge.evaluation.verdicts import Verdict, is_entry, judge
from knowledge.finding import Finder, top_k_of
from knowledge.library import Shelf
from knowledge.repository.vendors import seen_vendor
from knowledge.retrieval.index import Hit

# Whom the tokens of a set are counted for, so that no bot's budget pays for it.
CALLER = "evaluate"
AT_ONCE = 4
SHOWN_HITS = 5
SETTLING_SECONDS = 300.0
_LOOK_AGAIN = 0.1


class Change(StrEnum):
    """How a question fares against the last run of its set."""

    NEW = "new"
    SAME = "same"
    REGRESSED = "regressed"
    IMPROVED = "improved"


@dataclass(frozen=True, slots=True)
class Result:
    """A question, its answer, what was retrieved for it, the verdict, and what was kept of the last run."""

    case: Case
    answer: Answer
    hits: tuple[Hit, ...]
    verdict: Verdict
    change: Change = Change.NEW
    before: dict[str, Any] | None = None

    @property
    def passed(self) -> bool:
        return self.verdict.passed

    @property
    def record(self) -> dict[str, Any]:
        """What is kept of it, as JSON."""
        return {
            "question": self.case.question,
            "passed": self.passed,
            "why": [reason.detail for reason in self.verdict.reasons],
            "outcome": self.answer.outcome.value,
            "composer": self.answer.composer.value,
            "answer": self.answer.text,
            "sources": [{"id": source.id, "question": source.question_summary} for source in self.answer.sources],
            "retrieved": [
                {"id": hit.entry.id, "question": hit.entry.question, "confidence": round(hit.confidence, 4)}
                for hit in self.hits[:SHOWN_HITS]
            ],
            "intents": [{"name": one.name, "confidence": one.confidence} for one in self.answer.intents],
            "values": dict(self.answer.values),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How a set fared over one vendor. `compared_with` is when it was asked last."""

    shop: Shop
    results: tuple[Result, ...]
    compared_with: datetime | None = None

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results)

    @property
    def share(self) -> float:
        """The share that passes, 0..1."""
        return self.passed / len(self.results) if self.results else 1.0

    def changed(self, change: Change) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.change is change)


class Evaluation:
    """Asks question sets. Of what is asked, nothing is written but the run, by `keep`, and the tokens that
    a language model cost."""

    def __init__(self, database: Database, engine: Engine, clock: Clock) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock

    async def shops(self) -> list[Shop]:
        """Every vendor of the store."""
        async with self._database.reading() as session:
            return await repository.shops(session, PLATFORM)

    async def run(
        self, shop: Shop, cases: Sequence[Case], *, set_name: str, asked: Callable[[], None] = lambda: None
    ) -> Report:
        """Ask `cases` of `shop` and compare with the last run of the set. `asked` is called after each question.

        Raises VendorNotFound and VendorInactive.
        """
        principal = _principal_of(shop)
        async with self._database.reading() as session:
            before = await repository.last_run(session, principal, shop.id, set_name)
            replaced = await repository.replaced_by(session, principal, shop.id)
        shelf = await self._settled(principal, shop)
        places = asyncio.Semaphore(AT_ONCE)

        async def ask(case: Case) -> Result:
            async with places:
                result = await self._ask(principal, shop, case, shelf=shelf, replaced=replaced)
                asked()
                return _compared(result, before)

        results = await asyncio.gather(*(ask(case) for case in cases))
        return Report(shop, tuple(results), before.at if before else None)

    async def keep(self, reports: Sequence[Report], *, set_name: str) -> None:
        """Keep the runs, for the next ones to be compared with."""
        async with self._database.unit_of_work() as session:
            for report in reports:
                results = {result.case.key: result.record for result in report.results}
                repository.add_run(session, report.shop, set_name, results=results, now=self._clock.now())

    async def _ask(
        self, principal: Principal, shop: Shop, case: Case, *, shelf: Shelf, replaced: dict[int, int]
    ) -> Result:
        question = Question(shop.id, case.question, audience=case.audience, caller=CALLER)
        answer = await self._engine.answer(principal, question)
        favoured = frozenset(intent.id for intent in answer.intents)
        finder = Finder(
            shelf.index, self._engine.library.encoding, case.audience, top_k=top_k_of(question), favoured=favoured
        )
        hits = (await finder.find(question, case.question)).all
        expectation = _own(case.expectation, replaced)
        return Result(
            case, answer, hits, judge(expectation, answer, hits, has_entry=_has_entry(shelf, expectation, case))
        )

    async def _settled(self, principal: Principal, shop: Shop) -> Shelf:
        """The vendor's shelf once all its vectors are there, or set after set would fare differently."""
        library = self._engine.library
        sample = await library.encoding.vector_of(shop.name)
        for _ in range(round(SETTLING_SECONDS / _LOOK_AGAIN)):
            async with self._database.reading() as session:
                card = await seen_vendor(session, principal, shop.id)
            shelf = await library.shelf_of(principal, card)
            if sample is None or not shelf.index.entries:
                return shelf
            if shelf.index.signals(shop.name, sample).question_vector is not None:
                return shelf
            await asyncio.sleep(_LOOK_AGAIN)
        raise Unavailable(f"The entries of {shop.code} are still being read. Please try again later.")


def _principal_of(shop: Shop) -> Principal:
    """Somebody who sees what the vendor's own customers' questions see, and nothing else."""
    return Principal(PrincipalKind.LOCAL, CALLER, shop.tenant_id, vendor_id=shop.id)


def _own(expectation: Expectation, replaced: dict[int, int]) -> Expectation:
    """The expectation with a global entry that the vendor rewrote as the vendor's own."""
    if not isinstance(expectation.entry, int):
        return expectation
    return replace(expectation, entry=replaced.get(expectation.entry, expectation.entry))


def _has_entry(shelf: Shelf, expectation: Expectation, case: Case) -> bool:
    expected = expectation.entry
    if expected is None:
        return True
    allowed = AUDIENCES[case.audience]
    entries = shelf.index.entries
    return any(entry.audience in allowed and is_entry(expected, entry.id, entry.question) for entry in entries)


def _compared(result: Result, before: LastRun | None) -> Result:
    record = before.results.get(result.case.key) if before else None
    if record is None:
        return result
    then, now = bool(record.get("passed")), result.passed
    change = Change.SAME if then == now else Change.IMPROVED if now else Change.REGRESSED
    return replace(result, change=change, before=record)
