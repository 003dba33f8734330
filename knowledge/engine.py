"""The story of an answer, top to bottom: classify, retrieve, put in the vendor's values, compose, check, answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.clock import Clock
from bot.db.engine import Database
from bot.llm.breaker import CircuitBreaker
from bot.llm.port import LanguageModel
from bot.tenancy.principal import Principal
from knowledge import grounding, prompts, repository
from knowledge.answers import Answer, Composer, Outcome, Question, Source, Turn
from knowledge.composing import extractive, fixed, generated
from knowledge.composing.introducing import introduced
from knowledge.composing.material import Material, asked, figures_of, resolve
from knowledge.entries import CALLING, Audience, VendorCard
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.finding import SURE, WORTH_A_LOOK, Finder, Found, top_k_of
from knowledge.intents import generated as generated_intents
from knowledge.intents.recognition import Recognised
from knowledge.intents.serving import Occasion, serve
from knowledge.intents.systems import VendorSystems
from knowledge.library import DEFAULT_BYTES, Library, Shelf
from knowledge.overrides import asked_for
from knowledge.parameters import ParameterType, written
from knowledge.retrieval.encoder import SentenceEncoder, UniversalSentenceEncoder
from knowledge.retrieval.tokens import bare
from knowledge.spending import Purse, Spending
from knowledge.unanswered.clustering import Asked

__all__ = [
    "SURE", "WORTH_A_LOOK", "Answer", "Composer", "Engine", "Outcome", "Question", "Source", "Turn",
]  # fmt: skip

MAX_QUESTION = 1000
# A message that no intent is meant for, and about which nothing is found, is about something else altogether.
OUT_OF_SCOPE = 0.25
# However well an entry was found, an answer that says "I don't know" is no sure answer.
UNSURE = 0.49
# What of the deadline is kept for everything but the model; a first attempt's share of the rest, and the
# share that telling intents apart may take.
RESERVED_SECONDS = 0.5
FIRST_ATTEMPT = 0.65
CLASSIFYING = 0.25
SAME_MEANING = 0.35


_COUNTED = frozenset({ParameterType.NUMBER, ParameterType.MONEY})


@dataclass(frozen=True, slots=True)
class _Case:
    """A question on its way to an answer: who is asked, what they know, and until when it may take."""

    vendor: VendorCard
    shelf: Shelf
    question: Question
    text: str
    purse: Purse | None
    ends: float

    @property
    def seconds_left(self) -> float:
        return self.ends - time.perf_counter()


class Engine:
    """Answers customers' questions from their vendor's knowledge.

    `llm` None means the embedded composer alone. `systems` asks the vendors' own systems; None means that
    their intents are answered from knowledge. `make_encoder` builds the sentence encoder when it is
    first needed; None means retrieval by words alone. One engine serves the whole process.
    """

    def __init__(
        self,
        *,
        database: Database,
        llm: LanguageModel | None,
        clock: Clock,
        systems: VendorSystems | None = None,
        make_encoder: Callable[[], SentenceEncoder] | None = UniversalSentenceEncoder,
        index_bytes: int = DEFAULT_BYTES,
    ) -> None:
        self._database = database
        self._llm = CircuitBreaker(llm, clock) if llm else None
        self._spending = Spending(database, clock)
        self._systems = systems
        self.library = Library(database, make_encoder, limit_bytes=index_bytes)

    async def warm(self) -> None:
        """Load what the first question would wait for. Call it at start, beside serving."""
        await self.library.warm()

    async def close(self) -> None:
        """Stop what runs in the background. The language model is closed by whoever made it."""
        await self.library.close()

    async def answer(self, principal: Principal, question: Question) -> Answer:
        """The answer to `question`, grounded in its vendor's knowledge, or an honest "I don't know".

        Raises VendorNotFound and VendorInactive. Nothing else that is wrong with model, encoder or
        question raises: it makes the answer plainer.
        """
        started = time.perf_counter()
        vendor = await self._vendor(principal, question.vendor_id)
        text = question.text.strip()[:MAX_QUESTION]
        shelf = await self.library.shelf_of(principal, vendor)
        answer = fixed.small_talk(vendor, shelf.index, question, text)
        if answer is None:
            purse = await self._spending.purse(self._llm, vendor, question) if self._llm else None
            ends = started + question.deadline - RESERVED_SECONDS
            case = _Case(vendor, shelf, question, text=text, purse=purse, ends=ends)
            intents = await self.library.recognise(shelf, text)
            found = await self._retrieve(case, intents)
            intents = await self._second_opinion(case, intents, found)
            answer = await self._ask_system(case, intents, found) or await self._compose(case, intents, found)
            if purse is not None:
                answer = replace(answer, tokens_used=purse.spent.tokens)
                await self._spending.settle(purse)
        return replace(answer, elapsed_ms=round((time.perf_counter() - started) * 1000))

    async def unanswered(self, question: Question, answer: Answer) -> Asked | None:
        """The question as `knowledge.unanswered` gathers it; None where it was answered, or where a vendor's
        system had no answer, which no entry can mend."""
        if answer.called or answer.outcome not in (Outcome.UNKNOWN, Outcome.OUT_OF_SCOPE):
            return None
        text = question.text.strip()[:MAX_QUESTION]
        return Asked(question.vendor_id, question.audience, text, await self.library.vector_of(text))

    async def _vendor(self, principal: Principal, vendor_id: int) -> VendorCard:
        async with self._database.reading() as session:
            vendor = await repository.vendor_card(session, principal, vendor_id)
        if vendor is None:
            raise VendorNotFound(vendor_id)
        if not vendor.is_active:
            raise VendorInactive(vendor_id)
        return vendor

    async def _retrieve(self, case: _Case, intents: Recognised) -> Found:
        finder = Finder(
            case.shelf.index,
            self.library.encoding,
            Audience(case.question.audience),
            top_k=top_k_of(case.question),
            favoured=intents.ids,
        )
        return await finder.find(case.question, case.text)

    async def _second_opinion(self, case: _Case, intents: Recognised, found: Found) -> Recognised:
        """The model's view of what the message is for, where ours is unsure and the answer hangs on it."""
        cards = tuple(case.shelf.intents.cards.values())
        matters = not found.sure or any(card.type in CALLING for card in cards)
        seconds = case.seconds_left * CLASSIFYING
        if intents.is_sure or not matters or case.purse is None or seconds <= 0:
            return intents
        prompt = prompts.classifying(case.question, case.text, cards)
        return await generated_intents.recognise(case.purse, prompt, cards, within=seconds) or intents

    async def _ask_system(self, case: _Case, intents: Recognised, found: Found) -> Answer | None:
        """What the vendor's own system says, or what it needs to be told first; None where it has no part in this."""
        if self._systems is None:
            return None
        cards = tuple(case.shelf.intents.cards.values())
        occasion = Occasion(
            case.vendor, case.question, case.text, cards=cards, parameters=case.shelf.index.parameters,
            recognised=intents, found=found, ends=case.ends,
        )  # fmt: skip
        recognise = partial(self.library.recognise, case.shelf)
        return await serve(self._systems, occasion, recognise=recognise, word=partial(self._generate, case))

    async def _compose(self, case: _Case, intents: Recognised, found: Found) -> Answer:
        """The owner's own words where they approved some, else the model's where they are usable, else
        the entries' sentences, else one value, else none."""
        parameters = case.shelf.index.parameters
        sure = resolve(found.sure, parameters)
        if sure and all(item.hit.entry.is_curated for item in sure):
            told = introduced(found.understood, sure, case.question.language)
            return self._answered(case, intents, found, _Said(extractive.whole(told), Composer.CURATED, sure))
        possible = resolve(found.possible, parameters) if case.purse else []
        materials = [*sure, *possible][: top_k_of(case.question)]
        if case.purse and materials:
            draft = await self._generate(case, materials)
            if draft.text:
                return self._answered(case, intents, found, _Said(draft.text, Composer.LLM, materials))
            if draft.text == "":
                sure = []
        if sure:
            said = extractive.compose(found.understood, sure)
            if not grounding.ungrounded(said, figures_of(sure, case.text)) and _says_what_was_asked(said, case):
                told = introduced(found.understood, sure, case.question.language)
                said = said if told == sure else extractive.compose(found.understood, told)
                answer = self._answered(case, intents, found, _Said(said, Composer.EXTRACTIVE, sure))
                return fixed.with_open_questions(answer, found.open, parameters, case.question)
        return self._without_entries(case, intents, found)

    def _without_entries(self, case: _Case, intents: Recognised, found: Found) -> Answer:
        """What is said where no entry answers."""
        parameters, vendor = case.shelf.index.parameters, case.vendor
        answer = self._likely(case, intents, found) or fixed.value(case.text, parameters, case.question)
        if answer is None and found.sure:
            # An entry that says nothing to this vendor's customers may still tell which value is asked for.
            answer = fixed.value(asked(found.sure[0].entry, parameters), parameters, case.question)
        if answer is None:
            is_foreign = _is_foreign(case.shelf, intents) and found.confidence < WORTH_A_LOOK
            say_so = fixed.out_of_scope if is_foreign else fixed.unknown
            confidence = min(found.confidence, UNSURE)
            answer = replace(say_so(vendor, parameters, case.question), confidence=round(confidence, 4))
        told = [source.id for source in answer.sources]
        return replace(answer, intents=intents.intents, suggestions=_suggestions(case, found, told))

    def _likely(self, case: _Case, intents: Recognised, found: Found) -> Answer | None:
        """What the question is probably about, said as such; None for what is another vendor's business."""
        materials = [] if _is_foreign(case.shelf, intents) else resolve(found.likely, case.shelf.index.parameters)
        if case.purse is not None or not materials or not materials[0].question:
            return None
        text = extractive.compose(found.understood, materials)
        if not _says_what_was_asked(text, case):
            return None
        said = fixed.likely(materials[0].question, text, case.question)
        return self._answered(case, intents, found, _Said(said, Composer.EXTRACTIVE, materials))

    def _answered(self, case: _Case, intents: Recognised, found: Found, said: _Said) -> Answer:
        values = {key: value for item in said.materials for key, value in item.values.items()}
        return Answer(
            text=said.text,
            outcome=Outcome.ANSWERED,
            composer=said.composer,
            sources=tuple(item.source for item in said.materials),
            values={key: value for key, value in values.items() if _is_said(value, said.text)},
            confidence=round(found.confidence, 4),
            intents=intents.intents,
            suggestions=_suggestions(case, found, [item.hit.entry.id for item in said.materials]),
        )

    async def _generate(
        self, case: _Case, materials: Sequence[Material], told: Sequence[tuple[str, str]] = ()
    ) -> generated.Draft:
        """The model's wording of `materials`, and of what else was `told`: pairs like their questions and answers."""
        seconds = case.seconds_left
        if case.purse is None or seconds <= 0:
            return generated.Draft(None)
        question = case.question
        sources = [*told, *((item.question, item.text) for item in materials)]
        prompt = prompts.answering(question, case.text, shop=case.vendor.called, sources=sources)
        known = [f"{asked}\n{answer}" for asked, answer in sources]
        earlier = [turn.text for turn in question.history if turn.from_customer]

        async def resembles(said: str) -> bool:
            vectors = await self.library.encoding.vectors_of([said, *known])
            return vectors is not None and float((vectors[1:] @ vectors[0]).max()) >= SAME_MEANING

        # What only may bear on the question grounds no figure beside what surely does: it may be anything.
        grounds = [item for item in materials if item.hit.confidence >= SURE] or materials
        figures = figures_of(grounds, case.text, *earlier, *(f"{asked}\n{answer}" for asked, answer in told))
        bounds = generated.Bounds(figures, [*known, case.vendor.called], resembles)
        attempts = (seconds * FIRST_ATTEMPT, seconds * (1 - FIRST_ATTEMPT))
        return await generated.compose(case.purse, prompt, bounds, seconds_each=attempts)


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of an answer, whose they are, and what they were made of."""

    text: str
    composer: Composer
    materials: Sequence[Material]


def _is_foreign(shelf: Shelf, intents: Recognised) -> bool:
    """Whether a message is for something else than the vendor's intents. Words alone can't tell: they don't
    know another language, or another word for the same."""
    told = shelf.intents.by_vectors or intents.is_sure
    return bool(shelf.intents.cards) and told and not intents.intents and intents.in_scope < OUT_OF_SCOPE


def _is_said(value: str, text: str) -> bool:
    """Whether `text` holds the value, as written or with its figures written otherwise."""
    facts = grounding.facts_in(value)
    return value in text or (bool(facts) and facts <= grounding.facts_in(text))


def _says_what_was_asked(said: str, case: _Case) -> bool:
    """Whether `said` states the value that was asked for by name, and a figure where one was asked for.

    An entry that is near in words may state another number than the vendor's, or none at all.
    """
    wants_figure = grounding.asks_how_much(case.text)
    parameter = asked_for(case.text, case.shelf.index.parameters)
    is_phone = parameter is not None and parameter.kind is ParameterType.PHONE
    if parameter is not None and (is_phone or (wants_figure and parameter.kind in _COUNTED)):
        return _is_said(written(parameter), said)
    return not wants_figure or grounding.says_how_much(said)


def _suggestions(case: _Case, found: Found, answered: Collection[int] = ()) -> tuple[str, ...]:
    """Questions near the one asked which have an answer, and not that one again."""
    parameters = case.shelf.index.parameters
    near = (hit for hit in found.all if hit.entry.id not in answered and bare(hit.entry.question) != bare(case.text))
    return fixed.suggested(item.question for hit in near for item in resolve([hit], parameters))
