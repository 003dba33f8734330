"""The wire of `/api/v1/intents`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field

from bot.models import Intent
from bot.web.fields import CHANGE, NullIs, many_lines
from knowledge.entries import IntentType
from knowledge.intents.patterns import check_pattern
from knowledge.schemas import NOT_BLANK, Line, RequestModel, to_the_second, up_to
from knowledge.schemas.fields import AuthorBody, Id, PageQuery

TypeName = Literal["knowledge", "data_query", "action", "hybrid"]
MAX_SENT = 1_000
MAX_PARAMETERS = 20
MAX_TIMEOUT = 10.0
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,63}"

Name = Annotated[Line, up_to(100)]
Description = Annotated[str, up_to(2_000), AfterValidator(many_lines), NullIs("")]
Example = Annotated[str, up_to(300), AfterValidator(many_lines), NOT_BLANK]
# More may be sent than are kept, since those that say the same count once.
Examples = Annotated[list[Example], Field(max_length=MAX_SENT)]


class EndpointParameter(RequestModel):
    """A value that is collected from the customer before the endpoint is asked."""

    name: Annotated[str, Field(pattern=f"^{_NAME}$")]
    description: Description = ""
    required: bool = True
    pattern: Annotated[str, AfterValidator(check_pattern)] | None = None


def _once(value: list[EndpointParameter]) -> list[EndpointParameter]:
    if len({item.name for item in value}) != len(value):
        raise ValueError("must name each parameter once")
    return value


class EndpointBody(RequestModel):
    """How the vendor's own system is asked.

    `answer` is a text with `{{field}}` of the JSON object that comes back; without it, the whole object
    is what an answer is made of.
    """

    url: Annotated[str, Field(max_length=2_048)]
    method: Literal["GET", "POST"] = "POST"
    parameters: Annotated[list[EndpointParameter], Field(max_length=MAX_PARAMETERS), AfterValidator(_once)] = Field(
        default_factory=list
    )
    timeout_seconds: Annotated[float, Field(ge=1, le=MAX_TIMEOUT)] = 5.0
    answer: Annotated[str, up_to(2_000), AfterValidator(many_lines), NOT_BLANK] | None = None


class IntentFields(AuthorBody):
    """What can be said of an intent; each field may be left out where one exists already."""

    name: Name = ""
    type: TypeName = "knowledge"
    description: Description = ""
    examples: Examples = Field(default_factory=list)
    enabled: bool = True
    endpoint: EndpointBody | None = None
    vendor_id: Id | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The fields that were sent, by the names of their columns."""
        sent = self.model_dump(include=self.model_fields_set & {"name", "type", "description", "examples", "endpoint"})
        return sent | ({"is_enabled": self.enabled} if "enabled" in self.model_fields_set else {})


class NewIntentBody(IntentFields):
    """The intent to make: with a vendor that vendor's own, without one shared by all."""

    name: Name

    @property
    def intent_type(self) -> IntentType:
        return IntentType(self.type)


class IntentChangeBody(IntentFields):
    """What to change of an intent: the fields that are given. Whose it is can't change."""

    model_config = CHANGE


class ExamplesBody(AuthorBody):
    """Examples to add."""

    examples: Annotated[Examples, Field(min_length=1)]


class IntentsQuery(PageQuery):
    """Which intents to list: with a vendor, those that it uses."""

    vendor_id: Id | None = None
    enabled: bool | None = None


class IntentAnswer(msgspec.Struct, kw_only=True):
    """An intent as it is shown."""

    id: int
    name: str
    type: str
    description: str
    examples: list[str]
    enabled: bool
    vendor_id: int | None
    endpoint: dict[str, Any] | None
    created_at: str
    updated_at: str


class WrittenIntent(IntentAnswer, kw_only=True, omit_defaults=True):
    """An intent that was just written; the secret is there where this call made one."""

    endpoint_secret: str | None = None


class IntentList(msgspec.Struct):
    items: list[IntentAnswer]
    total: int
    limit: int
    offset: int


class DeletedIntent(msgspec.Struct):
    id: int
    deleted: bool


def shown(row: Intent) -> IntentAnswer:
    return IntentAnswer(**_fields(row))


def written(row: Intent, secret: str | None) -> WrittenIntent:
    return WrittenIntent(**_fields(row), endpoint_secret=secret)


def _fields(row: Intent) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "type": row.type, "description": row.description,
        "examples": list(row.examples), "enabled": row.is_enabled, "vendor_id": row.vendor_id,
        "endpoint": row.endpoint, "created_at": to_the_second(row.created_at),
        "updated_at": to_the_second(row.updated_at),
    }  # fmt: skip
