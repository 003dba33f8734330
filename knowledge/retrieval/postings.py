"""Which terms occur in which texts, many texts at once, and how much a term may count at most.

Beside the terms of `tokens`, the letter triples of Latin words: they let a misspelt or differently
formed word still meet its relatives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.tokens import (
    CARRYING_HAN,
    CARRYING_WORDS,
    HAN_RANGES,
    PAIR_SHIFT,
    WORD,
    WORD_BIT,
    Terms,
    canonical,
    fold,
    word_term,
)

Owners = NDArray[np.int32]
Points = NDArray[np.uint32]

# A share of what a pair or a word counts. A character says less than the pair it is in, a word has as
# many triples as letters, and what only carries a sentence ("how", "嗎") would outvote its topic.
CHARACTER_WEIGHT = 0.7
TRIPLE_WEIGHT = 0.2
CARRYING_WEIGHT = 0.55
# The share of texts that a term of a kind is expected in, before any text was read.
_EXPECTED = {"character": 0.05, "pair": 0.005, "word": 0.01, "triple": 0.03, "carrying": 0.4, "half_carrying": 0.03}

_CHUNK_TEXTS = 2_000
# Stands between texts that are folded together.
_BETWEEN = "\x1e"
_PAIR_MASK = np.uint64((1 << 21) - 1)
_TRIPLE_BIT = 1 << 62
_CARRYING_POINTS = np.array(sorted(map(ord, CARRYING_HAN)), dtype=np.uint64)
_CARRYING_TERMS = np.array(sorted(map(word_term, CARRYING_WORDS)), dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Postings:
    """`terms` with repeats beside the number of the text that holds each, texts in order; `size` texts in all."""

    terms: Terms
    owners: Owners
    size: int


def postings_of(texts: Sequence[str]) -> Postings:
    """The postings of `texts`, each numbered by its place."""
    terms: list[Terms] = []
    owners: list[Owners] = []
    start = 0
    for chunk in _chunks(texts):
        found, whose = _read(_BETWEEN.join(text.replace(_BETWEEN, " ") for text in chunk))
        terms.append(found)
        owners.append(whose + np.int32(start))
        start += len(chunk)
    if not terms:
        return Postings(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32), 0)
    return Postings(np.concatenate(terms), np.concatenate(owners), start)


def traits_of(terms: Terms) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each term counts (0..1), and the share of texts that it is expected in (0..1); both shape (n,)."""
    is_word = terms >= np.uint64(WORD_BIT)
    is_triple = ~is_word & (terms >= np.uint64(_TRIPLE_BIT))
    is_pair = ~is_word & ~is_triple & (terms > _PAIR_MASK)
    is_character = terms <= _PAIR_MASK
    halves = np.isin(terms & _PAIR_MASK, _CARRYING_POINTS) * 0.5 + np.isin(terms >> PAIR_SHIFT, _CARRYING_POINTS) * 0.5
    carrying = np.where(is_pair, halves, np.isin(terms, _CARRYING_POINTS) | np.isin(terms, _CARRYING_TERMS))
    weights = np.where(is_character, CHARACTER_WEIGHT, np.where(is_triple, TRIPLE_WEIGHT, 1.0))
    weights *= 1 - (1 - CARRYING_WEIGHT) * carrying
    kinds = [carrying == 1, carrying > 0, is_character, is_pair, is_triple]
    expected = [_EXPECTED[name] for name in ("carrying", "half_carrying", "character", "pair", "triple")]
    return weights.astype(np.float32), np.select(kinds, expected, _EXPECTED["word"]).astype(np.float32)


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while chunk := list(islice(rest, _CHUNK_TEXTS)):
        yield chunk


def _read(joined: str) -> tuple[Terms, Owners]:
    """The terms of texts joined by `_BETWEEN`, in the order of the texts."""
    folded = canonical(fold(joined))
    points = np.frombuffer(folded.encode("utf-32-le"), dtype=np.uint32)
    owner = np.cumsum(points == ord(_BETWEEN), dtype=np.int32)
    is_han = np.zeros(len(points), dtype=bool)
    for first, last in HAN_RANGES:
        is_han |= (points >= ord(first)) & (points <= ord(last))
    characters = np.flatnonzero(is_han)
    pairs = np.flatnonzero(is_han[:-1] & is_han[1:])
    wide = points.astype(np.uint64)
    starts, words, letters = _words(folded, points)
    triples, triple_terms = _triples(letters)
    at = np.concatenate([characters, pairs, starts, triples])
    terms = np.concatenate([wide[characters], (wide[pairs] << PAIR_SHIFT) | wide[pairs + 1], words, triple_terms])
    order = np.argsort(owner[at], kind="stable")
    return terms[order], owner[at][order]


def _words(folded: str, points: Points) -> tuple[NDArray[np.int64], Terms, Points]:
    """Where the Latin words begin, their terms, and `points` with 0 for all but their letters a to z."""
    starts: list[int] = []
    words: list[int] = []
    letters = np.where((points >= ord("a")) & (points <= ord("z")), points, 0).astype(np.uint32)
    for found in WORD.finditer(folded):
        word = found[0]
        starts.append(found.start())
        words.append(word_term(word))
        if word in CARRYING_WORDS:
            letters[found.start() : found.end()] = 0
    return np.array(starts, dtype=np.int64), np.array(words, dtype=np.uint64), letters


def _triples(letters: Points) -> tuple[NDArray[np.int64], Terms]:
    """Where each letter stands, and the letter with its neighbours as a term; a word's edge is a neighbour, too."""
    at = np.flatnonzero(letters)
    padded = np.zeros(len(letters) + 2, dtype=np.uint64)
    padded[1:-1] = letters
    before, here, after = padded[at], padded[at + 1], padded[at + 2]
    terms = np.uint64(_TRIPLE_BIT) | (before << np.uint64(16)) | (here << np.uint64(8)) | after
    return at, terms
