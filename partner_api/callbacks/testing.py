"""A test callback: sent at once, by the rules of every other, and kept like every other."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import WebhookSigner
from bot.webhooks.callbacks import Callback, add_delivery
from bot.webhooks.delivery.posting import post, request_of
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.repository import deliveries, endpoints
from bot.webhooks.repository.deliveries import Ended, Ready
from bot.webhooks.states import Event, State
from partner_api.api import Api
from partner_api.callbacks.errors import TooManyTests
from partner_api.caller import Caller
from partner_api.wire import timestamp

DEADLINE_SECONDS = 10.0
ONLY_ATTEMPT = 1
# In this process; each may hang until its deadline.
AT_ONCE = 20
RETRY_AFTER_SECONDS = 5
# A test whose process ended in the middle of it is recorded as interrupted after this.
ABANDONED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Tested:
    """What was sent, and what came of it."""

    delivery_id: uuid.UUID
    sent: OutgoingRequest = field(repr=False)
    ended: Ended


class CallbackTests:
    """Sends test callbacks, a few at a time."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._sending = 0

    async def send(self, caller: Caller, url: str) -> Tested:
        """Send a test callback to `url`, signed as the caller's callbacks are.

        Raises UnsafeAddress (400) for an address that callbacks can't go to, TooManyTests (429).
        """
        self._api.sender.check(url)
        if self._sending >= AT_ONCE:
            raise TooManyTests(retry_after=RETRY_AFTER_SECONDS)
        # Shielded, so that what was sent is recorded also when the caller has gone away; it counts until then.
        self._sending += 1
        sending = asyncio.create_task(self._send(caller, url))
        sending.add_done_callback(self._sent)
        return await asyncio.shield(sending)

    def _sent(self, _: asyncio.Task[Tested]) -> None:
        self._sending -= 1

    async def _send(self, caller: Caller, url: str) -> Tested:
        api = self._api
        async with api.database.unit_of_work() as session:
            ready = await self._begin(session, caller, url)
        now = api.clock.now()
        request = request_of(ready, api.signers, number=ONLY_ATTEMPT, at=now, deadline=DEADLINE_SECONDS)
        posted = await post(api.sender, request, now=now)
        async with api.database.unit_of_work() as session:
            await self._end(session, ready, ended=posted.ended)
        return Tested(ready.id, request, posted.ended)

    async def _begin(self, session: AsyncSession, caller: Caller, url: str) -> Ready:
        now = self._api.clock.now()
        signer = await session.get_one(WebhookSigner, caller.signer_id)
        subject_id = uuid.uuid4()
        callback = Callback(
            tenant_id=signer.tenant_id,
            environment=caller.environment,
            signer_id=signer.id,
            url=url,
            event=Event.TEST,
            subject_id=subject_id,
            payload=sample(subject_id, now=now),
            company_id=caller.principal.company_id,
        )
        row = await add_delivery(session, callback, now=now)
        # No worker takes it for one that is due, unless this process ends before it has the answer.
        row.next_attempt_at = now + ABANDONED_AFTER
        await session.flush()
        ready = await deliveries.read(session, row.id)
        await deliveries.begin_attempt(session, ready, now=now)
        return ready

    async def _end(self, session: AsyncSession, ready: Ready, *, ended: Ended) -> None:
        now = self._api.clock.now()
        await deliveries.end_attempt(session, ready.id, ONLY_ATTEMPT, ended=ended)
        state = State.SUCCEEDED if ended.success else State.FAILED
        await deliveries.settle(session, ready.id, state, code=ended.error_code, at=now)
        if ended.success:
            await endpoints.record_success(session, ready.endpoint_id, now=now)


def sample(subject_id: uuid.UUID, *, now: datetime) -> dict[str, Any]:
    """A body in the shape of a finished analysis, with what receivers stumble over: other scripts, and whole scores."""
    return {
        "job_id": str(subject_id),
        "job_type": "webhook_test",
        "status": "completed",
        "timestamp": timestamp(now),
        "call_id": str(subject_id),
        "results": {
            "transcript": "Agent: \u05e9\u05dc\u05d5\u05dd\nCustomer: \U0001f44d",
            "tone_analysis": {},
            "content_analysis": {},
            "overall_score": 8.0,
        },
    }
