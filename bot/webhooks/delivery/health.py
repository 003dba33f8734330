"""How an endpoint does: it is paused when it has failed for days, or says that it is gone, and its partner is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.logging import get_logger
from bot.webhooks.callbacks import Callback, enqueue
from bot.webhooks.repository import endpoints
from bot.webhooks.repository.deliveries import Ended, Ready
from bot.webhooks.repository.listeners import listeners_of_endpoint
from bot.webhooks.states import Event, PauseReason
from bot.webhooks.urls import has_query

FAILING_FOR = timedelta(days=3)
LEAST_FAILURES = 5

log = get_logger(__name__)


async def note(session: AsyncSession, ready: Ready, ended: Ended, *, pause: PauseReason | None, now: datetime) -> bool:
    """Count an attempt to the endpoint, and pause it if need be; whether it is paused now."""
    if ended.success:
        await endpoints.record_success(session, ready.endpoint_id, now=now)
        return False
    failing = await endpoints.record_failure(session, ready.endpoint_id, now=now)
    if failing.is_paused:
        return True
    if pause is PauseReason.GONE and has_query(ready.url):
        # With another query it may lead to something that is there.
        pause = None
    if pause is None and failing.failures >= LEAST_FAILURES and now - failing.since >= FAILING_FOR:
        pause = PauseReason.FAILING
    if pause is None:
        return False
    await endpoints.pause(session, ready.endpoint_id, reason=pause, now=now)
    log.warning("endpoint_paused", endpoint_id=str(ready.endpoint_id), reason=pause, failures=failing.failures)
    await _tell(session, ready, reason=pause, failing=failing, now=now)
    return True


async def _tell(
    session: AsyncSession, ready: Ready, *, reason: PauseReason, failing: endpoints.Failing, now: datetime
) -> None:
    """Leave word at the event addresses of those whose messages went to the endpoint. The sweep finds it."""
    payload = {
        "event": Event.ENDPOINT_PAUSED.value,
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endpoint_id": str(ready.endpoint_id),
        "url": failing.url,
        "reason": reason.value,
        "failures": failing.failures,
        "failing_since": failing.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for signer in await listeners_of_endpoint(session, ready.endpoint_id):
        if signer.event_url is not None:
            callback = Callback(
                tenant_id=signer.tenant_id,
                environment=signer.environment,
                signer_id=signer.id,
                url=signer.event_url,
                event=Event.ENDPOINT_PAUSED,
                subject_id=ready.endpoint_id,
                payload=payload,
            )
            await enqueue(session, callback, now=now)
