"""A vendor's intents, learned and ready to be recognised in messages. CPU work, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.entries import FoundIntent, IntentCard
from knowledge.intents.classifier import Classification, Classifier, Example
from knowledge.intents.features import words_of_name
from knowledge.retrieval.encoder import Vectors

# A main intent that is this much surer than the next, and this sure, needs no second opinion.
SURE = 0.6
LEAD = 0.2


@dataclass(frozen=True, slots=True)
class Recognised:
    """The intents of a message, the main one first, and how likely it is about anything they are for (0..1)."""

    intents: tuple[FoundIntent, ...] = ()
    in_scope: float = 1.0
    is_sure: bool = True

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(intent.id for intent in self.intents)


NOTHING = Recognised()


class IntentBook:
    """What a vendor's intents look like; made by `learned`, then only read, by any thread."""

    def __init__(self, cards: Sequence[IntentCard], classifier: Classifier, *, by_vectors: bool) -> None:
        self.cards = {card.id: card for card in cards}
        self.by_vectors = by_vectors
        self._classifier = classifier

    @classmethod
    def learned(cls, cards: Sequence[IntentCard], vectors: Mapping[str, Vectors] | None) -> IntentBook:
        """Learn the examples of `cards`. `vectors` holds one of shape (dimensions,) for each of
        `texts_of(cards)`; None means words alone."""
        examples = _examples(cards)
        rows = np.stack([vectors[example.text] for example in examples]) if vectors and examples else None
        return cls(cards, Classifier.learn(examples, rows), by_vectors=rows is not None)

    def recognise(self, text: str, vectors: Vectors | None) -> Recognised:
        """What `text` holds. `vectors` has the shape (parts, dimensions), for `parts_of(text)`; needed if
        and only if the book was learned by vectors."""
        if not self.cards:
            return NOTHING
        found = self._classifier.classify(text, vectors if self.by_vectors else None)
        intents = tuple(self._found(intent_id, probability) for intent_id, probability in found.chosen)
        return Recognised(intents, found.in_scope, _is_sure(found))

    def _found(self, intent_id: int, probability: float) -> FoundIntent:
        card = self.cards[intent_id]
        return FoundIntent(card.id, card.name, card.type, round(probability, 4))


def texts_of(cards: Sequence[IntentCard]) -> list[str]:
    """Every text whose vector `IntentBook.learned` needs."""
    return list(dict.fromkeys(example.text for example in _examples(cards)))


def _examples(cards: Sequence[IntentCard]) -> list[Example]:
    said = [Example(text, (card.id,)) for card in cards for text in card.examples if text.strip()]
    described = [
        Example(text, (card.id,), described=True)
        for card in cards
        for text in (words_of_name(card.name), card.description)
        if text.strip()
    ]
    return said + described


def _is_sure(found: Classification) -> bool:
    if not found.chosen:
        return False
    first, second = found.ranked[0][1], found.ranked[1][1] if len(found.ranked) > 1 else 0.0
    return first >= SURE and (len(found.chosen) > 1 or first - second >= LEAD)
