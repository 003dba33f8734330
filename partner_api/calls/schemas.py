"""The wire of `POST /calls/analyze`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

import msgspec
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from bot.web.fields import NullIs, one_line
from partner_api.calls.analysis.turns import segments_of, turns_of
from partner_api.jobs.states import JobState
from partner_api.wire import RequestBody

DEFAULT_TYPE: Final = "general"
MAX_TRANSCRIPT = 200_000
MAX_TURNS = 5_000
MAX_SECONDS = 86_400
MAX_URL = 2_048
STEREO = 2
MAX_METADATA = 20
MAX_METADATA_NAME = 40
MAX_METADATA_TEXT = 500
LARGEST_EXACT = 2**53
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8}){0,2}", re.IGNORECASE)

CallType = Literal["sales_call", "support_call", "collection_call", "appointment_call", "general"]
Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False)]


class TurnBody(RequestBody):
    """What somebody said; who it is, and from when to when in seconds, where that is known."""

    speaker: Annotated[str, Field(max_length=100), AfterValidator(one_line)] | None = None
    text: Annotated[str, Field(max_length=MAX_TRANSCRIPT)]
    start: Seconds | None = None
    end: Seconds | None = None
    channel: Annotated[int, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> TurnBody:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("must not end before it starts")
        return self


def _as_turns(value: Any) -> Any:
    """A transcript as a list of turns, where it is a text."""
    if isinstance(value, str):
        if len(value) > MAX_TRANSCRIPT:
            raise ValueError(f"should have at most {MAX_TRANSCRIPT} characters")
        return segments_of(turns_of(value))
    if value is not None and not isinstance(value, list):
        raise ValueError("should be a text, or a list of turns")
    return value


def _said(turns: list[TurnBody]) -> list[TurnBody]:
    if not any(turn.text.strip() for turn in turns):
        raise ValueError("must hold something that was said")
    if sum(len(turn.text) for turn in turns) > MAX_TRANSCRIPT:
        raise ValueError(f"should have at most {MAX_TRANSCRIPT} characters")
    return turns


def _language(value: str) -> str:
    """The language of a tag such as `zh-TW`: what is transcribed doesn't depend on the rest."""
    found = _LANGUAGE.fullmatch(value.strip())
    if found is None:
        raise ValueError("must be an ISO 639-1 code such as en, zh or he")
    return found[1].lower()


def _channels(value: list[str]) -> list[str]:
    """Who speaks on the first and on the second channel of a stereo recording."""
    if len(value) != len(set(value)) or len(value) != STEREO:
        raise ValueError('must be ["agent", "customer"] or ["customer", "agent"]')
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    """A small flat object, which every receiver reads back as it was given."""
    if len(value) > MAX_METADATA:
        raise ValueError(f"must have at most {MAX_METADATA} names")
    for name, item in value.items():
        if not name or len(name) > MAX_METADATA_NAME:
            raise ValueError(f"must have names of 1 to {MAX_METADATA_NAME} characters")
        if isinstance(item, str) and len(item) > MAX_METADATA_TEXT:
            raise ValueError(f"must hold texts of at most {MAX_METADATA_TEXT} characters")
        if isinstance(item, int | float) and abs(item) > LARGEST_EXACT:
            raise ValueError("must hold numbers of at most 2^53")
        if item is not None and not isinstance(item, str | int | float):
            raise ValueError("must hold texts, numbers, true, false and null alone")
    return value


Transcript = Annotated[
    list[TurnBody],
    Field(max_length=MAX_TURNS),
    BeforeValidator(_as_turns, json_schema_input_type=str | list[TurnBody]),
    AfterValidator(_said),
]


class AnalyzeBody(RequestBody):
    """A call to analyse, by its recording, its transcript, or both. Fields beyond these are ignored."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    audio_file: str | None = None
    """A recording of up to 25 MiB: base64, a data URL, or an http(s) URL to fetch it from."""
    transcript: Transcript | None = None
    """A text with one line a turn, `Agent: ...` and `Customer: ...`, or a list of turns."""
    company_id: str
    agent_id: str
    """An agent of that company."""
    call_type: Annotated[CallType, NullIs(DEFAULT_TYPE)] = DEFAULT_TYPE
    """Which script and score apply."""
    webhook_url: Annotated[str, Field(max_length=MAX_URL)] | None = None
    """Where the end of the job is told: a public http(s) URL."""
    language: Annotated[str, AfterValidator(_language)] | None = None
    """The language that is spoken, where you know it: `en`, `zh`, `he`, ..."""
    mask_personal: Annotated[bool, NullIs(False)] = False
    """Whether phone, card and identity numbers are masked in the results."""
    channels: Annotated[list[Literal["agent", "customer"]], AfterValidator(_channels)] | None = None
    """Who speaks on the left and on the right of a stereo recording."""
    metadata: Annotated[dict[str, Any], AfterValidator(_metadata)] | None = None
    """Up to 20 texts, numbers, booleans or nulls of your own, given back with the job and its callback."""

    @model_validator(mode="after")
    def _something(self) -> AnalyzeBody:
        if self.audio_file is None and self.transcript is None:
            raise ValueError("needs audio_file, transcript, or both")
        return self


class Accepted(msgspec.Struct):
    """The documented 202 answer."""

    job_id: str
    status: JobState
    estimated_time: str
    message: str
