"""Saying what a bare yes or no is about, where it answers another question than the one asked. Pure.

"Yes, on a leash" is right for dogs and wrong for a takeaway, and only the entry's question tells which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from bot.texts import Language, say, words_of
from knowledge.composing.material import Material
from knowledge.retrieval.tokens import Terms, topic_terms_of

# How much of one question's topic another must name to be taken for the same one, or for a part of it.
SAME_QUESTION = 0.75


def introduced(question: str, materials: Sequence[Material], language: Language) -> list[Material]:
    """The materials, those introduced by their own question whose bare yes or no could be misunderstood."""
    return [_introduced(question, one, language) for one in materials]


def _introduced(question: str, material: Material, language: Language) -> Material:
    if not material.question or not is_bare(material.text) or asks_for(question, material.question):
        return material
    about = material.question.rstrip("?？ ")
    return replace(material, text=say("answer.about", language, about=about, text=material.text))


def is_bare(text: str) -> bool:
    """Whether an answer begins with a yes or no that leaves out to what."""
    return _bare().match(text) is not None


def asks_for(question: str, entry: str) -> bool:
    """Whether `question` names what the `entry`'s question is about, or asks for a part of it."""
    meant, asked = topic_terms_of(entry), topic_terms_of(question)
    return _share_of(meant, asked) >= SAME_QUESTION or _share_of(asked, meant) >= SAME_QUESTION


def _share_of(some: Terms, others: Terms) -> float:
    """How much of one topic another holds; all of none."""
    return float(np.isin(some, others).mean()) if some.size else 1.0


@cache
def _bare() -> re.Pattern[str]:
    particles = say("answer.heard_particles", Language.ZH_TW)
    alternatives = "|".join(map(re.escape, sorted(words_of("answer.heard_bare"), key=len, reverse=True)))
    return re.compile(rf"\s*(?:{alternatives})(?:{particles})?(?:[\s,.!，。！、；;~～]|$)", re.IGNORECASE)
