"""An entry's sentence vectors: what is encoded, and how it is kept in the entry's row.

Layout of the row's blob: 16 bytes that fingerprint encoder and text, then float32 rows, little endian,
of the encoder's dimensions each: the question's, then one per passage of the answer. A blob whose
fingerprint doesn't fit the text any more counts as missing, so editing an entry can't leave it with
the old text's vectors. In memory a dimension takes one byte (`ByteRows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from knowledge import sentences
from knowledge.parameters import without_placeholders
from knowledge.retrieval.encoder import SentenceEncoder, Vectors

PASSAGE_CHARACTERS = 220
MAX_PASSAGES = 6
_FINGERPRINT = 16
_LARGEST = 127
# Rows that are made floats at a time: few enough to stay in the processor's cache.
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Texts:
    """What of an entry is encoded: its question with its keywords, and its answer cut into passages."""

    question: str
    passages: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (self.question, *self.passages)


class ByteRows:
    """Vectors at a byte a dimension: a quarter of the memory, read as fast. Cosines of unit vectors move
    by less than 0.005.

    `vectors` has the shape (rows, dimensions).
    """

    def __init__(self, vectors: Vectors) -> None:
        largest = np.maximum(np.abs(vectors).max(axis=1, initial=0), np.finfo(np.float32).tiny)
        self._scale = (largest / _LARGEST).astype(np.float32)
        self._rows = np.rint(vectors / self._scale[:, None]).astype(np.int8)

    @property
    def nbytes(self) -> int:
        return int(self._rows.nbytes + self._scale.nbytes)

    def dot(self, vector: Vectors) -> Vectors:
        """Every row's dot product with `vector`, shape (dimensions,): float32, shape (rows,)."""
        products = np.empty(len(self._rows), dtype=np.float32)
        block = np.empty((min(_BLOCK, len(self._rows)), self._rows.shape[1]), dtype=np.float32)
        for start in range(0, len(self._rows), _BLOCK):
            rows = self._rows[start : start + _BLOCK]
            np.copyto(block[: len(rows)], rows)
            # Row by row, since a product with the whole block has BLAS threads wait for each other.
            np.vecdot(block[: len(rows)], vector, out=products[start : start + _BLOCK])
        products *= self._scale
        return products


def texts_of(question: str, answer: str, keywords: str = "") -> Texts:
    """What is encoded of an entry. The keywords go with the question: alone, a short question is near to all
    others that are put alike ("有賣蛋糕嗎", "有賣咖啡豆嗎"), whatever they are about."""
    asked = without_placeholders(f"{question.strip()} {keywords}").strip()
    return Texts(asked, tuple(_passages(without_placeholders(answer))))


def pack(encoder: SentenceEncoder, texts: Texts, vectors: Vectors) -> bytes:
    """The blob for `vectors`, shape (1 + passages, dimensions)."""
    return _fingerprint(encoder, texts) + vectors.astype("<f4").tobytes()


def unpack(encoder: SentenceEncoder, texts: Texts, blob: bytes | None) -> Vectors | None:
    """The vectors in `blob`, shape (1 + passages, dimensions); None where they aren't those of `texts`."""
    if blob is None or blob[:_FINGERPRINT] != _fingerprint(encoder, texts):
        return None
    rows = np.frombuffer(blob, dtype="<f4", offset=_FINGERPRINT)
    shape = (1 + len(texts.passages), encoder.dimensions)
    return rows.reshape(shape) if rows.size == shape[0] * shape[1] else None


def _fingerprint(encoder: SentenceEncoder, texts: Texts) -> bytes:
    digest = blake2b(encoder.name.encode(), digest_size=_FINGERPRINT)
    for text in texts.all:
        digest.update(b"\0" + text.encode())
    return digest.digest()


def _passages(text: str) -> list[str]:
    """Whole sentences gathered up to the passage size; a longer sentence is cut."""
    passages: list[str] = []
    current = ""
    for sentence in sentences.split(text):
        for start in range(0, len(sentence), PASSAGE_CHARACTERS):
            piece = sentence[start : start + PASSAGE_CHARACTERS]
            if current and len(current) + len(piece) > PASSAGE_CHARACTERS:
                passages.append(current)
                current = ""
            current += piece
    passages.append(current)
    return [passage.strip() for passage in passages if passage.strip()][:MAX_PASSAGES]
