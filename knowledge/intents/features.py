"""What a message is compared by, besides its sentence vector: n-grams, and words that nobody has said yet. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.tokens import fold, runs_of, topic_terms_of

Scores = NDArray[np.float32]

# Beyond this a text is cut: the first sentences of a message say what it is for.
MAX_CHARACTERS = 400
_HAN_GRAMS = (1, 2, 3)
_LETTERS = 4
_IDENTIFIER = re.compile(r"(?<=[a-z])(?=[A-Z])|[_/\-.]+")
_CLAUSE = re.compile(
    r"[，,。．!！?？;；\n~～…、]+|(?<=[a-z])\.(?:\s|$)|另外|還有|而且|順便|\band\b|\balso\b", re.IGNORECASE
)
_SHORTEST_CLAUSE = 3
MAX_PARTS = 6


def parts_of(text: str) -> tuple[str, ...]:
    """A message as it is classified: the whole first, then its clauses where there is more than one; at most six."""
    whole = text[:MAX_CHARACTERS]
    clauses = [clause.strip() for clause in _CLAUSE.split(whole)]
    clauses = [clause for clause in clauses if len(clause) >= _SHORTEST_CLAUSE]
    return (whole, *dict.fromkeys(clauses[: MAX_PARTS - 1])) if len(clauses) > 1 else (whole,)


def words_of_name(name: str) -> str:
    """An intent's name as words: `card_arrival`, `SetAlarm` and `alarm/set` are read like `card arrival`."""
    return _IDENTIFIER.sub(" ", name).strip()


def grams_of(text: str) -> Counter[int]:
    """The n-grams of `text` with their counts: 1 to 3 characters of Han; of other scripts whole words, pairs of
    words, and 4 letters within a word, its ends counted as letters. Each is a 32-bit hash."""
    grams: list[str] = []
    words: list[str] = []
    for run, is_han in runs_of(fold(text[:MAX_CHARACTERS])):
        if is_han:
            grams.extend(run[at : at + size] for size in _HAN_GRAMS for at in range(len(run) - size + 1))
        else:
            words.append(run)
            padded = f"_{run}_"
            grams.extend(padded[at : at + _LETTERS] for at in range(len(padded) - _LETTERS + 1))
    grams.extend(f" {word}" for word in words)
    grams.extend(f"{first} {second}" for first, second in pairwise(words))
    return Counter(crc32(gram.encode()) for gram in grams)


class Lexicon:
    """The n-grams of a set of texts, weighted by TF-IDF with a damped tf, for cosines against them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        counted = [grams_of(text) for text in texts]
        frequencies = Counter(gram for grams in counted for gram in grams)
        self._numbers = {gram: at for at, gram in enumerate(frequencies)}
        held = np.fromiter(frequencies.values(), dtype=np.float32, count=len(frequencies))
        self._idf = (np.log((1 + self.size) / (1 + held)) + 1).astype(np.float32)
        self._ends = np.concatenate([[0], np.cumsum(held)]).astype(np.int64)
        rows = [self._weighted(grams) for grams in counted]
        numbers = np.concatenate([row[0] for row in rows]) if rows else np.empty(0, dtype=np.int64)
        order = np.argsort(numbers, kind="stable")
        owners = np.repeat(np.arange(self.size, dtype=np.int32), [len(row[0]) for row in rows])
        self._owners = owners[order]
        self._weights = np.concatenate([row[1] for row in rows])[order] if rows else np.empty(0, dtype=np.float32)
        self._rows = rows

    def similarities(self, text: str) -> Scores:
        """The cosine of `text` with every text, 0..1: float32, shape (texts,)."""
        return self._against(*self._weighted(grams_of(text)))

    def among_themselves(self) -> Scores:
        """The cosine of every text with every other, shape (texts, texts)."""
        rows = [self._against(*row) for row in self._rows]
        return np.array(rows, dtype=np.float32).reshape(self.size, self.size)

    def forget_texts(self) -> None:
        """Drop what only `among_themselves` needs."""
        self._rows = []

    def _weighted(self, grams: Counter[int]) -> tuple[NDArray[np.int64], Scores]:
        """The known n-grams' numbers and weights, of length 1 in all."""
        known = [(self._numbers[gram], count) for gram, count in grams.items() if gram in self._numbers]
        if not known:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        numbers, counts = np.array(known, dtype=np.int64).T
        weights = (1 + np.log(counts)).astype(np.float32) * self._idf[numbers]
        return numbers, weights / np.float32(np.linalg.norm(weights))

    def _against(self, numbers: NDArray[np.int64], weights: Scores) -> Scores:
        starts, lengths = self._ends[numbers], self._ends[numbers + 1] - self._ends[numbers]
        before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(numbers) else lengths
        at = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
        shares = np.repeat(weights, lengths) * self._weights[at]
        return np.bincount(self._owners[at], weights=shares, minlength=self.size).astype(np.float32)


class Novelty:
    """How much of a text's topic no example speaks of."""

    def __init__(self, texts: Sequence[str], counted: Sequence[bool]) -> None:
        """`counted` says which of `texts` are what the topics are known from."""
        self._terms = [topic_terms_of(text[:MAX_CHARACTERS]).tolist() for text in texts]
        self._counted = counted
        self._counts = self._held(range(len(texts)))
        self._size = sum(counted)

    def share(self, text: str) -> float:
        """The share of the words of `text` that no example holds, rare words counting more: 0..1, 1 for no words."""
        return self._share(topic_terms_of(text[:MAX_CHARACTERS]).tolist(), Counter())

    def without(self, examples: Sequence[int]) -> list[float]:
        """The shares of `examples` (places in the texts) themselves, as if none of them were known."""
        held = self._held(examples)
        return [self._share(self._terms[at], held) for at in examples]

    def _held(self, examples: Iterable[int]) -> Counter[int]:
        return Counter(term for at in examples if self._counted[at] for term in self._terms[at])

    def _share(self, terms: Sequence[int], forgotten: Counter[int]) -> float:
        new = total = 0.0
        for term in terms:
            count = self._counts[term] - forgotten[term]
            weight = float(np.log((1 + self._size) / (1 + count)))
            total += weight
            new += weight if count <= 0 else 0
        return new / total if total else 1.0
