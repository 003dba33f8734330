"""The wire of `/api/v1/imports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field

from bot.models import ImportJob, ImportRow
from bot.texts import Language, say
from bot.web.fields import one_line
from knowledge import keywords
from knowledge.importing.errors import told
from knowledge.importing.rows import Flaw, Notice
from knowledge.repository.imports import State
from knowledge.schemas import RequestModel, to_the_second, up_to
from knowledge.schemas.fields import AnswerText, AudienceName, AuthorBody, Id, IntentNames, PageQuery, QuestionText
from knowledge.suggesting import Suggestion

MOST_DECISIONS = 1_000
LONGEST_URL = 2_000
WHOLE = 100
StateName = Literal["waiting", "reading", "preview", "importing", "done", "failed", "cancelled"]
RowStateName = Literal["new", "duplicate", "conflict", "error", "imported", "skipped"]


class NewImportBody(AuthorBody):
    """What is said of an import beside its file: in JSON, or as the other fields of a form."""

    vendor_id: Id | None = None
    audience: AudienceName = "all"
    intents: IntentNames = Field(default_factory=list)
    apply: Literal["preview", "auto"] = "preview"


class PageImportBody(NewImportBody):
    """An import of a web page."""

    url: Annotated[str, up_to(LONGEST_URL), AfterValidator(one_line), Field(min_length=1)]


class RowDecisionBody(RequestModel):
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    action: Literal["add", "replace", "skip"]
    question: QuestionText | None = None
    answer: AnswerText | None = None


class ApplyBody(RequestModel):
    """What to do with a preview's rows."""

    duplicates: Literal["skip", "replace"] = "skip"
    conflicts: Literal["skip", "replace", "add"] = "skip"
    rows: Annotated[list[RowDecisionBody], Field(max_length=MOST_DECISIONS)] = Field(default_factory=list)
    use_suggestions: bool = False


class ImportsQuery(PageQuery):
    state: StateName | None = None
    vendor_id: Id | None = None


class RowsQuery(PageQuery):
    state: RowStateName | None = None


class Progress(msgspec.Struct):
    """Rows of the state that the import is in; `percent` is 100 once that is done with."""

    total: int
    done: int
    percent: int


class ErrorShown(msgspec.Struct):
    code: str
    message: str


class ImportAnswer(msgspec.Struct, kw_only=True):
    """An import as it is shown."""

    id: str
    state: str
    vendor_id: int | None
    file_name: str
    url: str | None
    format: str | None
    title: str
    needs_questions: bool
    progress: Progress
    counts: dict[str, int]
    error: ErrorShown | None
    options: dict[str, Any]
    created_by: str
    created_at: str
    updated_at: str


class ImportList(msgspec.Struct):
    items: list[ImportAnswer]
    total: int
    limit: int
    offset: int


class MetAnswer(msgspec.Struct, kw_only=True):
    """What a row is like: an entry, or a row before it. Its texts are null where it is gone by now."""

    kind: str
    entry_id: int | None
    row: int | None
    likeness: float
    facts: list[str]
    question_summary: str | None
    answer: str | None


class SuggestionAnswer(msgspec.Struct):
    """`written`, at `start:end` of the answer, is the value that the parameter `key` has now."""

    key: str
    written: str
    start: int
    end: int
    confidence: float


class RowAnswer(msgspec.Struct, kw_only=True):
    """A row of an import as it is shown; the vendor has no intents of the names `unknown_intents`."""

    number: int
    place: str
    state: str
    question: str
    answer: str
    keywords: list[str]
    audience: str
    intents: list[str]
    unknown_intents: list[str]
    problem: ErrorShown | None
    notice: ErrorShown | None
    meets: list[MetAnswer]
    suggestions: list[SuggestionAnswer]
    decided: str | None
    entry_id: int | None


class RowList(msgspec.Struct):
    items: list[RowAnswer]
    total: int
    limit: int
    offset: int


class DeletedImport(msgspec.Struct):
    id: str
    deleted: bool


def import_shown(job: ImportJob, language: Language) -> ImportAnswer:
    """A job; its error is told in `language`."""
    error = None
    if job.error is not None:
        error = ErrorShown(job.error, told(job.error, language, job.found.get("error_values", {})))
    names = ("apply", "audience", "intent_ids", "duplicates", "conflicts", "use_suggestions")
    return ImportAnswer(
        id=str(job.id), state=job.state, vendor_id=job.vendor_id, file_name=job.file_name, url=job.url,
        format=job.format, title=job.found.get("title", ""), needs_questions=job.found.get("needs_questions", False),
        progress=Progress(job.total, job.done, _percent(job)), counts=job.counts, error=error,
        options={name: job.options[name] for name in names if name in job.options},
        created_by=job.created_by, created_at=to_the_second(job.created_at), updated_at=to_the_second(job.updated_at),
    )  # fmt: skip


def row_shown(
    row: ImportRow,
    texts: Mapping[tuple[str, int], tuple[str, str]],
    suggestions: Sequence[Suggestion],
    *,
    language: Language,
) -> RowAnswer:
    """A row; `texts` are question and answer of what it meets, by kind (`entry`, `row`) and id or number."""
    said = row.row
    problem = None
    if row.problem is not None:
        problem = ErrorShown(row.problem, say(Flaw(row.problem).text_key, language))
    notice = None
    if said.get("notice"):
        notice = ErrorShown(said["notice"], say(Notice(said["notice"]).text_key, language))
    return RowAnswer(
        number=row.number, place=row.place, state=row.state, question=said.get("question", ""),
        answer=said.get("answer", ""), keywords=keywords.split(said.get("keywords", "")),
        audience=said.get("audience", "all"), intents=list(said.get("intents", ())),
        unknown_intents=list(said.get("unknown_intents", ())), problem=problem, notice=notice,
        meets=[_met(one, texts) for one in row.meets], decided=said.get("decided"), entry_id=row.entry_id,
        suggestions=[SuggestionAnswer(one.key, one.written, one.start, one.end, one.confidence) for one in suggestions],
    )  # fmt: skip


def met_by(rows: Sequence[ImportRow]) -> tuple[set[int], set[int]]:
    """The ids of the entries and the numbers of the rows that these rows meet."""
    met = [one for row in rows for one in row.meets]
    return (
        {one["entry"] for one in met if one.get("entry") is not None},
        {one["row"] for one in met if one.get("row") is not None},
    )


def _met(one: Mapping[str, Any], texts: Mapping[tuple[str, int], tuple[str, str]]) -> MetAnswer:
    key = ("entry", one["entry"]) if one.get("entry") is not None else ("row", one.get("row") or 0)
    question, answer = texts.get(key, (None, None))
    return MetAnswer(
        kind=one["kind"], entry_id=one.get("entry"), row=one.get("row"), likeness=one["likeness"],
        facts=list(one["facts"]), question_summary=question, answer=answer,
    )  # fmt: skip


def _percent(job: ImportJob) -> int:
    if job.state in (State.PREVIEW.value, State.DONE.value):
        return WHOLE
    return WHOLE * job.done // job.total if job.total else 0
