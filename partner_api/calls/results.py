"""What the results of an analysed call look like, as the API's document tells it.

Results are made and kept as plain JSON; these types describe them to those who read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Source: TypeAlias = Literal["audio", "segments", "transcript", "model"]
Speaker: TypeAlias = Literal["agent", "customer", "unknown"]


class Figure(msgspec.Struct):
    """A figure and where it comes from. `value` and `source` are null where it can't be measured, and `reason`, where
    it is there, says why."""

    value: float | None
    unit: str
    source: Source | None
    reason: str | UnsetType = UNSET


class OfSpeakers(msgspec.Struct):
    """The same figure of both."""

    agent: Figure
    customer: Figure


class OfSpeakersAndCall(OfSpeakers):
    """The same figure of both, and of the call as a whole."""

    call: Figure


class Segment(msgspec.Struct):
    """A turn. `start` and `end` are seconds from the beginning, `channel` is that of a stereo recording; each is null
    where it isn't known."""

    speaker: Speaker
    channel: Literal[0, 1] | None
    start: float | None
    end: float | None
    text: str


class Sentiment(msgspec.Struct):
    """From -1 to 1; `evidence` has the sentences that it is read from."""

    overall: Figure
    by_speaker: OfSpeakers
    course: Mapping[str, Figure]
    customer_course: Mapping[str, Figure]
    counts: Mapping[str, int]
    evidence: list[Mapping[str, Any]]


class ToneAnalysis(msgspec.Struct):
    """How it was said."""

    speaking_time: OfSpeakers
    talk_share: OfSpeakers
    word_share: OfSpeakers
    silence_share: Figure
    longest_silence: Figure
    pace: OfSpeakersAndCall
    interruptions: OfSpeakers
    overlap: Figure
    response_latency: OfSpeakers
    longest_monologue: OfSpeakers
    loudness: OfSpeakersAndCall
    loudness_variation: OfSpeakersAndCall
    clipping_share: Figure
    sentiment: Sentiment


class ContentAnalysis(msgspec.Struct):
    """What was said. Each finding has its `sentence`, `speaker`, `turn` (counted from 0) and `start`.
    The lists are null in a language that there are no word lists for."""

    call_type: str
    summary: Mapping[str, Any] | None
    topics: list[Mapping[str, Any]] | None
    questions: list[Mapping[str, Any]] | None
    objections: list[Mapping[str, Any]] | None
    commitments: list[Mapping[str, Any]] | None
    next_steps: list[Mapping[str, Any]] | None
    key_facts: list[Mapping[str, Any]] | None
    counts: Mapping[str, Figure]
    questions_answered: OfSpeakers
    objections_handled: Figure
    script_adherence: Mapping[str, Any] | None


class ScorePart(msgspec.Struct):
    """One part of the score. `score` is null where it can't be told; the others then weigh more."""

    name: str
    score: float | None
    max: float
    reason: str
    source: Source | None
    evidence: list[Mapping[str, Any]]


class Scores(msgspec.Struct):
    """What the overall score is made of, by which rubric."""

    rubric: str
    parts: list[ScorePart]


class CallResults(msgspec.Struct):
    """The analysis of a call. `transcript` has one line a turn, with its speaker before it.

    `model` tells what a language model added: null where none is asked, and where its answer was no use.
    """

    transcript: str
    language: str | None
    duration_seconds: float | None
    segments: list[Segment]
    tone_analysis: ToneAnalysis
    content_analysis: ContentAnalysis
    scores: Scores
    overall_score: Annotated[float, Meta(ge=0, le=10)] | None
    model: Mapping[str, Any] | None
    sandbox: bool | UnsetType = UNSET


class JobError(msgspec.Struct):
    code: str
    message: str


class CallEnded(msgspec.Struct):
    """What `webhook_url` is sent when a job has ended.

    A completed job has `results`, a failed one `error`. `metadata` is what came with the call. What would be longer
    than 100,000 bytes is cut: it has `truncated`, and `results_url` with the whole.
    """

    job_id: str
    job_type: str
    status: Literal["completed", "failed", "cancelled"]
    timestamp: str
    call_id: str
    results: CallResults | UnsetType = UNSET
    error: JobError | UnsetType = UNSET
    metadata: Mapping[str, Any] | UnsetType = UNSET
    truncated: bool | UnsetType = UNSET
    results_url: str | UnsetType = UNSET
