"""The real sentence encoder, once in a process, for tests that ask the same shops the same things."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache

import numpy as np

from knowledge.retrieval.encoder import SentenceEncoder, UniversalSentenceEncoder, Vectors


class RememberingEncoder:
    """Gives the vectors of another encoder, and computes each but once: a text's vector never changes."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name, self.dimensions = encoder.name, encoder.dimensions
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        # Several engines of a test have a thread each.
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
            found = [self._known[text] for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(found), self.dimensions)


@cache
def shared_encoder() -> SentenceEncoder:
    """The encoder of this process; the model takes a second to load."""
    return RememberingEncoder(UniversalSentenceEncoder())
