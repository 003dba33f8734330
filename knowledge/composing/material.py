"""What an answer may be made of: found entries with this vendor's values in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.answers import Source
from knowledge.entries import Entry, Scope
from knowledge.overrides import with_vendor_values
from knowledge.parameters import Parameter, Parameters, fill, written
from knowledge.retrieval.index import Hit

MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Material:
    """An entry whose text is ready to be said: values in, undecidable sentences out. Never empty.

    `question` is the entry's question, treated alike.
    """

    hit: Hit
    question: str
    text: str
    values: Mapping[str, str]

    @property
    def source(self) -> Source:
        entry = self.hit.entry
        return Source(entry.id, entry.question, entry.answer, entry.scope, round(self.hit.score, 4))


def resolve(hits: Iterable[Hit], parameters: Parameters) -> list[Material]:
    """The hits that have something to say to this vendor's customers, in the same order."""
    items = tuple(parameters.items())
    ready = ((hit, _ready(hit.entry.scope, hit.entry.question, hit.entry.answer, items=items)) for hit in hits)
    return [Material(hit, question, text, dict(values)) for hit, (question, text, values) in ready if text]


@lru_cache(maxsize=MOST_KEPT)
def _ready(
    scope: Scope, question: str, answer: str, *, items: tuple[tuple[str, Parameter], ...]
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Question, answer and the values in it for one vendor, who has these parameters.

    Weighing figures is half of what an answer costs, and the same few entries are asked for again and again.
    """
    parameters = dict(items)
    if scope is Scope.GLOBAL:
        filled = with_vendor_values(answer, parameters, topic=question)
    else:
        filled = fill(answer, parameters)
    values = tuple((key, written(parameters[key])) for key in sorted(filled.used))
    return _asked(scope, question, parameters) if filled.text else "", filled.text, values


def asked(entry: Entry, parameters: Parameters) -> str:
    """The entry's question as this vendor's customers may read it; "" where it states what isn't the vendor's."""
    return _asked(entry.scope, entry.question, parameters)


def _asked(scope: Scope, question: str, parameters: Parameters) -> str:
    return with_vendor_values(question, parameters).text if scope is Scope.GLOBAL else fill(question, parameters).text


def figures_of(materials: Sequence[Material], *said_by_customer: str) -> list[str]:
    """The texts whose figures an answer may state: this vendor's sources with values in, and the customer's own."""
    texts = [f"{item.question}\n{item.text}" for item in materials]
    values = [value for item in materials for value in item.values.values()]
    return [*texts, *values, *said_by_customer]
