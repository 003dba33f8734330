"""What the health check counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Partner, PartnerApiKey, WebhookDelivery, WebhookEndpoint, WebhookLog
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from bot.webhooks.states import State
from partner_api.caller import Caller


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Paused endpoints that something was to be sent to, and deliveries that failed."""

    paused: int
    failed: int


async def key_and_partner(session: AsyncSession, caller: Caller) -> tuple[PartnerApiKey, Partner]:
    """The caller's own key, and the partner that it belongs to."""
    statement: Any = select(PartnerApiKey, Partner).join(Partner, Partner.id == PartnerApiKey.partner_id)
    own = visible_to(caller.principal, statement.where(PartnerApiKey.id == caller.key_id), PartnerApiKey)
    key, partner = (await session.execute(own)).one()
    return key, partner


async def callbacks(session: AsyncSession, principal: Principal, *, since: datetime) -> Callbacks:
    """How the callbacks fare that the principal may see; failures count from `since` on."""
    sent: Any = select(WebhookDelivery.id).where(WebhookDelivery.endpoint_id == WebhookEndpoint.id)
    paused = select(func.count(WebhookEndpoint.id)).where(
        WebhookEndpoint.paused_at.is_not(None), visible_to(principal, sent, WebhookDelivery).exists()
    )
    # By their attempts, which are found by time: deliveries are many, and their bodies large.
    failed: Any = (
        select(func.count(WebhookDelivery.id.distinct()))
        .join(WebhookLog, WebhookLog.delivery_id == WebhookDelivery.id)
        .where(WebhookLog.created_at >= since, WebhookLog.success.is_(False))
        .where(WebhookDelivery.state == State.FAILED.value)
    )
    return Callbacks(
        await session.scalar(paused) or 0,
        await session.scalar(visible_to(principal, failed, WebhookDelivery)) or 0,
    )
