from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.errors import BadRequest, NotFound, Unauthenticated
from bot.models import Tenant
from bot.tenancy import repository
from bot.tenancy.api_keys import ApiKeys, KeyRequest, Rights
from bot.tenancy.principal import Principal, PrincipalKind


@pytest.fixture
def keys(clock: ManualClock) -> ApiKeys:
    return ApiKeys(clock=clock, hash_key=b"k" * 32)


@pytest.fixture
async def tenant_id(database: Database, clock: ManualClock) -> uuid.UUID:
    found = uuid.uuid4()
    async with database.unit_of_work() as session:
        session.add(Tenant(id=found, name="T", created_at=clock.now(), updated_at=clock.now()))
    return found


async def test_a_key_opens_its_tenant_and_only_its_hash_is_kept(
    database: Database, keys: ApiKeys, tenant_id: uuid.UUID
) -> None:
    async with database.unit_of_work() as session:
        row, key = await keys.issue(session, KeyRequest(tenant_id, "Site", rights=Rights.CHAT))
        verified = await keys.verify(session, key)
    assert key.startswith("vk_")
    assert key not in (row.key_hash, row.name)
    assert (verified.principal.tenant_id, verified.rights) == (tenant_id, Rights.CHAT)


async def test_an_expired_a_revoked_and_an_unknown_key_open_nothing(
    database: Database, keys: ApiKeys, tenant_id: uuid.UUID, clock: ManualClock
) -> None:
    own = Principal(PrincipalKind.API_KEY, "k", tenant_id)
    async with database.unit_of_work() as session:
        _, brief = await keys.issue(session, KeyRequest(tenant_id, "brief", valid_for=timedelta(hours=1)))
        row, revoked = await keys.issue(session, KeyRequest(tenant_id, "revoked"))
        await keys.revoke(session, own, row.id)
        clock.advance(timedelta(hours=2))
        for key in (brief, revoked, "vk_unknown", "", "x" * 10_000):
            with pytest.raises(Unauthenticated):
                await keys.verify(session, key)


async def test_nobody_revokes_or_lists_another_tenants_key(
    database: Database, keys: ApiKeys, tenant_id: uuid.UUID
) -> None:
    foreign = Principal(PrincipalKind.API_KEY, "k", uuid.uuid4())
    async with database.unit_of_work() as session:
        row, _ = await keys.issue(session, KeyRequest(tenant_id, "ours"))
        assert await repository.api_keys(session, foreign) == []
        with pytest.raises(NotFound):
            await keys.revoke(session, foreign, row.id)


async def test_a_key_needs_a_name(database: Database, keys: ApiKeys, tenant_id: uuid.UUID) -> None:
    async with database.unit_of_work() as session:
        with pytest.raises(BadRequest):
            await keys.issue(session, KeyRequest(tenant_id, "  "))
