"""The wire of `/chat/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from bot.web.fields import Checked, NullIs
from knowledge.answers import DEFAULT_TOP_K, MAX_TOP_K
from knowledge.entries import Audience
from knowledge.schemas import BLANK_IS_NONE, NOT_BLANK, RequestModel, up_to

MAX_MESSAGE = 1000
MAX_CALLERS_ID = 200


class Mode(StrEnum):
    """Who asks: a vendor's tenant, who rents from it (租客), or its customer service."""

    TENANT = "tenant"
    CUSTOMER_SERVICE = "customer_service"

    @property
    def audience(self) -> Audience:
        return Audience.RENTER if self is Mode.TENANT else Audience.STAFF


def _top_k(value: int) -> int:
    if not 1 <= value <= MAX_TOP_K:
        raise ValueError(f"must be 1 to {MAX_TOP_K}")
    return value


TopK = Annotated[int, Checked(_top_k, {"minimum": 1, "maximum": MAX_TOP_K}), NullIs(DEFAULT_TOP_K)]
ModeName = Annotated[Literal["tenant", "customer_service"], NullIs(Mode.TENANT.value)]
CallersId = Annotated[Annotated[str, up_to(MAX_CALLERS_ID)] | None, BLANK_IS_NONE]


class ChatBody(RequestModel):
    """A question. `session_id` and `user_id` are the caller's own; blank ones mean none."""

    message: Annotated[str, up_to(MAX_MESSAGE), NOT_BLANK, Field(description="What the customer asks.")]
    vendor_id: Annotated[int, Field(description="Whose knowledge it is answered from.")]
    mode: Annotated[ModeName, Field(description="Who asks: somebody who rents, or the vendor's own staff.")] = "tenant"
    session_id: Annotated[CallersId, Field(description="The last six turns of a session go with the question.")] = None
    user_id: Annotated[CallersId, Field(description="Whose session it is; another user's remembers nothing.")] = None
    top_k: Annotated[TopK, Field(description="How many entries are looked at.")] = DEFAULT_TOP_K
    include_sources: Annotated[bool, NullIs(True), Field(description="Whether `sources` is filled.")] = True


class SourceView(msgspec.Struct):
    """An entry that the answer draws on; `answer` is as stored, before any value is put in."""

    id: int
    question_summary: str
    answer: str
    scope: str


class Optimization(msgspec.Struct):
    """`optimization_applied`: a language model worded the answer. `vendor_params_injected`: it holds values."""

    optimization_applied: bool
    tokens_used: int
    processing_time_ms: int
    vendor_params_injected: bool


class IntentView(msgspec.Struct):
    """What the message is for. Without an intent, `confidence` is the answer's."""

    intent_name: str
    intent_type: str
    confidence: float
    all_intents: list[str]
    secondary_intents: list[str]
    intent_ids: list[int]


class SourcesView(msgspec.Struct):
    sources: list[SourceView]
    source_count: int


class ChatView(msgspec.Struct):
    """The documented answer, and beside it `outcome`, `values` in the answer by key, and `suggestions`."""

    answer: str
    intent_name: str
    intent_type: str
    confidence: float
    all_intents: list[str]
    secondary_intents: list[str]
    intent_ids: list[int]
    sources: list[SourceView]
    source_count: int
    vendor_id: int
    mode: str
    session_id: str | None
    timestamp: str
    llm_optimization: Optimization
    outcome: str
    values: Mapping[str, str]
    suggestions: list[str]

    @property
    def intent(self) -> IntentView:
        return IntentView(**{name: getattr(self, name) for name in IntentView.__struct_fields__})

    @property
    def shown_sources(self) -> SourcesView:
        return SourcesView(self.sources, self.source_count)


class TestedVendor(msgspec.Struct):
    id: int
    code: str
    name: str
    short_name: str | None
    contact_phone: str | None
    contact_email: str | None
    is_active: bool
    subscription_plan: str


class TestedParameter(msgspec.Struct):
    value: str
    data_type: str
    unit: str | None
    display_name: str | None
    description: str | None


class TestedTemplate(msgspec.Struct):
    """A text before and after a vendor's values are put in; `missing` are the keys that have none."""

    original: str
    resolved: str
    missing: list[str]


class VendorTestView(msgspec.Struct):
    """Whether a vendor's parameters are as they should be."""

    vendor: TestedVendor
    param_count: int
    parameters: Mapping[str, TestedParameter]
    test_template: TestedTemplate


class ReloadedView(msgspec.Struct):
    success: bool
    message: str
    timestamp: str
