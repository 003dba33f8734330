"""The wire of `/api/v1/knowledge`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field

from bot.models import KnowledgeChange, KnowledgeEntry
from bot.web.fields import CHANGE, one_line
from knowledge import keywords
from knowledge.schemas import to_the_second, up_to
from knowledge.schemas.fields import (
    AnswerText,
    AudienceName,
    AuthorBody,
    Id,
    IntentIds,
    IntentNames,
    Keywords,
    PageQuery,
    QuestionText,
)  # fmt: skip
from knowledge.suggesting import Suggestion

ScopeName = Literal["global", "vendor", "customized"]
MAX_SEARCH = 200


class EntryFields(AuthorBody):
    """What can be said of an entry; each field may be left out where an entry exists already."""

    question_summary: QuestionText = ""
    answer: AnswerText = ""
    audience: AudienceName = "all"
    keywords: Keywords = Field(default_factory=list)
    intents: IntentNames = Field(default_factory=list)
    intent_ids: IntentIds = Field(default_factory=list)
    is_curated: bool = False
    is_active: bool = True

    @property
    def given(self) -> dict[str, Any]:
        """The fields that were sent, without the intents, which have to be looked up."""
        plain = {"question_summary", "answer", "audience", "keywords", "is_curated", "is_active"}
        return self.model_dump(include=self.model_fields_set & plain)

    @property
    def intents_given(self) -> list[list[int | str]]:
        """Each list of intents that was sent."""
        return [list(getattr(self, name)) for name in ("intents", "intent_ids") if name in self.model_fields_set]


class NewEntryBody(EntryFields):
    """The entry to make: with a vendor that vendor's own, without one shared by all."""

    question_summary: QuestionText
    answer: AnswerText
    vendor_id: Id | None = None
    scope: ScopeName | None = None


class EntryChangeBody(EntryFields):
    """What to change of an entry: the fields that are given. Whose it is can't change."""

    model_config = CHANGE

    vendor_id: Id | None = None
    scope: ScopeName | None = None


class CustomizeBody(EntryFields):
    """A vendor's own version of a global entry; what isn't given is as there."""

    model_config = CHANGE

    answer: AnswerText
    vendor_id: Id | None = None


class EntriesQuery(PageQuery):
    """Which entries to list."""

    vendor_id: Id | None = None
    scope: ScopeName | None = None
    audience: AudienceName | None = None
    intent_id: Id | None = None
    is_active: bool | None = None
    is_curated: bool | None = None
    q: Annotated[str, up_to(MAX_SEARCH), AfterValidator(one_line)] = ""


class EntryAnswer(msgspec.Struct, kw_only=True):
    """An entry as it is shown."""

    id: int
    question_summary: str
    answer: str
    scope: str
    vendor_id: int | None
    audience: str
    intents: list[str]
    intent_ids: list[int]
    keywords: list[str]
    is_curated: bool
    is_active: bool
    replaces_id: int | None
    origin: str
    created_at: str
    updated_at: str


class SuggestionView(msgspec.Struct):
    """`answer` is the entry's answer with `{{key}}` where `written` stands, a value that its vendor has."""

    key: str
    written: str
    start: int
    end: int
    confidence: float
    answer: str


class WrittenEntry(EntryAnswer, kw_only=True):
    """An entry that was just written, and what its writer should know."""

    warnings: list[str]
    suggestions: list[SuggestionView]


class EntryList(msgspec.Struct):
    items: list[EntryAnswer]
    total: int
    limit: int
    offset: int


class DeletedEntry(msgspec.Struct):
    """A deleted entry; `replaces_id` is the global one that its vendor sees again."""

    id: int
    deleted: bool
    replaces_id: int | None


class ChangeAnswer(msgspec.Struct):
    """One change: the fields that differ, as they were and as they are."""

    id: int
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    principal: str
    said_by: str | None
    created_at: str


class HistoryAnswer(msgspec.Struct):
    items: list[ChangeAnswer]
    total: int
    limit: int
    offset: int


def shown(row: KnowledgeEntry, names: Mapping[int, str]) -> EntryAnswer:
    """An entry's row; `names` are those of its intents, which is left out where it has none (any more)."""
    return EntryAnswer(**_fields(row, names))


def written(
    row: KnowledgeEntry, names: Mapping[int, str], *, warnings: list[str], suggestions: Iterable[Suggestion]
) -> WrittenEntry:
    views = [
        SuggestionView(one.key, one.written, one.start, one.end, one.confidence, one.answer) for one in suggestions
    ]
    return WrittenEntry(**_fields(row, names), warnings=warnings, suggestions=views)


def change_shown(row: KnowledgeChange) -> ChangeAnswer:
    return ChangeAnswer(
        row.id, row.action, row.before, row.after, row.principal, row.said_by, to_the_second(row.created_at)
    )


def _fields(row: KnowledgeEntry, names: Mapping[int, str]) -> dict[str, Any]:
    ids = [one for one in row.intent_ids if one in names]
    return {
        "id": row.id, "question_summary": row.question_summary, "answer": row.answer, "scope": row.scope,
        "vendor_id": row.vendor_id, "audience": row.audience, "intents": [names[one] for one in ids],
        "intent_ids": ids, "keywords": keywords.split(row.keywords), "is_curated": row.is_curated,
        "is_active": row.is_active, "replaces_id": row.replaces_id, "origin": row.origin,
        "created_at": to_the_second(row.created_at), "updated_at": to_the_second(row.updated_at),
    }  # fmt: skip
