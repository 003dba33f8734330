"""Which intents a message holds, learned from a handful of examples each, in milliseconds.

Kernel ridge regression, one target an intent, on the likeness of sentence vectors and n-grams together
(Rifkin and Klautau, "In Defense of One-Vs-All Classification", 2004). Its closed form also tells what
would have been predicted for an example had it not been learned, and had its whole intent not been
learned: from the first come calibrated probabilities, from the second how messages look that none of the
intents is meant for, without a single example of such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib import import_module

import numpy as np

from knowledge.intents import evidence
from knowledge.intents.calibration import Floats, Logistic
from knowledge.intents.features import Lexicon, Novelty, Scores, parts_of
from knowledge.intents.ridge import Ridge
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.tokens import fold

# One set of settings for everybody; accuracy is flat around these values on all the public sets of
# benchmarks/intents.py.
SHARPNESS = 2.0
WORDS = 0.2
THRESHOLD = 0.5
# Learning takes time by the cube and memory by the square of their number.
MOST_EXAMPLES = 4000

# Where calibration starts from, about what the public sets have in common.
_INTENT = Logistic(np.array([9.0, 8.0, -3.0]))
_SCOPE = Logistic(np.array([1.0, -3.0]))
_INTENT_STRENGTH = 1.0
_SCOPE_STRENGTH = 4.0
# What scores mean where nothing but names and descriptions was learned: they reach less far.
_INTENT_BY_NAME = Logistic(np.array([9.0, 8.0, -2.0]))
_SCOPE_BY_NAME = Logistic(np.array([1.5, -2.0]))
# How much strangers that are made of examples count against the examples: they are more like them than real
# ones are. So that about nine in ten messages that are in scope are taken to be.
_OUTSIDE = {"vectors": 0.4, "words": 0.8}

# Imported by name since it ships without types.
_BLAS = import_module("threadpoolctl").ThreadpoolController()


@dataclass(frozen=True, slots=True)
class Example:
    """A message and the ids of the intents it holds; none says that it is known to be out of scope.

    `described` marks an intent's name or description: learned from, but no measure of how people write.
    """

    text: str
    intents: tuple[int, ...]
    described: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """What a message holds.

    `ranked`: every intent's id with the probability (0..1) that the message holds it, best first, equal
    ones by id. `chosen`: those of them that it is taken to hold. `in_scope`: how likely it holds any (0..1).
    """

    ranked: tuple[tuple[int, float], ...]
    chosen: tuple[tuple[int, float], ...]
    in_scope: float


class Classifier:
    """Made by `learn`, then only read, by any thread."""

    def __init__(self, examples: Sequence[Example], vectors: Vectors | None) -> None:
        self.intents = tuple(sorted({intent for example in examples for intent in example.intents}))
        self._vectors = vectors
        self._inside = np.array([bool(example.intents) for example in examples], dtype=bool)
        texts = [example.text for example in examples]
        self._lexicon = Lexicon(texts)
        # Only what holds an intent makes a message that is like it a likely one.
        self._novelty = Novelty(texts, self._inside.tolist())
        self._weights = np.zeros((len(examples), len(self.intents) + 1), dtype=np.float32)
        self._intent, self._scope = _INTENT, _SCOPE

    @classmethod
    def learn(cls, examples: Sequence[Example], vectors: Vectors | None) -> Classifier:
        """A classifier of these examples. `vectors` has the shape (examples, dimensions), or is None: words
        alone. Takes milliseconds for tens of examples and seconds for thousands, so it belongs in a thread;
        beyond MOST_EXAMPLES the later ones of every intent are left out.

        Raises ValueError if there are not as many vectors as examples.
        """
        if vectors is not None and len(vectors) != len(examples):
            raise ValueError(f"{len(examples)} examples but {len(vectors)} vectors")
        given, kept = _without_repeats(examples)
        learned = cls(given, None if vectors is None else np.asarray(vectors, dtype=np.float32)[kept])
        if learned.intents:
            with _one_thread():
                learned._fit(given)
        learned._lexicon.forget_texts()
        return learned

    def classify(self, text: str, vectors: Vectors | None) -> Classification:
        """What `text` holds. `vectors` has the shape (parts, dimensions) for `parts_of(text)`, or
        (dimensions,) for the whole text alone; None if and only if the classifier was learned without,
        else ValueError."""
        if not self.intents:
            return Classification((), (), 0.0)
        if (vectors is None) is not (self._vectors is None):
            raise ValueError("a message is classified with vectors if and only if the examples had some")
        parts = parts_of(text)
        if vectors is not None:
            vectors = np.atleast_2d(vectors)
            parts = parts[: len(vectors)]
        with _one_thread():
            likeness = self._likeness(parts, vectors)
            scores = _kernel(likeness) @ self._weights
        novelty = [self._novelty.share(part) for part in parts]
        in_scope = self._scope(evidence.of_scope(scores, likeness[:, self._inside], novelty)[:, None])
        return self._told(self._intent(evidence.of_intents(scores)), in_scope)

    def _told(self, held: Floats, in_scope: Floats) -> Classification:
        """The whole message's probabilities, raised by clauses that are clear about an intent; what the whole
        message speaks for first stays first."""
        probability, first = held[0], int(held[0].argmax())
        if len(held) > 1:
            probability = np.maximum(probability, (held[1:] * in_scope[1:, None]).max(axis=0))
            probability[first] = probability.max()
        order = [first, *(at for at in np.argsort(-probability, kind="stable").tolist() if at != first)]
        ranked = tuple((self.intents[at], float(probability[at])) for at in order)
        # A message is in scope when any clause of it is.
        scope = float(in_scope.max())
        chosen = tuple(pair for pair in ranked if pair[1] >= THRESHOLD) if scope >= THRESHOLD else ()
        return Classification(ranked, chosen, scope)

    def _likeness(self, parts: Sequence[str], vectors: Vectors | None) -> Scores:
        """How alike parts and examples are: shape (parts, examples), 1 for the same."""
        words = np.array([self._lexicon.similarities(part) for part in parts], dtype=np.float32)
        return self._mixed(words, vectors)

    def _mixed(self, words: Scores, vectors: Vectors | None) -> Scores:
        if vectors is None or self._vectors is None:
            return words
        return np.asarray(WORDS * words + (1 - WORDS) * (vectors @ self._vectors.T), dtype=np.float32)

    def _fit(self, examples: Sequence[Example]) -> None:
        likeness = self._mixed(self._lexicon.among_themselves(), self._vectors)
        truth = np.array([[intent in example.intents for intent in self.intents] for example in examples])
        # The last target is that of the examples that hold no intent.
        ridge = Ridge(_kernel(likeness), np.column_stack([truth, ~self._inside]).astype(np.float32))
        self._weights = ridge.weights
        messages = np.array([not example.described for example in examples])
        if not messages.any():
            self._intent, self._scope = _INTENT_BY_NAME, _SCOPE_BY_NAME
            return
        left_out = ridge.left_out()
        features = evidence.of_intents(left_out[messages]).reshape(-1, 2)
        self._intent = _INTENT.fitted(features, truth[messages].reshape(-1), strength=_INTENT_STRENGTH)
        np.fill_diagonal(likeness, -1)
        alone = [self._novelty.without([at])[0] for at in range(len(examples))]
        known = evidence.of_scope(left_out, likeness[:, self._inside], alone)
        strangers = evidence.of_strangers(ridge, likeness, truth=truth, messages=messages, novelty=self._novelty)
        self._fit_scope(known[messages & self._inside], np.concatenate([strangers, known[~self._inside]]))

    def _fit_scope(self, inside: Floats, outside: Floats) -> None:
        """Learn to tell messages that hold an intent from those that hold none.

        The strangers at hand are more like the examples than real ones, so they count for less.
        """
        if len(inside) and len(outside):
            outweigh = _OUTSIDE["words" if self._vectors is None else "vectors"]
            counts = np.array([1.0] * len(inside) + [outweigh * len(inside) / len(outside)] * len(outside))
            held = np.arange(len(counts)) < len(inside)
            self._scope = _SCOPE.fitted(
                np.concatenate([inside, outside])[:, None], held, counts=counts, strength=_SCOPE_STRENGTH
            )


def _one_thread() -> AbstractContextManager[object]:
    """On a busy machine BLAS threads that wait for each other take many times as long as one."""
    limited: AbstractContextManager[object] = _BLAS.limit(limits=1, user_api="blas")
    return limited


def _kernel(likeness: Scores) -> Scores:
    return np.asarray(np.exp(np.float32(SHARPNESS) * (likeness - 1)), dtype=np.float32)


def _without_repeats(examples: Sequence[Example]) -> tuple[list[Example], list[int]]:
    """The examples that are learned, each with every intent that any of its repeats has, and their places."""
    places: dict[str, int] = {}
    intents: dict[int, set[int]] = {}
    for at, example in enumerate(examples):
        first = places.setdefault(fold(example.text).strip(), at)
        intents.setdefault(first, set()).update(example.intents)
    kept = _evenly({at: tuple(sorted(held)) for at, held in intents.items()})
    return [replace(examples[at], intents=tuple(sorted(intents[at]))) for at in kept], kept


def _evenly(intents: Mapping[int, tuple[int, ...]]) -> list[int]:
    """The places of at most MOST_EXAMPLES examples, the first ones of every intent before the next ones."""
    seen: Counter[tuple[int, ...]] = Counter()
    ranked = []
    for at, held in intents.items():
        ranked.append((seen[held], at))
        seen[held] += 1
    return sorted(at for _, at in sorted(ranked)[:MOST_EXAMPLES])
