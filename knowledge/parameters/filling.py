"""Texts with a vendor's values in them: each `{{key}}` substituted exactly once. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge import numerals, sentences
from knowledge.numerals.units import others_of
from knowledge.parameters.model import SIGNS_OF_MONEY, Parameters, ParameterType, is_money
from knowledge.parameters.writing import in_english, written

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.\-]{0,63})\s*\}\}")
_SHORTEST_ECHO = 2


@dataclass(frozen=True, slots=True)
class Replacement:
    """`start:end` of a sentence becomes the value of the parameter `key`, written as `text`."""

    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with values in it: sentences whose values are unknown left out, and the keys that were used."""

    text: str
    used: frozenset[str]


# What else of each sentence the vendor's values replace; None leaves the sentence out.
Replacing = Callable[[Sequence[str]], Sequence[Sequence[Replacement] | None]]


def keys_in(text: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text))


def without_placeholders(text: str) -> str:
    return PLACEHOLDER.sub("", text)


def fill(text: str, parameters: Parameters, *, replacing: Replacing | None = None) -> Filled:
    """`text` with each `{{key}}` replaced once by its value; a sentence without the value it needs is left out.

    `replacing` names further replacements for each sentence. All are made in one pass over the
    sentence as it was written, so that nothing that came in with a value is replaced in turn.
    """
    kept: list[str] = []
    used: set[str] = set()
    known = {key for key, parameter in parameters.items() if parameter.value.strip()}
    parts = sentences.split(text)
    for sentence, more in zip(parts, replacing(parts) if replacing else [()] * len(parts), strict=True):
        if more is None or not keys_in(sentence) <= known:
            continue
        changes = sorted([*_placeholders(sentence, parameters), *more], key=lambda change: change.start)
        used.update(change.key for change in changes if change.key)
        kept.append(_changed(sentence, changes))
    return Filled("".join(kept).strip(), frozenset(used))


def is_latin(sentence: str) -> bool:
    """Whether a sentence, its placeholders aside, is written in Latin letters alone."""
    plain = without_placeholders(sentence)
    return bool(re.search(r"[A-Za-z]{2}", plain)) and not re.search(r"[\u3040-\u9fff]", plain)


def _changed(sentence: str, changes: Sequence[Replacement]) -> str:
    parts: list[str] = []
    at = 0
    for change in changes:
        parts += [sentence[at : change.start], change.text]
        at = change.end
    return "".join([*parts, sentence[at:]])


def _placeholders(sentence: str, parameters: Parameters) -> list[Replacement]:
    return [
        Replacement(found.start(), found.end(), _replacement(found, parameters), found[1])
        for found in PLACEHOLDER.finditer(sentence)
    ]


def _replacement(found: re.Match[str], parameters: Parameters) -> str:
    """The value for one placeholder, without what the text already writes around it: unit, sign, 每月."""
    parameter = parameters[found[1]]
    if is_latin(found.string) and (english := in_english(parameter)):
        return english.removeprefix("NT$") if found.string[: found.start()].endswith("$") else english
    bare, full = written(parameter, with_unit=False), written(parameter)
    after, before = found.string[found.end() :].lstrip(" "), found.string[: found.start()].rstrip(" ")
    if parameter.kind is ParameterType.TEXT and not parameter.unit:
        return _without_echo(full, before=before, after=after)
    if full in (bare, f"NT${bare}") and not is_money(parameter.unit):
        return full
    unit = full.removeprefix(bare).strip() if full.startswith(bare) else "元"
    if _begins_with(after, unit.partition("/")[0]) or (is_money(unit) and before.endswith("$")):
        return bare
    return full


def _begins_with(text: str, unit: str) -> bool:
    """Whether `text` begins with `unit`, however it is written there."""
    if unit.startswith("個") and text.startswith(unit[1:]):
        return True
    return not text.startswith("日期") and any(text.startswith(one) for one in others_of(unit) - SIGNS_OF_MONEY)


def _without_echo(value: str, *, before: str, after: str) -> str:
    """A text value without the unit that follows it in the text, and the words that precede it there."""
    quantities = numerals.find(value)
    if quantities and quantities[-1].end == len(value) and quantities[-1].unit:
        unit = quantities[-1].unit
        if value.endswith(unit) and after.startswith(unit):
            value = value.removesuffix(unit).rstrip()
    for length in range(len(value) - 1, _SHORTEST_ECHO - 1, -1):
        if before.endswith(value[:length]) and not value[:length].isascii():
            return value[length:].lstrip()
    return value
