"""What a callback tells of a job that has ended, as documented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.models import AsyncJob
from bot.webhooks.callbacks import Callback
from bot.webhooks.javascript import stringify
from partner_api.jobs.states import JobState
from partner_api.wire import timestamp

# What the documented receiver still reads (`express.json()`): 100 kB, less than its 102,400 bytes.
MAX_BODY = 100_000
TRUNCATED = "truncated"
# What makes way in results that are too long, in this order: the transcript has the segments' words, and the
# whole of each is at `results_url`.
_MAKES_WAY = ("content_analysis", "tone_analysis", "scores")

Results = Mapping[str, Any]


def callback_of(job: AsyncJob, *, results: Results | None, base_url: str, now: datetime) -> Callback | None:
    """The callback that tells of the end of `job`, None where nobody wants one.

    `results` are those of a completed job. Enqueue it (`bot.webhooks.callbacks`) in the transaction that
    ends the job, and wake the lane after it. `base_url` is where this server is reached.
    """
    if job.webhook_url is None:
        return None
    payload = callback_payload(job, results=results, now=now)
    return Callback(
        tenant_id=job.tenant_id,
        environment=job.environment,
        signer_id=job.signer_id,
        url=job.webhook_url,
        event=f"{job.job_type}.{job.state}",
        subject_id=job.id,
        payload=cut(payload, results_url=f"{base_url}/api/partner/v1/jobs/{job.id}/status"),
        company_id=job.company_id,
        job_id=job.id,
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


def cut(payload: dict[str, Any], *, results_url: str) -> dict[str, Any]:
    """`payload`, shortened where its body would be longer than `MAX_BODY` bytes.

    A shortened one says `"truncated": true` and has the whole at `results_url`. It keeps the overall score;
    the segments are left out, then analyses are emptied, and the transcript ends where there is no more room.
    """
    if len(stringify(payload)) <= MAX_BODY:
        return payload
    results = {name: value for name, value in payload["results"].items() if name != "segments"}
    transcript = str(results.get("transcript", ""))
    shortened = payload | {"results": results | {"transcript": ""}, TRUNCATED: True, "results_url": results_url}
    for name in _MAKES_WAY:
        if len(stringify(shortened)) > MAX_BODY:
            shortened["results"][name] = {}
    room = MAX_BODY - len(stringify(shortened))
    shortened["results"]["transcript"] = _beginning(transcript, room)
    return shortened


def _bytes_of(text: str) -> int:
    return len(stringify([text])) - len('[""]')


def _beginning(text: str, room: int) -> str:
    """As many whole lines of `text` as take at most `room` bytes."""
    if _bytes_of(text) <= room:
        return text
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        room -= _bytes_of(line)
        if room < 0:
            break
        kept.append(line)
    return "".join(kept).rstrip("\n")
