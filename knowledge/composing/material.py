"""What an answer may be made of: found entries with this vendor's values in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.answers import Source
from knowledge.entries import Entry, Scope
from knowledge.overrides import with_vendor_values
from knowledge.parameters import Parameters, fill, written
from knowledge.retrieval.index import Hit


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
    resolved = []
    for hit in hits:
        entry = hit.entry
        if entry.scope is Scope.GLOBAL:
            filled = with_vendor_values(entry.answer, parameters, topic=entry.question)
        else:
            filled = fill(entry.answer, parameters)
        if filled.text:
            values = {key: written(parameters[key]) for key in sorted(filled.used)}
            resolved.append(Material(hit, asked(entry, parameters), filled.text, values))
    return resolved


def asked(entry: Entry, parameters: Parameters) -> str:
    """The entry's question as this vendor's customers may read it; "" where it states what isn't the vendor's."""
    if entry.scope is Scope.GLOBAL:
        return with_vendor_values(entry.question, parameters).text
    return fill(entry.question, parameters).text


def figures_of(materials: Sequence[Material], *said_by_customer: str) -> list[str]:
    """The texts whose figures an answer may state: this vendor's sources with values in, and the customer's own."""
    texts = [f"{item.question}\n{item.text}" for item in materials]
    values = [value for item in materials for value in item.values.values()]
    return [*texts, *values, *said_by_customer]
