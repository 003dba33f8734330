"""Fields that several of the chat engine's resources have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.web.fields import many_lines, one_line
from knowledge import keywords
from knowledge.schemas import BLANK_IS_NONE, NOT_BLANK, Line, RequestModel, up_to

LARGEST_ID = 2**63 - 1
MAX_QUESTION = 1_000
MAX_ANSWER = 10_000
MAX_KEYWORDS = 100
MAX_INTENTS = 50
MAX_LIMIT = 200
MAX_OFFSET = 1_000_000_000

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
AudienceName = Literal["all", "renter", "staff"]
QuestionText = Annotated[str, up_to(MAX_QUESTION), AfterValidator(many_lines), NOT_BLANK]
AnswerText = Annotated[str, up_to(MAX_ANSWER), AfterValidator(many_lines), NOT_BLANK]
IntentNames = Annotated[list[Id | Annotated[Line, up_to(100)]], Field(max_length=MAX_INTENTS)]
IntentIds = Annotated[list[Id], Field(max_length=MAX_INTENTS)]
SaidBy = Annotated[Annotated[Line, up_to(100)] | None, BLANK_IS_NONE]


def _keywords(value: Any) -> Any:
    """Keywords may come as a list, or as the text that a form or a file has for them."""
    return keywords.split(value) if isinstance(value, str) else value


def _whole(value: list[str]) -> list[str]:
    whole = keywords.split(keywords.join(value))
    if len(whole) > MAX_KEYWORDS:
        raise ValueError(f"must hold at most {MAX_KEYWORDS} keywords")
    return whole


Keyword = Annotated[str, up_to(100), AfterValidator(one_line)]
Keywords = Annotated[
    list[Keyword], BeforeValidator(_keywords, json_schema_input_type=list[str] | str), AfterValidator(_whole)
]


class PageQuery(BaseModel):
    """Which part of a list. Numbers arrive as text here, so that types are read and not taken as sent."""

    model_config = ConfigDict(str_strip_whitespace=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class AuthorBody(RequestModel):
    """What a caller says of itself: kept as said, beside who it really is."""

    created_by: SaidBy = None
    updated_by: SaidBy = None

    @property
    def said_by(self) -> str | None:
        return self.updated_by or self.created_by
