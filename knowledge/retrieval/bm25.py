"""BM25 over one field, as flat arrays in compressed rows.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
the idf that can't turn negative (Lucene's).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.tokens import Terms

K1 = 1.2
B = 0.75

Scores = NDArray[np.float32]


class Bm25:
    """Scores documents against a query. Built once, read by any thread."""

    def __init__(self, documents: Sequence[Terms]) -> None:
        self.size = len(documents)
        lengths = np.array([len(terms) for terms in documents], dtype=np.float32)
        filled = lengths[lengths > 0]
        self.filled = len(filled)
        average = float(filled.mean()) if self.filled else 1.0
        terms = np.concatenate(documents) if documents else np.empty(0, dtype=np.uint64)
        owners = np.repeat(np.arange(self.size, dtype=np.int32), lengths.astype(np.int64))
        order = np.lexsort((owners, terms))
        terms, owners = terms[order], owners[order]
        new_pair = np.ones(len(terms), dtype=bool)
        new_pair[1:] = (terms[1:] != terms[:-1]) | (owners[1:] != owners[:-1])
        starts = np.flatnonzero(new_pair)
        counts = np.diff(np.append(starts, len(terms))).astype(np.float32)
        pair_terms, self._owners = terms[starts], owners[starts]
        self._terms, rows = np.unique(pair_terms, return_index=True)
        self._rows = np.append(rows, len(pair_terms)).astype(np.int64)
        frequencies = np.diff(self._rows).astype(np.float32)
        self._idf = np.log1p((self.filled - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
        damping = K1 * (1 - B + B * lengths[self._owners] / average)
        self._impacts = (counts * (K1 + 1) / (counts + damping)).astype(np.float32)

    @property
    def nbytes(self) -> int:
        arrays = (self._terms, self._rows, self._idf, self._owners, self._impacts)
        return sum(array.nbytes for array in arrays)

    def scores(self, query: Terms) -> Scores:
        """Every document's BM25 score for `query`: float32, shape (documents,)."""
        scores = np.zeros(self.size, dtype=np.float32)
        for at in self._found(query):
            row = slice(self._rows[at], self._rows[at + 1])
            scores[self._owners[row]] += self._idf[at] * self._impacts[row]
        return scores

    def ceiling(self, query: Terms) -> float:
        """What a document would score that holds every term of `query` about once; terms that no
        document holds count with the idf of a term never seen."""
        distinct = np.unique(query)
        found = self._found(query)
        unseen = float(np.log1p((self.filled + 0.5) / 0.5))
        return float(self._idf[found].sum()) + unseen * (len(distinct) - len(found))

    def coverage(self, topic: Terms) -> Scores:
        """The share of `topic` that each document speaks of, rare terms counting more: 0..1, shape (documents,)."""
        covered = np.zeros(self.size, dtype=np.float32)
        found = self._found(topic)
        frequencies = np.diff(self._rows)[found]
        weights = np.log1p((self.filled + 1) / (frequencies + 1)).astype(np.float32)
        for at, weight in zip(found, weights, strict=True):
            covered[self._owners[self._rows[at] : self._rows[at + 1]]] += weight
        unseen = float(np.log1p(self.filled + 1)) * (len(np.unique(topic)) - len(found))
        total = float(weights.sum()) + unseen
        return covered / np.float32(total) if total else covered

    def _found(self, query: Terms) -> NDArray[np.int64]:
        distinct = np.unique(query)
        at = np.searchsorted(self._terms, distinct)
        at = at[at < len(self._terms)] if len(self._terms) else at[:0]
        return at[np.isin(self._terms[at], distinct)]
