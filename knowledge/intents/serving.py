"""Answers from a vendor's own system: find what it is to be asked, ask the customer for what is missing, then it.

The steps of one message: is it the answer to a question of ours, which intent calls a system, which values are
there, what does the system say, and in which words is that told.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from bot.texts import Language, say
from knowledge import grounding
from knowledge.answers import Answer, Composer, Outcome, Question
from knowledge.composing import extractive
from knowledge.composing.generated import Draft
from knowledge.composing.material import Material, figures_of, resolve
from knowledge.entries import FoundIntent, IntentCard, IntentType, VendorCard
from knowledge.finding import SURE, Found, top_k_of
from knowledge.intents import results
from knowledge.intents.collecting import Collected, Said, collect, given
from knowledge.intents.dialogue import Pending, is_cancelled, not_found, pending, question_for
from knowledge.intents.endpoints import Endpoint, endpoint_of
from knowledge.intents.recognition import Recognised
from knowledge.intents.systems import Call, SystemAnswer, SystemFailed, VendorSystems
from knowledge.parameters import Parameters, keys_in, written

# A message with no more beside the value that was asked for is its answer and nothing else.
MOST_BESIDE = 4
# Asked so often in a row without a value, we take it that the customer wants something else.
MOST_ASKED = 2

# How a language model words sources: pairs of what was asked and what is known, beside the entries.
Wording = Callable[[Sequence[Material], Sequence[tuple[str, str]]], Awaitable[Draft]]
Recognising = Callable[[str], Awaitable[Recognised]]

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A message on which a system may have to be asked, and what is known about it by now.

    `cards` are all intents of this vendor; `ends` is when the answer is due, by `time.perf_counter`.
    """

    vendor: VendorCard
    question: Question
    text: str
    cards: Sequence[IntentCard]
    parameters: Parameters
    recognised: Recognised
    found: Found
    ends: float


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be asked of which system, so far; `pending` where it was begun in an earlier message.

    `is_mixed`: entries belong into the answer too.
    """

    card: IntentCard
    endpoint: Endpoint
    confidence: float
    language: Language
    pending: Pending | None = None
    is_mixed: bool = False


async def serve(systems: VendorSystems, occasion: Occasion, *, recognise: Recognising, word: Wording) -> Answer | None:
    """The answer in which a vendor's system has a part; None where it has none, or knowledge is the better answer.

    Never raises for what a system does.
    """
    opened = await _pending(occasion, recognise)
    if opened is not None and is_cancelled(occasion.text):
        return Answer(say("system.dropped", opened.language), Outcome.ANSWERED, confidence=1.0)
    task = _continued(systems, occasion, opened) or _begun(occasion)
    if task is None:
        return None
    collected = _collect(systems, occasion, task)
    if collected.missing:
        return _ask(occasion, task, collected)
    return await _call(systems, occasion, task, collected=collected, word=word)


async def _pending(occasion: Occasion, recognise: Recognising) -> Pending | None:
    """The intent that waits for a value. Where several ask in the same words, the one that was begun."""
    found = pending(occasion.question.history, occasion.cards)
    if len(found) <= 1:
        return found[0] if found else None
    meant = await recognise(found[0].opening) if found[0].opening else Recognised()
    by_id = {one.card.id: one for one in found}
    return next((by_id[intent.id] for intent in meant.intents if intent.id in by_id), None)


def _continued(systems: VendorSystems, occasion: Occasion, opened: Pending | None) -> _Task | None:
    """What was begun, unless the customer has moved on to something else."""
    if opened is None or _moved_on(systems, occasion, opened):
        return None
    is_mixed = opened.card.type is IntentType.HYBRID
    return _Task(opened.card, opened.endpoint, 1.0, opened.language, pending=opened, is_mixed=is_mixed)


def _moved_on(systems: VendorSystems, occasion: Occasion, opened: Pending) -> bool:
    first = next(iter(occasion.recognised.intents), None)
    is_other = occasion.recognised.is_sure and first is not None and first.id != opened.card.id
    values = given(opened.asked, occasion.text, today=systems.today())
    if values:
        beside = len(occasion.text) - max(map(len, values))
        return is_other and beside > MOST_BESIDE
    answers_literally = occasion.found.understood == occasion.text and occasion.found.confidence >= SURE
    return is_other or answers_literally or opened.times > MOST_ASKED


def _begun(occasion: Occasion) -> _Task | None:
    """The first intent of the message that calls a system. An action must surely be what it is for."""
    cards = {card.id: card for card in occasion.cards}
    for intent in occasion.recognised.intents:
        card = cards.get(intent.id)
        endpoint = endpoint_of(card) if card else None
        if card is None or endpoint is None:
            continue
        if card.type is IntentType.ACTION and not _is_meant(occasion, card):
            continue
        is_mixed = card.type is IntentType.HYBRID or card.id != occasion.recognised.intents[0].id
        return _Task(card, endpoint, intent.confidence, occasion.question.language, is_mixed=is_mixed)
    return None


def _is_meant(occasion: Occasion, card: IntentCard) -> bool:
    """Whether `card` is surely what the message is mainly for."""
    return occasion.recognised.is_sure and occasion.recognised.intents[0].id == card.id


def _collect(systems: VendorSystems, occasion: Occasion, task: _Task) -> Collected:
    opened = task.pending
    replies = {**opened.replies, opened.asked.name: occasion.text} if opened else {}
    earlier = [turn.text for turn in reversed(occasion.question.history) if turn.from_customer]
    return collect(
        task.endpoint.parameters,
        Said(occasion.text, earlier, replies),
        today=systems.today(),
        only_certain=task.card.type is IntentType.ACTION,
    )


def _ask(occasion: Occasion, task: _Task, collected: Collected) -> Answer | None:
    """The question for the first value that is missing; None where it was asked often enough, and where the
    message is as likely about something that entries answer."""
    wanted = collected.missing[0]
    if task.pending is None and occasion.found.sure and not _is_meant(occasion, task.card):
        return None
    opened = task.pending
    again = opened is not None and opened.asked == wanted
    if again and opened is not None and opened.times >= MOST_ASKED:
        return None
    return Answer(
        text=question_for(wanted, task.language, again=again),
        outcome=Outcome.ASKING,
        confidence=task.confidence,
        intents=_intents(occasion, task),
        suggestions=(say("system.never_mind", task.language),),
    )


async def _call(
    systems: VendorSystems, occasion: Occasion, task: _Task, *, collected: Collected, word: Wording
) -> Answer | None:
    """Ask the system and tell what it says, or that it doesn't."""
    call = Call(occasion.vendor.id, occasion.question.request_id or uuid4().hex, occasion.text)
    try:
        result = await systems.ask(
            task.card, task.endpoint, values=collected.values, call=call, within=occasion.ends - time.perf_counter()
        )
    except SystemFailed as error:
        logger.warning("knowledge.system_failed", intent_id=task.card.id, reason=str(error))
        return _failed(occasion, task, error)
    if not result.is_found:
        text = not_found(task.endpoint, task.language)
        return _told(occasion, task, text, composer=Composer.EXTRACTIVE)
    return await _tell(occasion, task, result, collected=collected, word=word)


