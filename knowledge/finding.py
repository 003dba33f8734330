"""What of a vendor's knowledge bears on a message: its parts, its readings, and how sure each find is."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from knowledge.answers import MAX_TOP_K, Question, Turn
from knowledge.composing import smalltalk
from knowledge.entries import Audience
from knowledge.following import Reading, asks, readings
from knowledge.retrieval.encoding import Encoding
from knowledge.retrieval.index import Hit, Index

# At this confidence an entry is taken to answer the question. A model may look at less sure ones too,
# since it can say that they don't.
SURE = 0.5
WORTH_A_LOOK = 0.15
# From this on, and by so much before the next, an entry is told as what the question is probably about.
LIKELY = 0.38
LIKELY_LEAD = 1.5
MAX_PARTS = 6
MAX_SUGGESTIONS = 3
# Below this a message that doesn't say that it leans on another is read as if it did.
LOST = 0.25
# How much of its confidence an entry keeps that was found by a reading that leans on an earlier question.
LEANING = 0.95

# Beyond so many entries a search takes milliseconds, and is done beside the event loop.
MANY = 2_000

_PART = re.compile(r"[^?？\n]+[?？]?")
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Hits that answer for sure, hits worth a look, and the rest for suggestions; no entry twice.

    `understood` is the message as it was read: itself, or a follow-up with what it leans on. `open` are
    those of its several questions that nothing surely answers.
    """

    sure: tuple[Hit, ...]
    possible: tuple[Hit, ...]
    others: tuple[Hit, ...]
    understood: str
    open: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Hit, ...]:
        return (*self.sure, *self.possible, *self.others)

    @property
    def likely(self) -> tuple[Hit, ...]:
        """The one hit that probably answers, where none surely does and it stands out; else nothing."""
        if self.sure or not self.possible or self.possible[0].confidence < LIKELY:
            return ()
        second = max((hit.confidence for hit in (*self.possible[1:], *self.others)), default=0.0)
        return self.possible[:1] if self.possible[0].confidence >= LIKELY_LEAD * second else ()

    @property
    def confidence(self) -> float:
        return max((hit.confidence for hit in self.all), default=0.0)


@dataclass(frozen=True, slots=True)
class Finder:
    """Searches one vendor's index. `favoured` are the intents that the message holds."""

    index: Index
    encoding: Encoding
    audience: Audience
    top_k: int
    favoured: Collection[int] = ()

    async def find(self, question: Question, text: str) -> Found:
        """Look for each of the message's questions; one entry counts once, for the question it fits best."""
        best: dict[int, Hit] = {}
        sure: dict[int, Hit] = {}
        understood: list[str] = []
        lost: list[str] = []
        parts = parts_of(text)
        for at, part in enumerate(parts):
            # A later part of a message leans on the part before it, if on anything.
            before = (Turn(parts[at - 1], from_customer=True),) if at else question.history
            meant, hits = await self._read(readings(part, before))
            understood.append(meant)
            for hit in hits:
                if hit.entry.id not in best or best[hit.entry.id].confidence < hit.confidence:
                    best[hit.entry.id] = hit
            if hits and hits[0].confidence >= SURE:
                sure.setdefault(hits[0].entry.id, hits[0])
            elif asks(part):
                lost.append(part)
        ranked = sorted(best.values(), key=lambda hit: (hit.confidence, hit.score), reverse=True)
        rest = [hit for hit in ranked if hit.entry.id not in sure]
        possible = [hit for hit in rest[: self.top_k] if hit.confidence >= WORTH_A_LOOK]
        others = [hit for hit in rest if hit not in possible]
        said = " ".join(understood) if len(parts) == 1 else text
        # Each question of a message may have its entry, however few are wanted for one.
        chosen = tuple(sure.values())[: max(self.top_k, len(parts))]
        return Found(chosen, tuple(possible), tuple(others), said, tuple(lost) if len(parts) > 1 else ())

    async def _read(self, ways: tuple[Reading, ...]) -> tuple[str, list[Hit]]:
        """The reading that finds most surely, the literal one wherever it is sure, and what it finds."""
        literal = next((way for way in ways if not way.leans), ways[0])
        plain = await self._search(literal.text)
        if len(ways) == 1 or (ways[0] is literal and _top(plain) >= SURE):
            return literal.text, plain
        chosen, hits = literal.text, plain
        near = {hit.entry.id for hit in plain}
        for way in ways:
            if not way.leans or (way.only_if_lost and _top(plain) >= LOST):
                continue
            # The message's own words must bear on what is found, or the answer before would come again.
            leaning = await self._search(way.text)
            if ways[0] is literal:
                leaning = [hit for hit in leaning if hit.entry.id in near]
            if _top(leaning) * LEANING > _top(hits):
                chosen, hits = way.text, leaning
        return chosen, hits

    async def _search(self, text: str) -> list[Hit]:
        if not any(character.isalpha() for character in text):
            return []
        vector = await self.encoding.vector_of(text)
        limit = self.top_k + MAX_SUGGESTIONS
        search = partial(self.index.search, text, vector, audience=self.audience, limit=limit, favoured=self.favoured)
        hits = await self.encoding.in_thread(search) if len(self.index.entries) > MANY else search()
        # What ranks first among near equals isn't always what most surely answers.
        return sorted(hits, key=lambda hit: (hit.confidence, hit.score), reverse=True)


def top_k_of(question: Question) -> int:
    return min(max(question.top_k, 1), MAX_TOP_K)


def parts_of(text: str) -> list[str]:
    """The questions of a message, each by itself; the message where it is one."""
    parts = [part.strip() for part in _PART.findall(text)]
    asking = [part for part in parts if len(part) >= _SHORTEST_PART and smalltalk.kind_of(part) is None]
    return asking[:MAX_PARTS] or [text]


def _top(hits: list[Hit]) -> float:
    return hits[0].confidence if hits else 0.0
