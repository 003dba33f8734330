"""Which of the declared parameters a customer has given, in this message or before. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge.intents.endpoints import Wanted
from knowledge.intents.kinds import kind_of, values_of
from knowledge.intents.patterns import MAX_VALUE

MAX_TEXT = 1_000
# What is tried with a vendor's pattern. They bound the time, which grows with the fourth power of a length.
MAX_RUNS = 20
MAX_CLAUSES = 4
MAX_PIECE = 40
MAX_TURNS = 10
_RUN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.@:/+#-]*[A-Za-z0-9])?")
_CLAUSE = re.compile(rf"[^，,。；;！!？?\n]{{1,{MAX_PIECE}}}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \-](?=\d)")
_EDGES = " \t\n　。，,！!？?：:「」\"'"


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer has said: the message, earlier turns (newest first), and by the parameter's name the turn
    that answered the question for it."""

    message: str
    earlier: Sequence[str] = ()
    replies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collected:
    """The values by parameter, and what is still to be asked for, in its order."""

    values: Mapping[str, str]
    missing: tuple[Wanted, ...]


def collect(wanted: Sequence[Wanted], said: Said, *, today: date, only_certain: bool = False) -> Collected:
    """The values that `said` gives for `wanted`: from the message, else from the newest turn that has one.

    `only_certain`: several values for one parameter in the same message, or several over earlier turns, are
    as good as none. `today` is the customer's own day.
    """
    values: dict[str, str] = {}
    for one in wanted:
        value = _value(one, said, today=today, only_certain=only_certain)
        if value is not None:
            values[one.name] = value
    return Collected(values, tuple(one for one in wanted if one.required and one.name not in values))


def _value(wanted: Wanted, said: Said, *, today: date, only_certain: bool) -> str | None:
    now = given(wanted, said.message, today=today)
    if now:
        return None if only_certain and len(now) > 1 else now[0]
    if wanted.name in said.replies:
        answered = given(wanted, said.replies[wanted.name], today=today, asked=True)
        if answered:
            return answered[0]
    before = [value for turn in said.earlier[:MAX_TURNS] for value in given(wanted, turn, today=today)]
    if only_certain and len(set(before)) > 1:
        return None
    return before[0] if before else None


def given(wanted: Wanted, text: str, *, today: date, asked: bool = False) -> list[str]:
    """The distinct values for `wanted` in `text`. `asked`: the text is the answer to the question for it."""
    text = unicodedata.normalize("NFKC", text[:MAX_TEXT]).strip()
    if wanted.pattern is not None:
        return list(dict.fromkeys(_matches(wanted.pattern, text)))
    kind = kind_of(wanted)
    if kind is not None:
        return values_of(kind, text, today=today, asked=asked)
    whole = text.strip(_EDGES)
    return [whole] if asked and 0 < len(whole) <= MAX_VALUE else []


def _matches(pattern: str, text: str) -> list[str]:
    """What of `text` matches `pattern`, in the spelling that does: case, and dashes in numbers, don't count.

    A run of letters and digits counts as a whole, so that no part of a longer number is taken for one. The
    lengths and numbers of what is tried bound the time together with the pattern's own limits.
    """
    spellings = dict.fromkeys(
        spelling
        for plain in (text, _BETWEEN_DIGITS.sub("", text))
        for spelling in (plain, plain.upper(), plain.lower())
    )
    compiled = re.compile(pattern)
    within = re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])")
    for spelling in spellings:
        found = [run for run in _runs(spelling) if compiled.fullmatch(run)]
        found = found or [match[0] for clause in _clauses(spelling) for match in within.finditer(clause) if match[0]]
        if found:
            return found
    return []


def _runs(text: str) -> Iterator[str]:
    """The message itself where it is no longer than a value, then its runs of letters and digits."""
    whole = text.strip(_EDGES)
    if 0 < len(whole) <= MAX_VALUE:
        yield whole
    for count, match in enumerate(_RUN.finditer(text)):
        if count == MAX_RUNS:
            return
        if match[0] != whole and len(match[0]) <= MAX_PIECE:
            yield match[0]


def _clauses(text: str) -> list[str]:
    return [match[0] for match in _CLAUSE.finditer(text)][:MAX_CLAUSES]
