"""The story of an answer, top to bottom: retrieve, put in the vendor's values, compose, check, answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.db.engine import Database
from bot.llm.breaker import CircuitBreaker
from bot.llm.port import LanguageModel
from bot.tenancy.principal import Principal
from bot.texts import say
from knowledge import grounding, overrides, prompts, repository
from knowledge.answers import MAX_TOP_K, Answer, Composer, Outcome, Question, Source, Turn
from knowledge.composing import extractive, generated, smalltalk
from knowledge.composing.material import Material, resolve
from knowledge.entries import AUDIENCES, Audience, VendorCard
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.parameters import Parameters, ParameterType, written
from knowledge.retrieval.encoder import SentenceEncoder, UniversalSentenceEncoder
from knowledge.retrieval.index import Hit, Index
from knowledge.retrieval.library import DEFAULT_BYTES, Library

__all__ = ["Answer", "Composer", "Engine", "Outcome", "Question", "Source", "Turn"]

MAX_QUESTION = 1000
# At this confidence an entry is taken to answer the question. A model may look at less sure ones too,
# since it can say that they don't.
SURE = 0.5
WORTH_A_LOOK = 0.15
MAX_PARTS = 4
MAX_SUGGESTIONS = 3
SUGGESTION_CHARACTERS = 40
# What of the deadline is kept for everything but the model, and a first attempt's share of the rest.
RESERVED_SECONDS = 0.5
FIRST_ATTEMPT = 0.65
SAME_MEANING = 0.35

_PART = re.compile(r"[^?？\n]+[?？]?")
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """What retrieval brought: hits that answer for sure, hits worth a look, and the rest for suggestions."""

    sure: tuple[Hit, ...]
    possible: tuple[Hit, ...]
    others: tuple[Hit, ...]

    @property
    def confidence(self) -> float:
        return max((hit.confidence for hit in (*self.sure, *self.possible, *self.others)), default=0.0)


class Engine:
    """Answers customers' questions from their vendor's knowledge.

    `llm` None means the embedded composer alone. `make_encoder` builds the sentence encoder when it is
    first needed; None means retrieval by words alone. One engine serves the whole process.
    """

    def __init__(
        self,
        *,
        database: Database,
        llm: LanguageModel | None,
        clock: Clock,
        make_encoder: Callable[[], SentenceEncoder] | None = UniversalSentenceEncoder,
        index_bytes: int = DEFAULT_BYTES,
    ) -> None:
        self._database = database
        self._llm = CircuitBreaker(llm, clock) if llm else None
        self._library = Library(database, make_encoder, limit_bytes=index_bytes)

    async def warm(self) -> None:
        """Load what the first question would wait for. Call it at start, beside serving."""
        await self._library.warm()

    async def close(self) -> None:
        """Stop what runs in the background. The language model is closed by whoever made it."""
        await self._library.close()

    async def answer(self, principal: Principal, question: Question) -> Answer:
        """The answer to `question`, grounded in its vendor's knowledge, or an honest "I don't know".

        Raises VendorNotFound and VendorInactive. Nothing else that is wrong with model, encoder or
        question raises: it makes the answer plainer.
        """
        started = time.perf_counter()
        vendor = await self._vendor(principal, question.vendor_id)
        text = question.text.strip()[:MAX_QUESTION]
        index = await self._library.index_of(principal, vendor)
        answer = _small_talk(vendor, index, question, text)
        if answer is None:
            found = await self._retrieve(index, question, text)
            answer = await self._compose(vendor, index, question, text=text, found=found, started=started)
        return replace(answer, elapsed_ms=round((time.perf_counter() - started) * 1000))

    async def _vendor(self, principal: Principal, vendor_id: int) -> VendorCard:
        async with self._database.reading() as session:
            vendor = await repository.vendor_card(session, principal, vendor_id)
        if vendor is None:
            raise VendorNotFound(vendor_id)
        if not vendor.is_active:
            raise VendorInactive(vendor_id)
        return vendor

    async def _retrieve(self, index: Index, question: Question, text: str) -> _Found:
        """Look for each of the message's questions; one entry counts once, for the question it fits best."""
        top_k = _top_k(question)
        best: dict[int, Hit] = {}
        sure: dict[int, Hit] = {}
        for part in _parts(text):
            vector = await self._library.vector_of(part)
            hits = index.search(part, vector, audience=Audience(question.audience), limit=top_k + MAX_SUGGESTIONS)
            for hit in hits:
                if hit.entry.id not in best or best[hit.entry.id].confidence < hit.confidence:
                    best[hit.entry.id] = hit
            if hits and hits[0].confidence >= SURE:
                sure.setdefault(hits[0].entry.id, hits[0])
        ranked = sorted(best.values(), key=lambda hit: (hit.confidence, hit.score), reverse=True)
        rest = [hit for hit in ranked if hit.entry.id not in sure]
        possible = [hit for hit in rest[:top_k] if hit.confidence >= WORTH_A_LOOK]
        others = [hit for hit in rest if hit not in possible]
        return _Found(tuple(sure.values())[:top_k], tuple(possible), tuple(others))

    async def _compose(
        self, vendor: VendorCard, index: Index, question: Question, *, text: str, found: _Found, started: float
    ) -> Answer:
        """The model's wording where it is usable, else the entries' own sentences, else one value, else none."""
        sure = resolve(found.sure, index.parameters)
        tokens = 0
        materials = [*sure, *resolve(found.possible, index.parameters)][: _top_k(question)]
        if self._llm is not None and materials:
            seconds = question.deadline - RESERVED_SECONDS - (time.perf_counter() - started)
            draft = await self._generate(vendor, question, text=text, materials=materials, seconds=seconds)
            tokens = draft.tokens
            if draft.text:
                return _answered(draft.text, Composer.LLM, materials, found=found, tokens=tokens)
            if draft.text == "":
                sure = []
        if sure:
            said = extractive.compose(text, sure)
            if not grounding.ungrounded(said, _figures(sure, text)):
                return _answered(said, Composer.EXTRACTIVE, sure, found=found, tokens=tokens)
        if value := _value_answer(text, index.parameters, question):
            return replace(value, tokens_used=tokens, suggestions=_suggestions(found, ()))
        return replace(_unknown(vendor, index.parameters, question, found), tokens_used=tokens)

    async def _generate(
        self, vendor: VendorCard, question: Question, *, text: str, materials: Sequence[Material], seconds: float
    ) -> generated.Draft:
        if self._llm is None or seconds <= 0:
            return generated.Draft(None)
        sources = [(item.hit.entry.question, item.text) for item in materials]
        prompt = prompts.answering(question, text, shop=vendor.called, sources=sources)
        known = [f"{item.hit.entry.question}\n{item.text}" for item in materials]
        earlier = [turn.text for turn in question.history if turn.from_customer]

        async def resembles(said: str) -> bool:
            vectors = await self._library.vectors_of([said, *known])
            return vectors is not None and float((vectors[1:] @ vectors[0]).max()) >= SAME_MEANING

        bounds = generated.Bounds(_figures(materials, text, *earlier), [*known, vendor.called], resembles)
        attempts = (seconds * FIRST_ATTEMPT, seconds * (1 - FIRST_ATTEMPT))
        return await generated.compose(self._llm, prompt, bounds, seconds_each=attempts)


