"""Statements about who wants to be told of what happens by itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, PartnerApiKey, WebhookDelivery, WebhookEndpoint, WebhookSigner
from bot.tenancy.principal import Principal, PrincipalKind
from bot.tenancy.scope import visible_to
from bot.webhooks.urls import endpoint_url

# Bots live in production alone.
PRODUCTION = "production"


async def listeners_of_endpoint(session: AsyncSession, endpoint_id: uuid.UUID) -> Sequence[WebhookSigner]:
    """The signers of what went to an endpoint that want to be told, and at another one."""
    theirs = select(WebhookDelivery.signer_id).where(WebhookDelivery.endpoint_id == endpoint_id).distinct()
    here = await session.scalar(select(WebhookEndpoint.url).where(WebhookEndpoint.id == endpoint_id))
    wanted = select(WebhookSigner).where(WebhookSigner.id.in_(theirs), WebhookSigner.event_url.is_not(None))
    found = await session.scalars(wanted)
    return [signer for signer in found if endpoint_url(signer.event_url or "") != endpoint_url(here or "")]


async def listeners_of_bot(session: AsyncSession, bot: Bot, *, now: datetime) -> Sequence[WebhookSigner]:
    """The signers of the bot's partner that want to be told and have a key that opens something."""
    opens = exists().where(
        PartnerApiKey.signer_id == WebhookSigner.id,
        PartnerApiKey.partner_id == bot.partner_id,
        PartnerApiKey.company_id.is_(None),
        PartnerApiKey.is_active,
        PartnerApiKey.revoked_at.is_(None),
        PartnerApiKey.expires_at > now,
    )
    partner = Principal(PrincipalKind.BOT, str(bot.id), bot.tenant_id, environment=PRODUCTION)
    wanted = select(WebhookSigner).where(WebhookSigner.event_url.is_not(None), opens).order_by(WebhookSigner.id)
    return (await session.scalars(visible_to(partner, wanted, WebhookSigner))).all()
