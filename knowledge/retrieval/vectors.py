"""An entry's sentence vectors: what is encoded, and how it is kept in the entry's row.

Layout of the row's blob: 16 bytes that fingerprint encoder and text, then float32 rows, little endian,
of the encoder's dimensions each: the question's, then one per passage of the answer. A blob whose
fingerprint doesn't fit the text any more counts as missing, so editing an entry can't leave it with
the old text's vectors.
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


@dataclass(frozen=True, slots=True)
class Texts:
    """What of an entry is encoded: its question, and its answer cut into passages."""

    question: str
    passages: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (self.question, *self.passages)


def texts_of(question: str, answer: str) -> Texts:
    return Texts(without_placeholders(question).strip(), tuple(_passages(without_placeholders(answer))))


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
