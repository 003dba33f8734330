"""The wire of `POST /api/v1/knowledge/search`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from pydantic import AfterValidator, Field

from bot.web.fields import many_lines
from knowledge import keywords
from knowledge.entries import Audience
from knowledge.explaining import DIGITS, Explanation, Reasons
from knowledge.finding import SURE, WORTH_A_LOOK
from knowledge.schemas import NOT_BLANK, RequestModel, up_to
from knowledge.schemas.chat import Mode
from knowledge.schemas.fields import MAX_QUESTION, Id

MAX_SHOWN = 20


class SearchBody(RequestModel):
    """A question as a customer would ask it. `mode` is the chat API's word for the audience."""

    vendor_id: Id | None = None
    query: Annotated[str, up_to(MAX_QUESTION), AfterValidator(many_lines), NOT_BLANK]
    audience: Literal["renter", "staff"] | None = None
    mode: Literal["tenant", "customer_service"] | None = None
    top_k: Annotated[int, Field(ge=1, le=MAX_SHOWN)] = 5

    @property
    def reader(self) -> Audience:
        """Who asks: renters where nothing is said."""
        return Audience(self.audience) if self.audience else Mode(self.mode or Mode.TENANT).audience


class FoundIntent(msgspec.Struct):
    id: int
    name: str
    type: str
    confidence: float


class SignalView(msgspec.Struct):
    """`value` is the signal's own strength; `share` is how much of the score it made, null where it makes none."""

    value: float
    share: float | None


class Why(msgspec.Struct):
    part: str
    matched_terms: tuple[str, ...]
    signals: dict[str, SignalView]


class FoundEntry(msgspec.Struct):
    """An entry that was looked at. `text` is its answer with the vendor's values in it."""

    id: int
    question_summary: str
    answer: str
    scope: str
    audience: str
    keywords: list[str]
    intent_ids: tuple[int, ...]
    is_curated: bool
    score: float
    confidence: float
    verdict: str
    why: Why
    text: str
    values: Mapping[str, str]
    left_out: tuple[str, ...]


class SearchAnswer(msgspec.Struct):
    """What was found, best first, and from which confidence on an entry is sure or possible."""

    query: str
    vendor_id: int
    audience: str
    thresholds: dict[str, float]
    intents: list[FoundIntent]
    items: list[FoundEntry]


def explained(body: SearchBody, vendor_id: int, explanation: Explanation) -> SearchAnswer:
    intents = [FoundIntent(one.id, one.name, one.type.value, one.confidence) for one in explanation.intents]
    items = [_found(reasons) for reasons in explanation.reasons]
    thresholds = {"sure": SURE, "possible": WORTH_A_LOOK}
    return SearchAnswer(body.query, vendor_id, body.reader.value, thresholds, intents, items)


def _found(reasons: Reasons) -> FoundEntry:
    entry = reasons.hit.entry
    signals = {name: SignalView(one.value, one.share) for name, one in reasons.signals.items()}
    return FoundEntry(
        entry.id, entry.question, entry.answer, entry.scope.value, entry.audience.value, keywords.split(entry.keywords),
        entry.intents, entry.is_curated, round(reasons.hit.score, DIGITS), round(reasons.hit.confidence, DIGITS),
        reasons.verdict.value, Why(reasons.part, reasons.matched, signals), reasons.text, reasons.values,
        reasons.left_out,
    )  # fmt: skip
