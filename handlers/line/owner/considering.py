"""What an answer that staff write would come to: as customers read it, what it contradicts, and what it repeats."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.line.asking import principal_of
from handlers.line.owner.desk import Errand
from handlers.line.owner.linking import LONGEST, linked
from handlers.line.owner.naming import called
from handlers.line.owner.tools import Tools
from knowledge import grounding
from knowledge.entries import Entry
from knowledge.importing import duplicates
from knowledge.importing.duplicates import Known
from knowledge.overrides import with_vendor_values
from knowledge.parameters import Parameters, fill, keys_in, written
from knowledge.repository.vendors import seen_vendor
from knowledge.retrieval.index import Index


@dataclass(frozen=True, slots=True)
class Likeness:
    """An entry that answers the same question: as it stands, and whether it says the same."""

    entry_id: int
    question: str
    answer: str
    says_the_same: bool


@dataclass(frozen=True, slots=True)
class Considered:
    """`reads` is the answer with the shop's values in it. `contradicts` are names and values of parameters
    that it states otherwise, `unknown` the placeholders without a value, `like` an entry about the same.
    `linked` is the answer with parameters in place of values that it writes out, `follows` what these are called."""

    reads: str
    contradicts: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    like: Likeness | None = None
    linked: str = ""
    follows: tuple[str, ...] = ()


async def index_of(tools: Tools, errand: Errand) -> Index:
    """What is held of the shop's knowledge. Raises VendorNotFound."""
    principal = principal_of(errand.bot)
    async with tools.database.reading() as session:
        vendor = await seen_vendor(session, principal, errand.bot.vendor_id)
    return await tools.library.index_of(principal, vendor)


async def consider(tools: Tools, errand: Errand, *, question: str, answer: str) -> Considered:
    """Look at an answer before it is stored. The weighing is done beside the event loop."""
    index = await index_of(tools, errand)
    return await asyncio.to_thread(considered, question, answer, index.parameters, entries=index.entries)


def considered(question: str, answer: str, parameters: Parameters, *, entries: Sequence[Entry] = ()) -> Considered:
    """As `consider`. Pure."""
    filled = fill(answer, parameters)
    follows = linked(answer, parameters, topic=question)
    known = {key for key, one in parameters.items() if one.value.strip()}
    return Considered(
        reads=filled.text,
        contradicts=tuple(_contradicted(question, answer[:LONGEST], parameters)),
        unknown=tuple(sorted(keys_in(answer) - known)),
        like=_alike(question, answer, entries),
        linked=follows.answer if follows.keys else "",
        follows=tuple(called(parameters[key]) for key in follows.keys),
    )


def _contradicted(question: str, answer: str, parameters: Parameters) -> list[tuple[str, str]]:
    """Names and values of the parameters for which the answer states another figure."""
    stated = grounding.facts_in(fill(answer, parameters).text)
    corrected = with_vendor_values(answer, parameters, topic=question)
    found = []
    for key in sorted(corrected.used):
        value = written(parameters[key])
        facts = grounding.facts_in(value)
        if facts and not facts <= stated:
            found.append((called(parameters[key]), value))
    return found


def _alike(question: str, answer: str, entries: Sequence[Entry]) -> Likeness | None:
    existing = (Known(one.question, one.answer, one.id, one.audience.value) for one in entries)
    for finding in duplicates.find([Known(question, answer)], existing):
        entry = next((one for one in entries if one.id == finding.entry), None)
        if entry is not None:
            same = finding.kind in (duplicates.Kind.DUPLICATE, duplicates.Kind.REWORDED)
            return Likeness(entry.id, entry.question, entry.answer, same)
    return None
