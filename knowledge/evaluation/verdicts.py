"""Whether an answer is what was expected, and why not. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge import grounding, numerals
from knowledge.answers import Answer
from knowledge.evaluation.sets import Expectation
from knowledge.finding import SURE
from knowledge.retrieval.index import Hit

_WORDS = re.compile(r"[^\W\d_]+")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_END = re.compile(r"[\s?？!！。.]+$")


class Fault(StrEnum):
    """What can be wrong with an answer."""

    ENTRY = "entry"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    OUTCOME = "outcome"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Reason:
    fault: Fault
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every reason why an answer fails; it passes without any."""

    reasons: tuple[Reason, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.reasons


def judge(expectation: Expectation, answer: Answer, hits: Sequence[Hit], *, has_entry: bool = True) -> Verdict:
    """Hold `answer` against `expectation`.

    `hits` is what was retrieved, the surest first; `has_entry` says whether the vendor has the expected
    entry at all, for this audience.
    """
    reasons = [
        *_entry(expectation.entry, answer, hits, has_entry=has_entry),
        *(Reason(Fault.MISSING, f"does not say “{text}”") for text in expectation.contains if not _says(answer, text)),
        *(Reason(Fault.FORBIDDEN, f"says “{text}”") for text in expectation.lacks if _says(answer, text)),
    ]
    if expectation.outcomes and answer.outcome not in expectation.outcomes:
        wanted = " or ".join(expectation.outcomes)
        reasons.append(Reason(Fault.OUTCOME, f"is {answer.outcome}, expected {wanted}"))
    found = [intent.name for intent in answer.intents]
    for name in expectation.intents:
        if name not in found:
            instead = ", ".join(found) or "none"
            reasons.append(Reason(Fault.INTENT, f"intent {name} was not found, but {instead}"))
    return Verdict(tuple(reasons))


def is_entry(expected: int | str, entry_id: int, question: str) -> bool:
    """Whether an expected entry, by id or by its question, is the one given."""
    if isinstance(expected, int):
        return expected == entry_id
    return _plain(expected) == _plain(question)


def states(text: str, wanted: str) -> bool:
    """Whether `text` says `wanted`, however spaces, widths, letters' case and figures are written.

    Where `wanted` holds figures they must be stated of the same thing (2,500 元, 2500元 and 兩千五百元 are
    one, 1 號 and 11 號 are not), and the words around them must occur.
    """
    flat, sought = _flat(text), _flat(wanted)
    if not sought or _occurs(flat, sought):
        return bool(sought)
    if not grounding.facts_in(wanted) or grounding.ungrounded(wanted, [text]):
        return False
    return all(_flat(word) in flat for word in _words_around_figures(wanted))


def _entry(expected: int | str | None, answer: Answer, hits: Sequence[Hit], *, has_entry: bool) -> Iterator[Reason]:
    if expected is None or any(is_entry(expected, source.id, source.question_summary) for source in answer.sources):
        return
    named = f"entry #{expected}" if isinstance(expected, int) else f"entry “{expected}”"
    if not has_entry:
        yield Reason(Fault.ENTRY, f"{named} is none of this vendor's for this audience")
        return
    for rank, hit in enumerate(hits, 1):
        if is_entry(expected, hit.entry.id, hit.entry.question):
            although = " although that is sure enough" if hit.confidence >= SURE else ""
            found = f"{named} ranks {rank} with confidence {hit.confidence:.2f}"
            yield Reason(Fault.ENTRY, f"{found}, and was not used{although}")
            return
    yield Reason(Fault.ENTRY, f"{named} was not retrieved")


def _says(answer: Answer, wanted: str) -> bool:
    return states(answer.text, wanted)


def _plain(question: str) -> str:
    return _flat(_END.sub("", question))


def _flat(text: str) -> str:
    """`text` in one width and case, without spaces and without commas inside numbers."""
    narrow = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_GROUPING.sub("", narrow).split())


def _occurs(text: str, wanted: str) -> bool:
    """Whether `wanted` occurs in `text`, not as the end or the beginning of a longer number."""
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (_joins(text[start - 1 : start], wanted[0]) or _joins(wanted[-1], text[end : end + 1])):
            return True
        start = text.find(wanted, start + 1)
    return False


def _joins(left: str, right: str) -> bool:
    """Whether two neighbouring characters are both parts of one number: figures, or one and a point or sign."""
    figures = [one for one in (left, right) if one and numerals.parse(one) is not None]
    return bool(figures) and all(one and (one in ".-" or one in figures) for one in (left, right))


def _words_around_figures(wanted: str) -> Iterator[str]:
    """The words of `wanted` that aren't part of how its figures are written."""
    rest = unicodedata.normalize("NFKC", wanted)
    facts = grounding.facts_in(rest)
    pieces, end = [], 0
    for quantity in numerals.find(rest):
        pieces.append(rest[end : quantity.start])
        end = quantity.end
    for word in _WORDS.findall(" ".join([*pieces, rest[end:]])):
        # 下午 in 下午 6 點 is part of the figure: without it, the text states another time.
        if grounding.facts_in(rest.replace(word, " ", 1)) == facts:
            yield word
