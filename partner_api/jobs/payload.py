"""What a callback tells of a job that has ended, as documented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.models import AsyncJob
from bot.webhooks.callbacks import Callback
from partner_api.jobs.states import JobState
from partner_api.wire import timestamp

Results = Mapping[str, Any]


def callback_of(job: AsyncJob, *, results: Results | None, base_url: str, now: datetime) -> Callback | None:
    """The callback that tells of the end of `job`, None where nobody wants one.

    `results` are those of a completed job. Enqueue it (`bot.webhooks.callbacks`) in the transaction that
    ends the job, and wake the lane after it. `base_url` is where this server is reached.
    """
    if job.webhook_url is None:
        return None
    return Callback(
        tenant_id=job.tenant_id,
        environment=job.environment,
        signer_id=job.signer_id,
        url=job.webhook_url,
        event=f"{job.job_type}.{job.state}",
        subject_id=job.id,
        payload=callback_payload(job, results=results, now=now),
        company_id=job.company_id,
        job_id=job.id,
        results_url=f"{base_url}/api/partner/v1/jobs/{job.id}/status",
    )


def callback_payload(job: AsyncJob, *, results: Results | None, now: datetime) -> dict[str, Any]:
    """The documented body: with `results` for a completed job, with `error` for a failed one."""
    payload: dict[str, Any] = {
        "job_id": str(job.id),
        "job_type": job.job_type,
        "status": job.state,
        "timestamp": timestamp(job.ended_at or now),
        "call_id": str(job.call_id),
    }
    if job.state == JobState.COMPLETED:
        payload["results"] = dict(results or {})
    if job.state == JobState.FAILED:
        payload["error"] = {"code": job.error_code, "message": job.error_message}
    if metadata := job.request.get("metadata"):
        payload["metadata"] = metadata
    return payload
