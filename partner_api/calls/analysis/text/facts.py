"""The figures of a call: amounts, shares, days and times, and what phones and addresses weren't masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from knowledge import numerals
from partner_api.calls.analysis.lexicon import Script, lists
from partner_api.calls.analysis.personal.finding import Kind, personal_in
from partner_api.calls.analysis.text.moments import moments_in
from partner_api.calls.analysis.text.sentences import Sentence

MOST_FACTS = 50
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SHARES = frozenset({numerals.Dimension.PERCENT, numerals.Dimension.PRICE_SHARE})


def facts_in(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Each figure with its `kind` (`amount`, `share`, `moment`, `phone`, `email`), its `text` as said, its `value`
    where one can be read, and its sentence. The same figure counts once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for sentence in sentences:
        for fact in _of(sentence):
            found.setdefault((fact["kind"], fact["value"] or fact["text"]), {**fact, **sentence.cited()})
    return list(found.values())[:MOST_FACTS]


def _of(sentence: Sentence) -> Iterator[dict[str, Any]]:
    yield from _amounts(sentence)
    for told in moments_in(sentence):
        parts = (told["date"] or told["day"], told["time"])
        yield _fact("moment", told["text"], " ".join(part for part in parts if part) or None)
    for one in personal_in(sentence.text):
        if one.kind is Kind.PHONE:
            yield _fact("phone", sentence.text[one.start : one.end], one.digits)
        elif one.kind is Kind.EMAIL:
            yield _fact("email", sentence.text[one.start : one.end], None)


def _amounts(sentence: Sentence) -> Iterator[dict[str, Any]]:
    if sentence.language in (Script.ENGLISH, Script.HEBREW):
        for match in _pattern(sentence.language).finditer(sentence.folded):
            number = _NUMBER.search(match[0])
            value = _plain(Decimal(number[0].replace(",", ""))) if number else None
            yield _fact("amount", sentence.original(*match.span()), value)
        return
    for quantity in numerals.find(sentence.text):
        dimension = numerals.dimension_of(quantity.unit)
        kind = "amount" if dimension is numerals.Dimension.MONEY else "share" if dimension in _SHARES else None
        if kind is not None:
            value = (
                _plain(quantity.value) if quantity.upto is None else f"{_plain(quantity.value)}-{_plain(quantity.upto)}"
            )
            yield _fact(kind, sentence.text[quantity.start : quantity.end].strip(), value)


def _fact(kind: str, text: str, value: str | None) -> dict[str, Any]:
    return {"kind": kind, "text": text, "value": value}


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


@cache
def _pattern(language: Script) -> re.Pattern[str]:
    return re.compile("|".join(lists(__package__, "facts")[language.value]["amounts"]))
