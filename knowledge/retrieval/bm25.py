"""BM25 over one field, as flat arrays in compressed rows.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
the idf that can't turn negative (Lucene's). A shop has a handful of texts, too few to tell common terms
from rare ones, so frequencies start from what is expected of a term of its kind, as though
`IMAGINED` texts had been read before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.postings import Postings, traits_of
from knowledge.retrieval.tokens import Terms

K1 = 1.2
B = 0.75
IMAGINED = 30

Scores = NDArray[np.float32]


class Bm25:
    """Scores documents against a query. Built once, read by any thread."""

    def __init__(self, postings: Postings) -> None:
        self.size = postings.size
        lengths = np.bincount(postings.owners, minlength=self.size).astype(np.float32)
        self.filled = int(np.count_nonzero(lengths))
        average = float(lengths.sum()) / max(self.filled, 1)
        # The owners ascend already, so a stable sort by term leaves them in order within each term.
        order = np.argsort(postings.terms, kind="stable")
        terms, owners = postings.terms[order], postings.owners[order]
        starts = _first_of_each(terms, owners)
        counts = np.diff(np.append(starts, len(terms))).astype(np.float32)
        terms, self._owners = terms[starts], owners[starts]
        rows = _first_of_each(terms)
        self._terms = terms[rows]
        self._rows = np.append(rows, len(terms)).astype(np.int32)
        self._idf = self._idf_of(self._terms, np.diff(self._rows))
        damping = K1 * (1 - B + B * lengths[self._owners] / max(average, 1))
        self._impacts = (counts * (K1 + 1) / (counts + damping)).astype(np.float32)

    @property
    def nbytes(self) -> int:
        arrays = (self._terms, self._rows, self._idf, self._owners, self._impacts)
        return sum(array.nbytes for array in arrays)

    def scores(self, query: Terms) -> Scores:
        """Every document's BM25 score for `query`: float32, shape (documents,)."""
        scores = np.zeros(self.size, dtype=np.float32)
        for at in self._found(np.unique(query)):
            row = slice(self._rows[at], self._rows[at + 1])
            scores[self._owners[row]] += self._idf[at] * self._impacts[row]
        return scores

    def ceiling(self, query: Terms) -> float:
        """What a document would score that holds every term of `query` about once; terms that no
        document holds count with the idf of a term never seen."""
        distinct = np.unique(query)
        found = self._found(distinct)
        unseen = distinct[~np.isin(distinct, self._terms[found])]
        return float(self._idf[found].sum() + self._idf_of(unseen, np.zeros(len(unseen))).sum())

    def coverage(self, topic: Terms) -> Scores:
        """The share of `topic` that each document speaks of, rare terms counting more: 0..1, shape (documents,)."""
        covered = np.zeros(self.size, dtype=np.float32)
        distinct = np.unique(topic)
        found = self._found(distinct)
        weights = np.log1p((self.filled + 1) / (np.diff(self._rows)[found] + 1)).astype(np.float32)
        for at, weight in zip(found, weights, strict=True):
            covered[self._owners[self._rows[at] : self._rows[at + 1]]] += weight
        total = float(weights.sum()) + float(np.log1p(self.filled + 1)) * (len(distinct) - len(found))
        return covered / np.float32(total) if total else covered

    def _found(self, distinct: Terms) -> NDArray[np.int64]:
        """The rows of those of the sorted `distinct` terms that any document holds."""
        at = np.searchsorted(self._terms, distinct)
        within = at < len(self._terms)
        at, distinct = at[within], distinct[within]
        found: NDArray[np.int64] = at[self._terms[at] == distinct]
        return found

    def _idf_of(self, terms: Terms, frequencies: NDArray[np.generic]) -> Scores:
        weights, expected = traits_of(terms)
        seen = np.asarray(frequencies, dtype=np.float32) + IMAGINED * expected
        return np.asarray(weights * np.log1p((self.filled + IMAGINED - seen + 0.5) / (seen + 0.5)), dtype=np.float32)


def _first_of_each(*columns: NDArray[np.generic]) -> NDArray[np.int64]:
    """Where a new combination begins, in columns that are sorted together."""
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(new)