def _failed(occasion: Occasion, task: _Task, error: SystemFailed) -> Answer | None:
    if task.is_mixed:
        return None
    is_action = task.card.type is IntentType.ACTION
    key = "failed" if not is_action else "unsure" if error.may_be_done else "not_done"
    return Answer(
        text=say(f"system.{key}", task.language, shop=occasion.vendor.called),
        outcome=Outcome.UNKNOWN,
        confidence=task.confidence,
        intents=_intents(occasion, task),
        called=(task.card.id,),
    )


async def _tell(
    occasion: Occasion, task: _Task, result: SystemAnswer, *, collected: Collected, word: Wording
) -> Answer | None:
    """The result in the vendor's own template, else in a model's words, else plainly; with entries for a hybrid."""
    said, by_template = _said_by_system(occasion, task, result, collected)
    found = occasion.found
    sure = resolve(found.sure, occasion.parameters) if task.is_mixed else []
    possible = resolve(found.possible, occasion.parameters) if task.is_mixed else []
    materials = [*sure, *possible][: top_k_of(occasion.question)]
    if said and (materials or not by_template) and not results.holds_prose(result.fields):
        draft = await word(materials, [(task.card.description or task.card.name, said)])
        if draft.text:
            return _told(occasion, task, draft.text, composer=Composer.LLM, materials=materials)
    if sure:
        known = extractive.compose(found.understood, sure)
        if grounding.ungrounded(known, figures_of(sure, occasion.text)):
            sure = []
        else:
            said = f"{said}\n\n{known}".strip()
    if not said:
        return _failed(occasion, task, SystemFailed("nothing_to_tell"))
    return _told(occasion, task, said, composer=Composer.EXTRACTIVE, materials=sure)


def _said_by_system(occasion: Occasion, task: _Task, result: SystemAnswer, collected: Collected) -> tuple[str, bool]:
    """What the system's answer comes to in words, and whether these are the vendor's own."""
    fields, template = result.fields, task.endpoint.answer
    if template is not None:
        return results.fill(template, fields, {**_own_values(occasion), **collected.values}, task.language), True
    if task.card.type is IntentType.ACTION:
        return results.message_of(fields) or say("system.done", task.language), True
    return results.pairs(fields, task.language), False


def _told(
    occasion: Occasion, task: _Task, text: str, *, composer: Composer, materials: Sequence[Material] = ()
) -> Answer:
    values = {key: value for item in materials for key, value in item.values.items()}
    own = _own_values(occasion)
    values |= {key: own[key] for key in keys_in(task.endpoint.answer or "") & own.keys()}
    return Answer(
        text=text,
        outcome=Outcome.ANSWERED,
        composer=composer,
        sources=tuple(item.source for item in materials),
        values={key: value for key, value in values.items() if value in text},
        confidence=task.confidence,
        intents=_intents(occasion, task),
        called=(task.card.id,),
    )


def _own_values(occasion: Occasion) -> dict[str, str]:
    """The vendor's parameters as people read them."""
    return {key: written(item) for key, item in occasion.parameters.items() if item.value.strip()}


def _intents(occasion: Occasion, task: _Task) -> tuple[FoundIntent, ...]:
    """The message's intents, with the one that is being served first."""
    card = task.card
    own = FoundIntent(card.id, card.name, card.type, round(task.confidence, 4))
    return (own, *(intent for intent in occasion.recognised.intents if intent.id != card.id))
