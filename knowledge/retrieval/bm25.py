"""BM25 over one field, as flat arrays in compressed rows.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
the idf that can't turn negative (Lucene's). A shop has a handful of texts, too few to tell common terms
from rare ones, so frequencies start from what is expected of a term of its kind, as though
`IMAGINED` texts had been read before.

Thousands of vendors' indexes are held at once, so an array takes the smallest type that does: a term
is kept as 32 bits of its hash, and an impact as a half float.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.postings import Postings, traits_of
from knowledge.retrieval.tokens import Terms

K1 = 1.2
B = 0.75
IMAGINED = 30
_UINT16 = 1 << 16
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

Scores = NDArray[np.float32]


class Bm25:
    """Scores documents against a query. Built once, read by any thread."""

    def __init__(self, postings: Postings) -> None:
        self.size = postings.size
        lengths = np.bincount(postings.owners, minlength=self.size).astype(np.float32)
        self.filled = int(np.count_nonzero(lengths))
        average = float(lengths.sum()) / max(self.filled, 1)
        hashes = _hashed(postings.terms)
        # The owners ascend already, so a stable sort by term leaves them in order within each term.
        order = np.argsort(hashes, kind="stable")
        hashes, owners = hashes[order], postings.owners[order]
        starts = _first_of_each(hashes, owners)
        counts = np.diff(np.append(starts, len(hashes))).astype(np.float32)
        owners, order, hashes = owners[starts], order[starts], hashes[starts]
        rows = _first_of_each(hashes)
        self._terms = hashes[rows]
        self._rows = np.append(rows, len(hashes)).astype(np.int32)
        self._idf = self._idf_of(postings.terms[order[rows]], np.diff(self._rows))
        damping = K1 * (1 - B + B * lengths[owners] / max(average, 1))
        self._impacts = (counts * (K1 + 1) / (counts + damping)).astype(np.float16)
        self._owners = owners.astype(np.uint16 if self.size <= _UINT16 else np.uint32)

    @property
    def nbytes(self) -> int:
        arrays = (self._terms, self._rows, self._idf, self._owners, self._impacts)
        return sum(array.nbytes for array in arrays)

    def scores(self, query: Terms) -> Scores:
        """Every document's BM25 score for `query`: float32, shape (documents,)."""
        scores = np.zeros(self.size, dtype=np.float32)
        for at in self._found(query)[1]:
            row = slice(self._rows[at], self._rows[at + 1])
            scores[self._owners[row]] += self._idf[at] * self._impacts[row]
        return scores

    def ceiling(self, query: Terms) -> float:
        """What a document would score that holds every term of `query` about once; terms that no
        document holds count with the idf of a term never seen."""
        distinct = np.unique(query)
        is_found, found = self._found(distinct)
        unseen = distinct[~is_found]
        return float(self._idf[found].sum() + self._idf_of(unseen, np.zeros(len(unseen))).sum())

    def coverage(self, topic: Terms) -> Scores:
        """The share of `topic` that each document speaks of, rare terms counting more: 0..1, shape (documents,)."""
        covered = np.zeros(self.size, dtype=np.float32)
        is_found, found = self._found(topic)
        weights = np.log1p((self.filled + 1) / (np.diff(self._rows)[found] + 1)).astype(np.float32)
        for at, weight in zip(found, weights, strict=True):
            covered[self._owners[self._rows[at] : self._rows[at + 1]]] += weight
        total = float(weights.sum()) + float(np.log1p(self.filled + 1)) * int((~is_found).sum())
        return covered / np.float32(total) if total else covered

    def _found(self, query: Terms) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which of the distinct terms of `query` any document holds, and the rows of those."""
        hashes = _hashed(np.unique(query))
        if not len(self._terms):
            return np.zeros(len(hashes), dtype=bool), np.empty(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._terms, hashes), len(self._terms) - 1)
        is_found = self._terms[at] == hashes
        return is_found, at[is_found]

    def _idf_of(self, terms: Terms, frequencies: NDArray[np.generic]) -> Scores:
        weights, expected = traits_of(terms)
        seen = np.asarray(frequencies, dtype=np.float32) + IMAGINED * expected
        return np.asarray(weights * np.log1p((self.filled + IMAGINED - seen + 0.5) / (seen + 0.5)), dtype=np.float32)


def _hashed(terms: Terms) -> NDArray[np.uint32]:
    """The upper half of a multiplicative hash (Knuth, TAOCP 6.4)."""
    return ((terms * _GOLDEN) >> np.uint64(32)).astype(np.uint32)


def _first_of_each(*columns: NDArray[np.generic]) -> NDArray[np.int64]:
    """Where a new combination begins, in columns that are sorted together."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(new)
