"""Create a company and an agent, hand in a call, wait for its analysis."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

BASE_URL = os.environ["PARTNER_BASE_URL"]
HEADERS = {
    "Authorization": f"Bearer {os.environ['PARTNER_API_KEY']}",
    "X-API-Secret": os.environ["PARTNER_API_SECRET"],
    "Content-Type": "application/json",
}
ATTEMPTS = 5
TIMEOUT_SECONDS = 30


class PartnerApiError(Exception):
    def __init__(self, status: int, body: bytes) -> None:
        try:
            error = json.loads(body)["error"]
        except (ValueError, LookupError):  # A proxy in between answers with pages of its own.
            error = {"code": "no_answer", "message": "This is no answer of the API."}
        super().__init__(f"{status} {error['code']}: {error['message']}")
        self.status = status
        self.code = error["code"]


def call(method: str, path: str, body: dict[str, Any] | None = None, idempotency_key: str | None = None) -> Any:
    """The parsed answer.

    The idempotency key is the same for all attempts: after a timeout nobody knows whether the request arrived.
    """
    headers = dict(HEADERS)
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{BASE_URL}/api/partner/v1{path}", data, headers, method=method)

    attempt = 1
    while True:
        wait = 2 ** (attempt - 1)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            if not may_repeat(refused) or attempt == ATTEMPTS:
                raise PartnerApiError(refused.code, refused.read()) from None
            asked = refused.headers.get("Retry-After", "")
            wait = int(asked) if asked.isdecimal() else wait
        except OSError:
            if attempt == ATTEMPTS:
                raise
        time.sleep(wait)
        attempt += 1


def may_repeat(refused: urllib.error.HTTPError) -> bool:
    if refused.code == 409:
        return "Retry-After" in refused.headers
    return refused.code in (408, 429) or refused.code >= 500


def finished(job_id: str) -> Any:
    while True:
        job = call("GET", f"/jobs/{job_id}/status")
        if job["status"] in ("completed", "failed", "cancelled"):
            return job
        time.sleep(1)


def main() -> None:
    company = call(
        "POST",
        "/companies/create",
        {"name": "Test Company", "industry": "retail", "contact_email": "admin@testcompany.com"},
        idempotency_key=str(uuid.uuid4()),
    )
    agent = call(
        "POST",
        f"/companies/{company['id']}/agents/create",
        {"email": "agent@testcompany.com", "name": "John Doe", "role": "agent"},
        idempotency_key=str(uuid.uuid4()),
    )
    wanted = {
        "transcript": "Agent: Good morning, how can I help you?\nCustomer: What does the annual plan cost?",
        "company_id": company["id"],
        "agent_id": agent["id"],
        "call_type": "sales_call",
    }
    if webhook_url := os.environ.get("PARTNER_WEBHOOK_URL"):
        wanted["webhook_url"] = webhook_url
    # Your own id of the call does well as the key: the same call is then never analysed twice.
    accepted = call("POST", "/calls/analyze", wanted, idempotency_key=str(uuid.uuid4()))
    print(f"Job {accepted['job_id']} is {accepted['status']}, about {accepted['estimated_time']}")

    job = finished(accepted["job_id"])
    if job["status"] != "completed":
        reason = f": {job['error']['code']}" if job["error"] else ""
        raise SystemExit(f"The analysis ended as {job['status']}{reason}")
    print(f"Job {job['job_id']} is {job['status']}, overall score {job['results']['overall_score']}")


if __name__ == "__main__":
    main()
