from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from bot.models import AsyncJob
from partner_api.jobs.payload import callback_of

NOW = datetime(2024, 12, 15, 10, 30, tzinfo=UTC)
RESULTS = {"transcript": "...", "tone_analysis": {}, "content_analysis": {}, "overall_score": 8.5}
JOB, CALL, TENANT, SIGNER = (UUID(int=number) for number in range(1, 5))


def job(**changes: Any) -> AsyncJob:
    values = {
        "id": JOB, "call_id": CALL, "tenant_id": TENANT, "signer_id": SIGNER, "environment": "production",
        "job_type": "call_analysis", "state": "completed", "request": {}, "webhook_url": "https://example.com/hook",
        "ended_at": NOW,
    }  # fmt: skip
    return AsyncJob(**values | changes)


def payload(row: AsyncJob) -> dict[str, Any]:
    made = callback_of(row, results=RESULTS, base_url="https://bots.example.com", now=NOW)
    assert made is not None
    return dict(made.payload)


def test_the_documented_body_and_nothing_else() -> None:
    assert list(payload(job()).items()) == [
        ("job_id", str(JOB)),
        ("job_type", "call_analysis"),
        ("status", "completed"),
        ("timestamp", "2024-12-15T10:30:00Z"),
        ("call_id", str(CALL)),
        ("results", RESULTS),
    ]


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"state": "failed", "error_code": "x", "error_message": "y"}, {"error": {"code": "x", "message": "y"}}),
        ({"state": "cancelled"}, {}),
        ({"state": "cancelled", "request": {"metadata": {"crm": 7}}}, {"metadata": {"crm": 7}}),
    ],
)
def test_without_results_it_says_why(changes: dict[str, Any], more: dict[str, Any]) -> None:
    shown = payload(job(**changes))
    named = ("job_id", "job_type", "status", "timestamp", "call_id")
    assert {name: value for name, value in shown.items() if name not in named} == more


def test_where_it_goes_and_in_whose_name() -> None:
    assert callback_of(job(webhook_url=None), results=RESULTS, base_url="", now=NOW) is None
    made = callback_of(job(), results=RESULTS, base_url="https://bots.example.com", now=NOW)
    assert made is not None
    assert (made.url, made.signer_id, made.subject_id, made.job_id) == ("https://example.com/hook", SIGNER, JOB, JOB)
    assert made.results_url == f"https://bots.example.com/api/partner/v1/jobs/{JOB}/status"
    assert made.event == "call_analysis.completed"
