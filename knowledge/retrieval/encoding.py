"""Sentence vectors for everybody: one encoder in a thread of its own, and the latest questions' vectors."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np
import structlog

from knowledge.retrieval.encoder import SentenceEncoder, Vectors

# Questions whose vectors are kept, of some 2 kB each.
MOST_ASKED = 2_000

logger = structlog.get_logger(__name__)
Result = TypeVar("Result")


class Encoding:
    """The encoder, loaded when it is first needed; without one, or after it failed, there are no vectors.

    `make_encoder` is called once, in the thread; None means words alone.
    """

    def __init__(self, make_encoder: Callable[[], SentenceEncoder] | None) -> None:
        self._make_encoder = make_encoder
        self.encoder: SentenceEncoder | None = None
        self._asked: OrderedDict[str, Vectors] = OrderedDict()
        # One thread: the encoder is fastest alone, and short jobs keep questions from waiting for builds.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="knowledge")

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def vector_of(self, text: str) -> Vectors | None:
        """The text's vector, shape (dimensions,); None where there is no encoder."""
        vectors = await self.kept_vectors_of([text])
        if vectors is None:
            return None
        vector: Vectors = vectors[0]
        return vector

    async def kept_vectors_of(self, texts: Sequence[str]) -> Vectors | None:
        """Vectors of questions, shape (texts, dimensions); None where there is no encoder.

        The latest are kept: many customers of a shop ask the same in the same words.
        """
        missing = [text for text in dict.fromkeys(texts) if text not in self._asked]
        if missing:
            vectors = await self.vectors_of(missing)
            if vectors is None:
                return None
            self._asked.update(zip(missing, vectors, strict=True))
        found: list[Vectors] = [self._asked[text] for text in texts]
        for text in texts:
            self._asked.move_to_end(text)
        while len(self._asked) > MOST_ASKED:
            self._asked.popitem(last=False)
        return np.stack(found)

    async def vectors_of(self, texts: Sequence[str]) -> Vectors | None:
        """Vectors of shape (texts, dimensions); None where there is no encoder."""
        await self.ready()
        if self.encoder is None:
            return None
        try:
            return await self.in_thread(partial(self.encoder.encode, texts))
        except Exception:  # A model's failure may be of any type, and words alone still answer.
            logger.exception("knowledge.encoder_failed")
            self.encoder = self._make_encoder = None
            return None

    async def ready(self) -> None:
        """Load the encoder unless it is loaded or there is none."""
        if self.encoder is None and self._make_encoder is not None:
            await self.in_thread(self._load)

    async def in_thread(self, work: Callable[[], Result]) -> Result:
        """Do CPU-heavy work beside the event loop, one piece after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _load(self) -> None:
        if self.encoder is not None or self._make_encoder is None:
            return
        try:
            self.encoder = self._make_encoder()
        except Exception:  # Whatever keeps the model from loading, words alone still answer.
            logger.exception("knowledge.encoder_missing")
            self._make_encoder = None
