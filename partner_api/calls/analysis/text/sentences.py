"""Sentences: what is found in a call is found in one, and cites it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from partner_api.calls.analysis.lexicon import Script, fold, script_of
from partner_api.calls.analysis.text.clauses import clauses_of
from partner_api.calls.analysis.turns import Turn

# A full stop ends a sentence where a space follows it, but not behind an initial or a title.
_END = re.compile(
    r"(?<=[。！？!?；;…])(?![。！？!?；;…」』\"'])\s*"
    r"|(?<=[^\W\d_]{3}\.)\s+|(?<=\d\.)\s+(?=[A-Z\u05d0-\u05ea\u3400-\u9fff])|\n+"
)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|approx)\.$", re.IGNORECASE)
# Speech that was recognised without full stops goes on and on.
_LONG = 60
_PAUSE = re.compile(r"(?<=[,，、])\s*|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_BLANK_PAUSE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_PUNCTUATION = re.compile(r"[。！？!?；;，,]")
# No sentence is longer, whatever was said: what reads sentences may take the square of their length.
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: `turn` counts the call's turns from 0, `start` is its turn's, in seconds.

    `folded` is what patterns are matched against; `language` is told by its letters, None without any.
    """

    text: str
    folded: str
    turn: int
    speaker: str
    start: float | None
    language: Script | None

    def original(self, start: int, end: int) -> str:
        """The text that `folded[start:end]` was, where folding kept the places of things."""
        return (self.text if len(self.text) == len(self.folded) else self.folded)[start:end]

    def cited(self) -> dict[str, Any]:
        """The sentence as evidence in results."""
        return {"sentence": self.text, "speaker": str(self.speaker), "turn": self.turn, "start": self.start}


def sentences_of(turns: Sequence[Turn]) -> list[Sentence]:
    """Every sentence of a call in order."""
    return [
        Sentence(text, fold(text), at, turn.speaker, turn.start, script_of(text))
        for at, turn in enumerate(turns)
        for text in split(turn.text)
    ]


def split(text: str) -> list[str]:
    """The sentences of `text`; a long one without full stops is cut where the speaker paused, one without any
    punctuation into its clauses."""
    return [part for sentence in _ended(text) for pause in _paused(sentence) for part in _bounded(pause)]


def _ended(text: str) -> Iterator[str]:
    held = ""
    for piece in _END.split(text):
        held = f"{held} {piece}".strip() if held else piece.strip()
        if held and not _TITLE.search(held):
            yield held
            held = ""
    if held:
        yield held


def _paused(sentence: str) -> Iterator[str]:
    if not _PUNCTUATION.search(sentence):
        yield from (clause for part in _BLANK_PAUSE.split(sentence) for clause in clauses_of(part))
        return
    if len(sentence) <= _LONG or script_of(sentence) is not Script.CHINESE:
        yield sentence
        return
    held = ""
    for part in _PAUSE.split(sentence):
        if held and len(held) + len(part) > _LONG:
            yield held.strip()
            held = ""
        held += part
    if held.strip():
        yield held.strip()


def _bounded(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST:
        cut = sentence.rfind(" ", LONGEST // 2, LONGEST)
        cut = cut if cut > 0 else LONGEST
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence
