"""Why an analysis fails: a stable code for programs, and a sentence for people."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """The `error_code` of a failed job. Codes are never renamed."""

    AUDIO_UNREADABLE = "audio_unreadable"
    AUDIO_TOO_LONG = "audio_too_long"
    AUDIO_FETCH_FAILED = "audio_fetch_failed"
    UNSAFE_URL = "unsafe_url"
    NO_SPEECH = "no_speech"
    TRANSCRIPT_EMPTY = "transcript_empty"
    TRANSCRIPTION_UNAVAILABLE = "transcription_unavailable"
    TRANSCRIPTION_FAILED = "transcription_failed"
    TRANSCRIPTION_TIMEOUT = "transcription_timeout"
    INTERNAL_ERROR = "internal_error"


MESSAGES = {
    Failure.AUDIO_UNREADABLE: "The recording is damaged, or not WAV, MP3, M4A, OGG, FLAC or WebM.",
    Failure.AUDIO_TOO_LONG: "The recording is longer than 60 minutes or larger than 25 MiB.",
    Failure.AUDIO_FETCH_FAILED: "The recording could not be fetched from its URL.",
    Failure.UNSAFE_URL: "The recording's URL leads to no public address.",
    Failure.NO_SPEECH: "Nobody speaks in the recording.",
    Failure.TRANSCRIPT_EMPTY: "The transcript has no text.",
    Failure.TRANSCRIPTION_UNAVAILABLE: "This server has no transcriber. Send a transcript with the call.",
    Failure.TRANSCRIPTION_FAILED: "The transcriber failed, after several attempts.",
    Failure.TRANSCRIPTION_TIMEOUT: "The transcriber took too long, after several attempts.",
    Failure.INTERNAL_ERROR: "The analysis failed for a reason of ours.",
}
# What may have passed by the next attempt.
TRANSIENT = frozenset({
    Failure.AUDIO_FETCH_FAILED, Failure.TRANSCRIPTION_FAILED, Failure.TRANSCRIPTION_TIMEOUT, Failure.INTERNAL_ERROR,
})  # fmt: skip


class AnalysisFailed(Exception):
    """A call can't be analysed; `is_transient` where another attempt may go better."""

    def __init__(self, failure: Failure, *, is_transient: bool | None = None) -> None:
        super().__init__(failure.value)
        self.failure = failure
        self.is_transient = failure in TRANSIENT if is_transient is None else is_transient
