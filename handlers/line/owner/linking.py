"""Answers that write out a value of the shop: made to follow the parameter, so that one change changes both. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge import grounding
from knowledge.entries import Entry, Scope
from knowledge.parameters import Parameter, Parameters, written
from knowledge.suggesting import suggest

# Weighing the figures of a longer text takes long, and answers of people are shorter.
LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Linked:
    """An answer with `{{key}}` where it wrote out a value; `keys` are those that it names now."""

    answer: str
    keys: tuple[str, ...] = ()


def linked(answer: str, parameters: Parameters, *, topic: str) -> Linked:
    """`answer` with the parameters' names in place of those figures that surely are their values."""
    if not parameters or len(answer) > LONGEST:
        return Linked(answer)
    found = suggest(answer, parameters, topic=topic)
    for one in sorted(found, key=lambda one: -one.start):
        answer = f"{answer[: one.start]}{{{{{one.key}}}}}{answer[one.end :]}"
    return Linked(answer, tuple(dict.fromkeys(one.key for one in found)))


def writing_out(entries: Iterable[Entry], parameter: Parameter) -> list[Entry]:
    """The shop's own entries that write out a parameter's value. What shops share is corrected when it is said."""
    stated = grounding.facts_in(written(parameter))
    alone: Mapping[str, Parameter] = {parameter.key: parameter}
    return [
        entry
        for entry in entries
        if entry.scope is not Scope.GLOBAL
        and stated
        and stated <= grounding.facts_in(entry.answer[:LONGEST])
        and linked(entry.answer, alone, topic=entry.question).keys
    ]
