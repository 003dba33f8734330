"""Why an entry is found for a question, or isn't: what retrieval saw, in figures and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import partial

import numpy as np

from bot.tenancy.principal import Principal
from knowledge import sentences
from knowledge.answers import Question
from knowledge.composing.material import resolve
from knowledge.entries import Audience, FoundIntent, VendorCard
from knowledge.finding import Finder, Found, parts_of
from knowledge.library import Library
from knowledge.retrieval import fusion
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.index import Hit, Index
from knowledge.retrieval.tokens import terms_of, topic_terms_of

DIGITS = 4


class Verdict(StrEnum):
    """What becomes of an entry: it answers, a model may look whether it does, or it is passed over."""

    SURE = "sure"
    POSSIBLE = "possible"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked, for whom (`renter` or `staff`), and how many entries are to be shown."""

    text: str
    audience: Audience
    top_k: int


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for an entry: its strength (0..1), and its share of the score (0..1).

    The share is None for what counts for the confidence alone.
    """

    value: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """An entry that was looked at.

    `part` is the part of the message that it fits best and `matched` the words of that part which it
    holds. `text` is its answer as this vendor says it, empty where nothing of it can be said; `left_out`
    are the sentences that are missing there, because a value isn't known or can't be told surely.
    """

    hit: Hit
    verdict: Verdict
    part: str
    signals: Mapping[str, Signal]
    matched: tuple[str, ...]
    text: str
    values: Mapping[str, str]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a message was taken for, and every entry that was looked at, best first."""

    intents: tuple[FoundIntent, ...]
    reasons: tuple[Reasons, ...]


async def explain(library: Library, principal: Principal, vendor: VendorCard, *, search: Search) -> Explanation:
    """What the engine would retrieve for a message by itself, without what was said before, and why."""
    shelf = await library.shelf_of(principal, vendor)
    intents = await library.recognise(shelf, search.text)
    finder = Finder(shelf.index, library.encoding, search.audience, top_k=search.top_k, favoured=intents.ids)
    found = await finder.find(Question(vendor.id, search.text), search.text)
    parts = parts_of(search.text)
    vectors = await library.encoding.kept_vectors_of(parts)
    work = partial(_reasons, shelf.index, found, parts, vectors=vectors, limit=search.top_k)
    reasons = await library.encoding.in_thread(work)
    return Explanation(intents.intents, reasons)


def _reasons(
    index: Index, found: Found, parts: Sequence[str], *, vectors: Vectors | None, limit: int
) -> tuple[Reasons, ...]:
    if not found.all:
        return ()
    verdicts = {hit.entry.id: Verdict.SURE for hit in found.sure}
    verdicts |= {hit.entry.id: Verdict.POSSIBLE for hit in found.possible}
    signals = [index.signals(part, None if vectors is None else vectors[at]) for at, part in enumerate(parts)]
    scores = np.stack([fusion.fuse(one) for one in signals])
    places = {entry.id: at for at, entry in enumerate(index.entries)}
    reasons = []
    for hit in sorted(found.all, key=lambda hit: (hit.confidence, hit.score), reverse=True)[:limit]:
        place = places[hit.entry.id]
        part = int(scores[:, place].argmax())
        said = next(iter(resolve([hit], index.parameters)), None)
        text = said.text if said else ""
        reasons.append(
            Reasons(
                hit, verdicts.get(hit.entry.id, Verdict.NO), parts[part], _signals(signals[part], place),
                matched=matched_words(parts[part], f"{hit.entry.question} {hit.entry.keywords} {hit.entry.answer}"),
                text=text, values=said.values if said else {}, left_out=left_out(hit.entry.answer, text),
            )
        )  # fmt: skip
    return tuple(reasons)


def _signals(signals: fusion.Signals, at: int) -> dict[str, Signal]:
    """Each signal for one entry; the shares are of what `fusion.fuse` adds up."""
    values = {"question_words": float(signals.question_words[at]), "all_words": float(signals.all_words[at])}
    weighted = {name: getattr(fusion, name.upper()) * value for name, value in values.items()}
    if signals.question_vector is not None and signals.answer_vector is not None:
        question, answer = float(signals.question_vector[at]), float(signals.answer_vector[at])
        values |= {"question_vector": question, "answer_vector": answer}
        weighted["question_vector"] = fusion.QUESTION_VECTOR * float(signals.distinct[at]) * max(question, 0.0) ** 3
        weighted["answer_vector"] = fusion.ANSWER_VECTOR * max(answer, 0.0)
    total = sum(weighted.values()) or 1.0
    shown = {
        name: Signal(round(value, DIGITS), round(weighted[name] / total, DIGITS)) for name, value in values.items()
    }
    return shown | {"coverage": Signal(round(float(signals.coverage[at]), DIGITS), None)}


def matched_words(question: str, text: str) -> tuple[str, ...]:
    """The words of `question`, or the runs of its Chinese characters, that `text` holds as well.

    A character by itself counts where it says something about the topic.
    """
    held = frozenset(terms_of(text).tolist())
    found: list[str] = []
    run = ""
    for word in _words(question):
        pair = terms_of(run[-1] + word) if run and len(word) == 1 else terms_of("")
        if run and pair.size and held.issuperset(pair.tolist()):
            run += word
            continue
        found.append(run)
        terms = terms_of(word)
        run = word if terms.size and held.issuperset(terms.tolist()) else ""
    found.append(run)
    telling = [one for one in found if topic_terms_of(one).size]
    return tuple(dict.fromkeys(telling))


def _words(text: str) -> list[str]:
    """Latin words whole, everything else character by character."""
    words: list[str] = []
    for character in text:
        latin = character.isascii() and character.isalnum()
        if latin and words and words[-1][-1].isascii() and words[-1][-1].isalnum():
            words[-1] += character
        else:
            words.append(character)
    return words


def left_out(answer: str, said: str) -> tuple[str, ...]:
    """The sentences of `answer` that have no counterpart in `said`, which is the answer with values in it.

    Each sentence of `said` is one of the answer's, in the same order: those are taken that are most like
    them in all.
    """
    ours, theirs = ([part.strip() for part in sentences.split(text) if part.strip()] for text in (answer, said))
    spare = len(ours) - len(theirs)
    if spare <= 0 or not theirs:
        return tuple(ours) if spare > 0 else ()
    # best[to][missed]: the likeness of what is left, when `to` were taken and `missed` left out so far.
    best = np.zeros((len(theirs) + 1, spare + 1))
    takes = np.zeros((len(theirs) + 1, spare + 1), dtype=bool)
    for to in range(len(theirs) - 1, -1, -1):
        for missed in range(spare, -1, -1):
            taken = _likeness(ours[to + missed], theirs[to]) + best[to + 1, missed]
            skipped = best[to, missed + 1] if missed < spare else -1.0
            best[to, missed], takes[to, missed] = max(taken, skipped), taken >= skipped
    missing: list[str] = []
    to = 0
    for one in ours:
        if takes[to, len(missing)]:
            to += 1
        else:
            missing.append(one)
    return tuple(missing)


def _likeness(one: str, other: str) -> float:
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()
