"""Asking this server itself: what it makes of a webhook, and how fast it has answered LINE."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import PREFIX
from bot.security.signatures import sign_line_webhook

PROBE_SECONDS = 5.0
MOST_BYTES = 64 * 1024
WEBHOOK_ROUTES = frozenset({"/line/webhook", "/line/webhook/{channel_id}"})
# LINE waits this long for an answer to a webhook.
LINE_WAITS = 2.0
_SECONDS = f"{PREFIX}_http_request_seconds"
_UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a webhook URL answered. `ours`: in the words of this product."""

    status: int
    ours: bool


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """Webhooks answered by a process since its start, and how many of them took longer than LINE waits."""

    count: int
    late: int


async def send_signed(url: str, *, secret: str, destination: str) -> Probe | None:
    """Send a webhook without events, signed with `secret`, as LINE does. None where nobody answers."""
    body = json.dumps({"destination": destination, "events": []}).encode()
    headers = {"content-type": "application/json", "x-line-signature": sign_line_webhook(secret, body)}
    try:
        async with _session() as session, session.post(url, data=body, headers=headers, allow_redirects=False) as got:
            return Probe(got.status, _is_ours(await got.content.read(MOST_BYTES)))
    except _UNREACHABLE:
        return None


async def fetch_metrics(base_url: str) -> str | None:
    """The metrics that a server exposes; None where it doesn't."""
    try:
        async with _session() as session, session.get(f"{base_url}/metrics", allow_redirects=False) as got:
            text = (await got.read()).decode("utf-8", "replace")
            return text if got.status == HTTPStatus.OK else None
    except _UNREACHABLE:
        return None


def answer_times(metrics: str) -> AnswerTimes | None:
    """How webhooks were answered, of a text in Prometheus' format. None where it tells nothing of them."""
    count = in_time = 0.0
    try:
        families = [one for one in text_string_to_metric_families(metrics) if one.name == _SECONDS]
    except ValueError:
        return None
    for sample in (sample for family in families for sample in family.samples):
        if sample.labels.get("route") not in WEBHOOK_ROUTES:
            continue
        if sample.name == f"{_SECONDS}_count":
            count += sample.value
        elif sample.name == f"{_SECONDS}_bucket" and float(sample.labels["le"]) == LINE_WAITS:
            in_time += sample.value
    return AnswerTimes(int(count), int(count - in_time)) if count else None


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PROBE_SECONDS), trust_env=False)


def _is_ours(body: bytes) -> bool:
    """Whether a refusal has the shape that the webhook's own have."""
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("success") is False and "error" in told
