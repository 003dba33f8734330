"""A summary of a call in at most three of its own sentences. Pure.

One of the customer's from the first third says why the call took place; the two with the most weight among the rest
follow, in the order of the call. Weight: 3 for an objection or a promise, 2 for a next step, 1.5 for a figure, 1 for
a feeling that a word shows in full, 0.5 for each of the call's topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from partner_api.calls.analysis.figures import TRANSCRIPT
from partner_api.calls.analysis.text.questions import is_question, states
from partner_api.calls.analysis.text.sentences import Sentence
from partner_api.calls.analysis.turns import Speaker

MOST_SENTENCES = 3
MIN_SENTENCES = 3
LETTERS = range(5, 161)
_WEIGHTS = {"objections": 3.0, "commitments": 3.0, "next_steps": 2.0, "facts": 1.5, "feelings": 1.0}
_TOPIC = 0.5
_QUESTION = 0.5


def summary_of(
    sentences: Sequence[Sentence], found: Mapping[str, Iterable[Mapping[str, Any]]], topics: Sequence[str]
) -> dict[str, Any]:
    """The summary's `text`, its `sentences` and their `source`; null where the call has too few sentences.

    `found` are the objections, commitments, next steps, facts and feelings; `topics` the folded terms of the call.
    """
    if len(sentences) < MIN_SENTENCES:
        reason = f"fewer than {MIN_SENTENCES} sentences"
        return {"text": None, "sentences": [], "source": None, "reason": reason}
    weights = _weights(sentences, found, topics)
    chosen = _opening(sentences, weights)
    for at in sorted(weights, key=lambda at: (-weights[at], at)):
        if len(chosen) < MOST_SENTENCES and at not in chosen and weights[at] > 0:
            chosen.append(at)
    cited = [sentences[at] for at in sorted(chosen)]
    return {
        "text": " ".join(sentence.text for sentence in cited) or None,
        "sentences": [sentence.cited() for sentence in cited],
        "source": TRANSCRIPT if cited else None,
    }


def _opening(sentences: Sequence[Sentence], weights: Mapping[int, float]) -> list[int]:
    """The customer's weightiest sentence in the first third that says something; nobody's where there is none."""
    third = range(max(1, len(sentences) // 3))
    able = [at for at in third if at in weights and sentences[at].speaker != Speaker.AGENT]
    stated = [at for at in able if states(sentences[at]) or is_question(sentences[at])]
    return [max(stated, key=lambda at: (weights[at], -at))] if stated else []


def _weights(
    sentences: Sequence[Sentence], found: Mapping[str, Iterable[Mapping[str, Any]]], topics: Sequence[str]
) -> dict[int, float]:
    """The weight of each sentence of a fit length, by its place."""
    cited = {name: {(item["turn"], item["sentence"]) for item in items} for name, items in found.items()}
    weights = {}
    for at, sentence in enumerate(sentences):
        if sum(character.isalpha() for character in sentence.text) not in LETTERS:
            continue
        key = (sentence.turn, sentence.text)
        weight = sum(_WEIGHTS[name] for name, keys in cited.items() if key in keys)
        weight += _TOPIC * sum(topic in sentence.folded for topic in topics)
        weights[at] = weight * (_QUESTION if is_question(sentence) else 1.0)
    return weights
