"""What a call is about: topics, questions, objections, promises, next steps, figures, the script, a summary. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from partner_api.calls.analysis.adherence import adherence
from partner_api.calls.analysis.figures import COUNT, RATIO, TRANSCRIPT, figure
from partner_api.calls.analysis.lexicon import lacking
from partner_api.calls.analysis.sentiment import feeling_of
from partner_api.calls.analysis.text.commitments import commitments_in, next_steps_in
from partner_api.calls.analysis.text.facts import facts_in
from partner_api.calls.analysis.text.objections import objections_in
from partner_api.calls.analysis.text.questions import questions_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.text.summary import summary_of
from partner_api.calls.analysis.text.topics import terms_of, topics_in
from partner_api.calls.analysis.turns import Speaker, Turn

# A callback holds no more than 100,000 bytes; the counts always tell of everything.
MOST_ITEMS = 50
# What a sentence with one word that shows a feeling in full comes to.
_FELT_FROM = 0.3


def describe(turns: Sequence[Turn], call_type: str, language: str | None) -> dict[str, Any]:
    """The content of a call. Every item carries its `sentence`, `speaker`, `turn` (from 0) and `start` in seconds.

    `language` is the call's, as a code, None where it isn't known. Of a language without word lists nothing is
    read: the lists are null and say why.
    """
    unread = lacking(language, (turn.text for turn in turns))
    if unread is not None:
        return _unread(call_type, unread)
    sentences = sentences_of(turns)
    questions, objections = questions_in(sentences), objections_in(sentences)
    commitments, next_steps = commitments_in(sentences), next_steps_in(sentences)
    facts, topics = facts_in(sentences), topics_in(sentences)
    found = {"objections": objections, "commitments": commitments, "next_steps": next_steps, "facts": facts}
    found["feelings"] = [one.cited() for one in sentences if abs(feeling_of(one).value) >= _FELT_FROM]
    lists = {
        "topics": topics, "questions": questions, "objections": objections, "commitments": commitments,
        "next_steps": next_steps, "key_facts": facts,
    }  # fmt: skip
    return {
        "call_type": call_type,
        "summary": summary_of(sentences, found, terms_of(topics)),
        **{name: [{**item, "source": TRANSCRIPT} for item in items[:MOST_ITEMS]] for name, items in lists.items()},
        "counts": {name: figure(len(items), COUNT, TRANSCRIPT) for name, items in lists.items()},
        "questions_answered": {
            speaker: _share([item for item in questions if item["speaker"] == speaker], "answered")
            for speaker in (Speaker.AGENT.value, Speaker.CUSTOMER.value)
        },
        "objections_handled": _share(objections, "handled"),
        "script_adherence": adherence(sentences, call_type, objections=objections),
    }


def _share(items: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    known = [item[name] for item in items if item[name] is not None]
    return figure(sum(known) / len(known) if known else None, RATIO, TRANSCRIPT)


def _unread(call_type: str, reason: str) -> dict[str, Any]:
    nothing = figure(None, RATIO, None) | {"reason": reason}
    names = ("topics", "questions", "objections", "commitments", "next_steps", "key_facts")
    return {
        "call_type": call_type,
        "summary": {"text": None, "sentences": [], "source": None, "reason": reason},
        **dict.fromkeys(names),
        "counts": {name: figure(None, COUNT, None) for name in names},
        "questions_answered": {Speaker.AGENT.value: nothing, Speaker.CUSTOMER.value: nothing},
        "objections_handled": nothing,
        "script_adherence": adherence([], call_type, objections=[], unread=reason),
    }
