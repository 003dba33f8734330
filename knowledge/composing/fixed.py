"""Answers in the platform's own words: small talk, a value by its name, and what can't be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from bot.texts import say
from knowledge import overrides
from knowledge.answers import Answer, Outcome, Question
from knowledge.composing import smalltalk
from knowledge.composing.material import asked
from knowledge.entries import AUDIENCES, Audience, VendorCard
from knowledge.parameters import Parameters, ParameterType, written
from knowledge.retrieval.index import Index

MAX_SUGGESTIONS = 3
# A greeting offers some of the first entries' questions.
MOST_OFFERED = 12
SUGGESTION_CHARACTERS = 40
VALUE_CONFIDENCE = 0.5


def small_talk(vendor: VendorCard, index: Index, question: Question, text: str) -> Answer | None:
    """A fitting word for a message that is small talk and nothing else; None for any other."""
    kind = smalltalk.kind_of(text)
    if kind is None:
        return None
    if kind == "human":
        return _apology("human", vendor, index.parameters, question, outcome=Outcome.ANSWERED)
    return Answer(
        text=say(f"answer.{kind}", question.language, shop=vendor.called),
        outcome=Outcome.ANSWERED,
        confidence=1.0,
        suggestions=_first_questions(index, Audience(question.audience)) if kind == "greeting" else (),
    )


def _first_questions(index: Index, audience: Audience) -> tuple[str, ...]:
    allowed = AUDIENCES[audience]
    readable = [entry for entry in index.entries if entry.audience in allowed][:MOST_OFFERED]
    return suggested([asked(entry, index.parameters) for entry in readable])


def value(text: str, parameters: Parameters, question: Question) -> Answer | None:
    """The value that the customer asks for by its name, where no entry speaks of it."""
    parameter = overrides.asked_for(text, parameters)
    if parameter is None:
        return None
    shown = written(parameter)
    said = say("answer.value", question.language, name=parameter.display_name, value=shown)
    return Answer(said, Outcome.ANSWERED, values={parameter.key: shown}, confidence=VALUE_CONFIDENCE)


def likely(about: str, text: str, question: Question) -> str:
    """`text` as the answer to what the customer probably asked `about`."""
    return say("answer.likely", question.language, about=about.rstrip("?？ "), text=text)


def with_open_questions(answer: Answer, questions: Sequence[str], parameters: Parameters, question: Question) -> Answer:
    """`answer`, and what can be said to those of a message's questions that no entry answers."""
    values, unknown_ones = dict(answer.values), []
    said = [answer.text]
    for one in questions:
        told = value(one, parameters, question)
        if told is None:
            unknown_ones.append(one.rstrip("?？ "))
        elif told.text not in said:
            said.append(told.text)
            values |= told.values
    if unknown_ones:
        language = question.language
        quoted = [say("answer.quoted", language, text=one) for one in unknown_ones]
        listed = reduce(lambda first, second: say("answer.listed", language, first=first, second=second), quoted)
        said.append(say("answer.part_unknown", language, parts=listed))
    return replace(answer, text="\n\n".join(said), values=values)


def unknown(vendor: VendorCard, parameters: Parameters, question: Question) -> Answer:
    """An honest "I don't know", with the shop's phone where it has one."""
    return _apology("unknown", vendor, parameters, question, outcome=Outcome.UNKNOWN)


def out_of_scope(vendor: VendorCard, parameters: Parameters, question: Question) -> Answer:
    """What is said to a question about something that this vendor doesn't deal with."""
    return _apology("out_of_scope", vendor, parameters, question, outcome=Outcome.OUT_OF_SCOPE)


def _apology(name: str, vendor: VendorCard, parameters: Parameters, question: Question, *, outcome: Outcome) -> Answer:
    if question.audience == Audience.STAFF:
        return Answer(say(f"answer.{name}_staff", question.language), outcome)
    phone = phone_of(vendor, parameters)
    key = f"answer.{name}_with_phone" if phone else f"answer.{name}"
    return Answer(say(key, question.language, shop=vendor.called, phone=phone), outcome)


def phone_of(vendor: VendorCard, parameters: Parameters) -> str | None:
    """The number that customers may call."""
    phones = [written(item) for item in parameters.values() if item.kind is ParameterType.PHONE]
    return vendor.contact_phone or next(iter(phones), None)


def suggested(questions: Iterable[str]) -> tuple[str, ...]:
    """The first few of `questions` that are short enough to be offered; no more are taken than it needs."""
    fitting = (text.strip() for text in questions)
    distinct: dict[str, None] = {}
    for text in fitting:
        if 0 < len(text) <= SUGGESTION_CHARACTERS:
            distinct[text] = None
        if len(distinct) == MAX_SUGGESTIONS:
            break
    return tuple(distinct)
