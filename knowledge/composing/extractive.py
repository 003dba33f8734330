"""Answers made of the entries' own sentences, without a language model. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge import sentences
from knowledge.composing.material import Material
from knowledge.retrieval.tokens import terms_of

# Longer than this an answer is no chat message any more, and only its best sentences are said.
MAX_CHARACTERS = 400


def compose(question: str, materials: Sequence[Material]) -> str:
    """The materials' texts one after the other, each cut to what bears on `question`."""
    said: list[str] = []
    for material in materials:
        text = best_sentences(question, material.text)
        if text not in said:
            said.append(text)
    return "\n\n".join(said)


def whole(materials: Sequence[Material]) -> str:
    """The materials' texts one after the other, uncut."""
    return "\n\n".join(dict.fromkeys(material.text for material in materials))


def best_sentences(question: str, text: str, *, limit: int = MAX_CHARACTERS) -> str:
    """The sentences of `text` that share most with `question`, in their order, up to `limit` characters.

    A first sentence longer than `limit` is given whole: half a sentence could say the opposite.
    """
    if len(text) <= limit:
        return text
    asked = terms_of(question)
    parts = sentences.split(text)
    shared = [float(np.isin(np.unique(terms_of(part)), asked).sum()) for part in parts]
    # Where two share as much, the earlier one: entries say the main thing first.
    ranked = sorted(range(len(parts)), key=lambda at: (-shared[at], at))
    chosen: list[int] = []
    length = 0
    for at in ranked:
        if not chosen or length + len(parts[at]) <= limit:
            chosen.append(at)
            length += len(parts[at])
    return "".join(parts[at] for at in sorted(chosen)).strip()
