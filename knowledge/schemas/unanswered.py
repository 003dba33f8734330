"""The wire of `/api/v1/unanswered`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from bot.models import UnansweredCluster, UnansweredQuestion
from bot.web.fields import CHANGE
from knowledge.schemas import to_the_second
from knowledge.schemas.entries import EntryFields, WrittenEntry
from knowledge.schemas.fields import AnswerText, AudienceName, Id, PageQuery

MOST_EXAMPLES = 5


class QuestionsQuery(PageQuery):
    """Which unanswered questions to list."""

    vendor_id: Id | None = None
    audience: AudienceName | None = None
    state: Literal["open", "answered", "dismissed"] = "open"


class AnswerBody(EntryFields):
    """The answer to a question, which becomes an entry; what else isn't given follows from the question."""

    model_config = CHANGE

    answer: AnswerText
    is_curated: bool = True


class ClusterAnswer(msgspec.Struct, kw_only=True):
    """Questions that ask the same: the most telling of them, how often they were asked, and some of them."""

    id: int
    vendor_id: int
    audience: str
    text: str
    asked: int
    state: str
    entry_id: int | None
    examples: list[str]
    first_asked_at: str
    last_asked_at: str


class QuestionAnswer(msgspec.Struct):
    """One time that it was asked; the text is null once its sender took it back."""

    text: str | None
    asked_at: str


class ClusterWithQuestions(ClusterAnswer, kw_only=True):
    """A cluster with a page of its questions, the newest first."""

    questions: list[QuestionAnswer]
    limit: int
    offset: int


class ClusterList(msgspec.Struct):
    items: list[ClusterAnswer]
    total: int
    limit: int
    offset: int


class Answered(msgspec.Struct):
    """The answered question, and the entry that its answer became."""

    question: ClusterAnswer
    entry: WrittenEntry


def cluster_shown(row: UnansweredCluster, texts: Sequence[str]) -> ClusterAnswer:
    return ClusterAnswer(**_fields(row, texts))


def with_questions(
    row: UnansweredCluster, texts: Sequence[str], questions: Sequence[UnansweredQuestion], *, limit: int, offset: int
) -> ClusterWithQuestions:
    shown = [QuestionAnswer(one.text or None, to_the_second(one.asked_at)) for one in questions]
    return ClusterWithQuestions(**_fields(row, texts), questions=shown, limit=limit, offset=offset)


def _fields(row: UnansweredCluster, texts: Sequence[str]) -> dict[str, Any]:
    return {
        "id": row.id, "vendor_id": row.vendor_id, "audience": row.audience, "text": row.text, "asked": row.asked,
        "state": row.state, "entry_id": row.entry_id, "examples": list(dict.fromkeys(texts))[:MOST_EXAMPLES],
        "first_asked_at": to_the_second(row.first_asked_at), "last_asked_at": to_the_second(row.last_asked_at),
    }  # fmt: skip
