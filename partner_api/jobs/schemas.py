"""The wire of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from bot.models import AsyncJob
from partner_api.jobs.estimating import estimated_time
from partner_api.jobs.states import OPEN, JobState
from partner_api.wire import PageQuery, timestamp

# `partner_api.calls.results` describes them.
RESULTS = msgspec.Meta(extra_json_schema={"$ref": "#/components/schemas/CallResults"})


class JobsQuery(PageQuery):
    """Which jobs: of one status, of one company."""

    status: Literal["queued", "processing", "completed", "failed", "cancelled"] | None = None
    company_id: str | None = None


class JobFailure(msgspec.Struct):
    """Why a job failed: `code` is stable, `message` is for people."""

    code: str
    message: str


class JobShown(msgspec.Struct):
    """A job as the list has it. `completed_at` is when it ended, however it did.

    `estimated_time` is there while it is open; `results_until` and `results_expired` once it is completed.
    """

    job_id: str
    job_type: str
    status: JobState
    created_at: str
    started_at: str | None
    completed_at: str | None
    call_id: str
    company_id: str | None
    agent_id: str | None
    call_type: str | None
    metadata: Mapping[str, Any] | None
    error: JobFailure | None
    estimated_time: str | UnsetType = UNSET
    results_until: str | UnsetType = UNSET
    results_expired: bool | UnsetType = UNSET


class JobStatus(JobShown):
    """A job, with its `results` where it is completed and they are kept still."""

    results: Annotated[Mapping[str, Any], RESULTS] | UnsetType = UNSET


class JobList(msgspec.Struct):
    jobs: list[JobShown]
    total: int
    limit: int
    offset: int


def job_shown(job: AsyncJob, now: datetime) -> JobShown:
    return JobShown(**_fields(job, now))


def job_status(job: AsyncJob, now: datetime) -> JobStatus:
    """A job whose results were loaded with it."""
    kept = job.results if job.state == JobState.COMPLETED and _until(job, now) is not None else None
    return JobStatus(**_fields(job, now), results=UNSET if kept is None else kept)


def _until(job: AsyncJob, now: datetime) -> datetime | None:
    """Until when there are results; None also where they are past their time and wait for the chore."""
    return job.results_until if job.results_until is not None and job.results_until > now else None


def _fields(job: AsyncJob, now: datetime) -> dict[str, Any]:
    is_completed, until = job.state == JobState.COMPLETED, _until(job, now)
    return {
        "job_id": str(job.id),
        "job_type": job.job_type,
        "status": JobState(job.state),
        "created_at": timestamp(job.created_at),
        "started_at": timestamp(job.started_at) if job.started_at else None,
        "completed_at": timestamp(job.ended_at) if job.ended_at else None,
        "call_id": str(job.call_id),
        "company_id": str(job.company_id) if job.company_id else None,
        "agent_id": str(job.agent_id) if job.agent_id else None,
        "call_type": job.request.get("call_type"),
        "metadata": job.request.get("metadata"),
        "error": JobFailure(job.error_code, job.error_message or "") if job.error_code else None,
        "estimated_time": estimated_time(job.request, environment=job.environment) if job.state in OPEN else UNSET,
        "results_until": timestamp(until) if is_completed and until else UNSET,
        "results_expired": until is None if is_completed else UNSET,
    }
