from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import ApiKey, Bot, Channel, Partner, Tenant, Vendor
from bot.tenancy.principal import PLATFORM, Principal, PrincipalKind
from bot.tenancy.scope import changeable_by, may_share, visible_to


@pytest.fixture
async def two_vendors(database: Database, clock: ManualClock) -> tuple[uuid.UUID, list[int]]:
    """A tenant with two vendors, each with a key, and a key that is for both."""
    now, tenant_id = clock.now(), uuid.uuid4()
    async with database.unit_of_work() as session:
        session.add(Tenant(id=tenant_id, name="T", created_at=now, updated_at=now))
        vendors = [Vendor(tenant_id=tenant_id, code=c, name=c, created_at=now, updated_at=now) for c in "AB"]
        session.add_all(vendors)
        await session.flush()
        for vendor_id in (vendors[0].id, vendors[1].id, None):
            session.add(_key(tenant_id, vendor_id, clock))
    return tenant_id, [vendor.id for vendor in vendors]


def _key(tenant_id: uuid.UUID, vendor_id: int | None, clock: ManualClock) -> ApiKey:
    return ApiKey(
        id=uuid.uuid4(), tenant_id=tenant_id, vendor_id=vendor_id, name=str(vendor_id), rights="chat",
        key_hash=uuid.uuid4().hex, hint="hint", created_at=clock.now(),
    )  # fmt: skip


def _bound(tenant_id: uuid.UUID, vendor_id: int | None) -> Principal:
    return Principal(PrincipalKind.API_KEY, "k", tenant_id, vendor_id)


async def test_whoever_is_bound_to_a_vendor_sees_its_rows_and_the_shared_ones(
    database: Database, two_vendors: tuple[uuid.UUID, list[int]]
) -> None:
    tenant_id, (first, _) = two_vendors
    principal = _bound(tenant_id, first)
    async with database.reading() as session:
        vendors = list(await session.scalars(visible_to(principal, select(Vendor.id), Vendor)))
        seen = set(await session.scalars(visible_to(principal, select(ApiKey.name), ApiKey)))
        changeable = set(await session.scalars(changeable_by(principal, select(ApiKey.name), ApiKey)))
    assert (vendors, seen, changeable) == ([first], {str(first), "None"}, {str(first)})


async def test_a_tenant_sees_all_its_vendors_and_another_tenant_none(
    database: Database, two_vendors: tuple[uuid.UUID, list[int]]
) -> None:
    tenant_id, vendors = two_vendors
    async with database.reading() as session:
        own = set(await session.scalars(visible_to(_bound(tenant_id, None), select(Vendor.id), Vendor)))
        foreign = set(await session.scalars(visible_to(_bound(uuid.uuid4(), None), select(Vendor.id), Vendor)))
    assert (own, foreign) == (set(vendors), set())


def test_a_vendors_principal_is_refused_what_knows_no_vendors() -> None:
    with pytest.raises(TypeError, match="Partner is no vendor's"):
        visible_to(_bound(uuid.uuid4(), 1), select(Partner), Partner)


def test_only_whoever_is_bound_to_no_vendor_may_share() -> None:
    assert may_share(_bound(uuid.uuid4(), None))
    assert may_share(PLATFORM)
    assert not may_share(_bound(uuid.uuid4(), 1))


def test_a_vendor_without_a_tenant_is_nobodys() -> None:
    with pytest.raises(ValueError, match="belongs to its tenant"):
        Principal(PrincipalKind.PLATFORM, "platform", None, vendor_id=1)


async def test_a_channel_is_seen_by_the_vendors_whose_bots_answer_there_and_changed_by_the_only_one(
    database: Database, two_vendors: tuple[uuid.UUID, list[int]], clock: ManualClock
) -> None:
    tenant_id, (first, second) = two_vendors
    known = {"created_at": clock.now(), "updated_at": clock.now()}
    async with database.unit_of_work() as session:
        for name, vendors in (("alone", [first]), ("both", [first, second]), ("empty", [])):
            channel = Channel(id=uuid.uuid4(), tenant_id=tenant_id, name=name, secret_box=b"", token_box=b"", **known)
            session.add(channel)
            await session.flush()
            for vendor_id in vendors:
                bot = Bot(id=uuid.uuid4(), tenant_id=tenant_id, vendor_id=vendor_id, channel_id=channel.id, **known)
                bot.store_name, bot.shop_code = name, uuid.uuid4().hex[:6]
                session.add(bot)
        session.add(Channel(id=uuid.uuid4(), name="central", is_central=True, secret_box=b"", token_box=b"", **known))
    async with database.reading() as session:
        seen = {
            vendor_id: [
                set(await session.scalars(narrowed(_bound(tenant_id, vendor_id), select(Channel.name), Channel)))
                for narrowed in (visible_to, changeable_by)
            ]
            for vendor_id in (first, second, None)
        }
    assert seen == {
        first: [{"alone", "both"}, {"alone"}],
        second: [{"both"}, set()],
        None: [{"alone", "both", "empty"}, {"alone", "both", "empty"}],
    }
