"""Which questions ask the same. Pure.

A question joins the cluster that it is most like, where it is like it enough. Its likeness is 0.6 parts
the cosine to the cluster (to its mean and to its most telling question, halved) and 0.4 parts the topic
words that it shares with the most telling one. Of the pairs that the threshold put together in StackFAQ
(dev), 86 % asked the same, and 26 % of those that do were found; by vectors alone 66 % and 33 %, or 90 %
and 20 %. It is on the strict side on purpose: two clusters that ask the same cost a second look, while
one of two questions hides the rarer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from knowledge.composing import smalltalk
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.tokens import fold, topic_terms_of

SHARE_OF_WORDS = 0.4
ENOUGH = 0.55
# Without vectors there are only words to go by, and then most of them must agree.
ENOUGH_WORDS = 0.65
# Clusters are only made one where a question halfway between them would hardly tell them apart.
ENOUGH_TO_MERGE = 1.2
SAME = 2.0
MAX_TEXT = 1_000
_FEWEST_LETTERS = 2
_ROWS = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that wasn't answered.

    `audience` is `renter` or `staff`; `vector` the text's sentence vector, shape (dimensions,), where
    there is an encoder; `message_id` the LINE message, where it was one.
    """

    vendor_id: int
    audience: str
    text: str
    vector: Vectors | None = field(default=None, compare=False, repr=False)
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Centre:
    """A cluster by what it asks: its most telling text with that one's vector, the mean, and how often asked."""

    text: str
    telling: Vectors | None
    mean: Vectors | None
    asked: int


def worth_keeping(text: str) -> bool:
    """Whether `text` asks anything: neither small talk nor noise such as `?`, `哈哈哈` and `123`."""
    letters = {character for character in fold(text) if character.isalpha()}
    return len(letters) >= _FEWEST_LETTERS and smalltalk.kind_of(text) is None


def nearest(text: str, vector: Vectors | None, centres: Sequence[Centre]) -> int | None:
    """The place of the cluster that a question joins; None where it is like none."""
    fits = [likeness(text, vector, centre) for centre in centres]
    best = max(range(len(fits)), key=fits.__getitem__, default=None)
    return best if best is not None and fits[best] >= 1 else None


def likeness(text: str, vector: Vectors | None, centre: Centre) -> float:
    """How like a question is to a cluster: from 1 on enough to join it, SAME for the same words."""
    if _plain(text) == _plain(centre.text):
        return SAME
    words = _shared(topic_of(text), topic_of(centre.text))
    if vector is None or centre.mean is None or centre.telling is None or centre.mean.shape != vector.shape:
        return words / ENOUGH_WORDS
    cosine = (_cosine(vector, centre.mean) + _cosine(vector, centre.telling)) / 2
    return ((1 - SHARE_OF_WORDS) * cosine + SHARE_OF_WORDS * words) / ENOUGH


def ask_the_same(one: Centre, other: Centre) -> bool:
    """Whether two clusters should be one."""
    return min(likeness(one.text, one.mean, other), likeness(other.text, other.mean, one)) >= ENOUGH_TO_MERGE


def begun(text: str, vector: Vectors | None) -> Centre:
    """A cluster of one question."""
    return Centre(text[:MAX_TEXT], vector, vector, 1)


def joined(centre: Centre, text: str, vector: Vectors | None) -> Centre:
    """The cluster with one more question; its most telling text is the one nearest the mean."""
    return merged(centre, begun(text, vector))


def merged(one: Centre, other: Centre) -> Centre:
    """Two clusters as one."""
    asked = one.asked + other.asked
    if one.mean is None or other.mean is None or one.mean.shape != other.mean.shape:
        known = other if one.mean is None and other.mean is not None else one
        return Centre(known.text, known.telling, known.mean, asked)
    mean = ((one.mean * one.asked + other.mean * other.asked) / asked).astype(np.float32)
    best = max(one, other, key=lambda centre: _cosine(centre.telling, mean))
    return Centre(best.text, best.telling, mean, asked)


def without(centre: Centre, text: str) -> Centre:
    """The cluster told by another of its texts, whose own vector isn't known any more."""
    return Centre(text, centre.mean, centre.mean, centre.asked)


def pack(centre: Centre) -> bytes | None:
    """What a cluster's row keeps of its vectors: the mean's, then the most telling text's, float32."""
    if centre.mean is None or centre.telling is None:
        return None
    return np.stack([centre.mean, centre.telling]).astype("<f4").tobytes()


def unpack(text: str, blob: bytes | None, *, asked: int) -> Centre:
    """The cluster of a row; without vectors where the blob holds none."""
    size = len(blob or b"") // 4
    if not blob or len(blob) % 4 or size % _ROWS:
        return Centre(text, None, None, asked)
    rows = np.frombuffer(blob, dtype="<f4").reshape(_ROWS, -1)
    return Centre(text, rows[1], rows[0], asked)


@lru_cache(maxsize=4096)
def topic_of(text: str) -> frozenset[int]:
    """The terms that `text` is about."""
    return frozenset(topic_terms_of(text).tolist())


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    folded = fold(text)
    return "".join(character for character in folded if character.isalnum()) or folded


def _shared(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _cosine(one: Vectors | None, other: Vectors) -> float:
    if one is None:
        return 0.0
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length else 0.0
