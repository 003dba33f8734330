"""Whether LINE's webhooks arrive: where they go, whether they are sent, and what LINE's own test says."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from bot.line.channels import ChannelAccess
from bot.line.channels.urls import LONGEST_URL
from bot.line.client import LineClient, LineError, WebhookEndpoint, WebhookTest
from bot.settings import is_loopback
from handlers.line.doctor.findings import Finding, found
from handlers.line.doctor.probing import send_signed

_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_NO_ANSWER = {"REQUEST_TIMEOUT": "test_timeout", "COULD_NOT_CONNECT": "test_no_connection"}
_REDIRECTS = range(300, 400)
_BROKEN = range(500, 600)


async def examine_webhook(line: LineClient, channel: ChannelAccess, url: str) -> list[Finding]:
    """Where LINE sends the webhooks of `channel`, which belong to `url`, and whether it does."""
    try:
        endpoint = await line.webhook_endpoint(channel.token)
    except LineError as error:
        return [found("url_untold", error=error)]
    findings = [_of_url(endpoint, url)]
    if endpoint is not None:
        findings.append(found("webhook_on" if endpoint.is_active else "webhook_off"))
    return findings


def _of_url(endpoint: WebhookEndpoint | None, url: str) -> Finding:
    if len(url) > LONGEST_URL:
        return found("url_too_long", url=url, length=len(url), most=LONGEST_URL)
    if endpoint is None:
        return found("url_missing", url=url)
    if endpoint.url != url:
        return found("url_elsewhere", there=endpoint.url, url=url)
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        return found("url_insecure", url=url)
    return found("url_matches", url=url)


async def tested_by_line(line: LineClient, channel: ChannelAccess, url: str) -> Finding:
    """Have LINE send a signed webhook to `url`: that proves the signature, the destination and the answer in time."""
    try:
        test = await line.test_webhook(channel.token, url=url)
    except LineError as error:
        return found("test_untold", error=error)
    if test.success:
        return found("test_passed", url=url)
    if test.status_code in _REFUSED:
        return await _why_refused(channel, url, test.status_code)
    return _of_answer(test, url)


async def _why_refused(channel: ChannelAccess, url: str, status: int) -> Finding:
    """Tell whose secret is the wrong one by sending a webhook that is signed with what this channel has here."""
    probe = await send_signed(url, secret=channel.secret, destination=channel.bot_user_id or "")
    if probe is not None and probe.status in _REFUSED:
        return found("test_outdated_secret") if probe.ours else found("test_refused_before_us", status=status, url=url)
    return found("test_wrong_secret")


def _of_answer(test: WebhookTest, url: str) -> Finding:
    """What another answer than a refusal, or none, says."""
    status = test.status_code
    if status == HTTPStatus.BAD_REQUEST:
        return found("test_wrong_destination")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return found("test_not_found", url=url, status=status)
    if status in _REDIRECTS:
        return found("test_redirected", url=url, status=status)
    if status in _BROKEN:
        return found("test_server_error", status=status)
    if status > 0:
        return found("test_status", status=status)
    return found(_NO_ANSWER.get(test.reason, "test_unclassified"), url=url, reason=test.reason, detail=test.detail)
