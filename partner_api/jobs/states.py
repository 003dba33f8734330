"""What a job is, and the states that it goes through."""

from __future__ import annotations

import uuid
from enum import StrEnum

CALL_ANALYSIS = "call_analysis"
# The lanes (`bot.outbox`) that calls are analysed in.
PREFIX = "call"


class JobState(StrEnum):
    """`queued` and `processing` are open; the others are final."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.QUEUED, JobState.PROCESSING)
ENDED = (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)


def lane_of(job_id: uuid.UUID) -> str:
    """The lane in which a job is worked on."""
    return f"{PREFIX}:{job_id}"
