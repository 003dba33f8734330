"""The tenant of an open server: on loopback, without credentials, one tenant is everybody's."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Tenant
from bot.tenancy import repository
from bot.tenancy.principal import Principal, PrincipalKind

LOCAL_TENANT = uuid.uuid5(uuid.NAMESPACE_DNS, "local.shopkeeper")
LOCAL = Principal(PrincipalKind.LOCAL, "local", LOCAL_TENANT)


async def ensure_local_tenant(session: AsyncSession, clock: Clock) -> None:
    """Make the local tenant unless it is there."""
    if await repository.find_tenant(session, LOCAL_TENANT) is None:
        now = clock.now()
        session.add(Tenant(id=LOCAL_TENANT, name="Local", created_at=now, updated_at=now))
        await session.flush()