def _top_k(question: Question) -> int:
    return min(max(question.top_k, 1), MAX_TOP_K)


def _parts(text: str) -> list[str]:
    """The questions of a message, each by itself; the message where it is one."""
    parts = [part.strip() for part in _PART.findall(text)]
    asking = [part for part in parts if len(part) >= _SHORTEST_PART and smalltalk.kind_of(part) is None]
    return asking[:MAX_PARTS] or [text]


def _figures(materials: Sequence[Material], *said_by_customer: str) -> list[str]:
    """The texts whose figures an answer may state: this vendor's sources with values in, and the customer's own."""
    texts = [f"{item.hit.entry.question}\n{item.text}" for item in materials]
    values = [value for item in materials for value in item.values.values()]
    return [*texts, *values, *said_by_customer]


def _small_talk(vendor: VendorCard, index: Index, question: Question, text: str) -> Answer | None:
    kind = smalltalk.kind_of(text)
    if kind is None:
        return None
    allowed = AUDIENCES[Audience(question.audience)]
    asked = [entry.question for entry in index.entries if entry.audience in allowed]
    return Answer(
        text=say(f"answer.{kind}", question.language, shop=vendor.called),
        outcome=Outcome.ANSWERED,
        confidence=1.0,
        suggestions=_short(asked) if kind == "greeting" else (),
    )


def _answered(text: str, composer: Composer, materials: Sequence[Material], *, found: _Found, tokens: int) -> Answer:
    values = {key: value for item in materials for key, value in item.values.items()}
    return Answer(
        text=text,
        outcome=Outcome.ANSWERED,
        composer=composer,
        sources=tuple(item.source for item in materials),
        values={key: value for key, value in values.items() if _is_said(value, text)},
        confidence=round(found.confidence, 4),
        tokens_used=tokens,
        suggestions=_suggestions(found, [item.hit.entry.id for item in materials]),
    )


def _is_said(value: str, text: str) -> bool:
    """Whether `text` holds the value, as written or with its figures written otherwise."""
    facts = grounding.facts_in(value)
    return value in text or (bool(facts) and facts <= grounding.facts_in(text))


def _value_answer(text: str, parameters: Parameters, question: Question) -> Answer | None:
    """The value that the customer asks for by its name, where no entry speaks of it."""
    parameter = overrides.asked_for(text, parameters)
    if parameter is None:
        return None
    value = written(parameter)
    said = say("answer.value", question.language, name=parameter.display_name, value=value)
    return Answer(said, Outcome.ANSWERED, values={parameter.key: value}, confidence=SURE)


def _unknown(vendor: VendorCard, parameters: Parameters, question: Question, found: _Found) -> Answer:
    phones = [written(item) for item in parameters.values() if item.kind is ParameterType.PHONE]
    phone = vendor.contact_phone or next(iter(phones), None)
    key = "answer.unknown_with_phone" if phone else "answer.unknown"
    return Answer(
        text=say(key, question.language, shop=vendor.called, phone=phone),
        outcome=Outcome.UNKNOWN,
        confidence=round(found.confidence, 4),
        suggestions=_suggestions(found, ()),
    )


def _suggestions(found: _Found, answered: Sequence[int]) -> tuple[str, ...]:
    neighbours = (*found.sure, *found.possible, *found.others)
    return _short([hit.entry.question for hit in neighbours if hit.entry.id not in answered])


def _short(questions: Sequence[str]) -> tuple[str, ...]:
    fitting = [text.strip() for text in questions if 0 < len(text.strip()) <= SUGGESTION_CHARACTERS]
    return tuple(dict.fromkeys(fitting))[:MAX_SUGGESTIONS]
