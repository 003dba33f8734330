"""Keys made, changed, rolled and revoked."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Company, Partner, PartnerApiKey
from partner_api.api import Api
from partner_api.caller import Environment
from partner_api.keys.errors import AmbiguousPartner, KeyEnded, NoSuchPartner, WrongKeyRequest
from partner_api.keys.service import IssuedKey, KeyChanges, PartnerApiKeys, key_to_change, partner_called
from partner_api.keys.verifying import KeyHashes
from tests.support.partners import api_on, make_key, make_partner
from tests.support.settings import MakeSettings


@pytest.fixture
def api(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> Api:
    return api_on(sqlite_database, settings(), clock)


async def roll(api: Api, key_id: uuid.UUID, *, overlap: timedelta = timedelta(hours=24)) -> IssuedKey:
    keys = PartnerApiKeys(KeyHashes(api.secret_key), clock=api.clock)
    async with api.database.unit_of_work() as session:
        row, _ = await key_to_change(session, key_id)
        return await keys.roll(session, row, overlap=overlap, valid_for=timedelta(days=365), created_by="test")


async def change(api: Api, key_id: uuid.UUID, **changes: Any) -> PartnerApiKey:
    keys = PartnerApiKeys(KeyHashes(api.secret_key), clock=api.clock)
    async with api.database.unit_of_work() as session:
        row, _ = await key_to_change(session, key_id)
        keys.change(row, KeyChanges(**changes))
        return row


async def company_of(api: Api, partner: Partner, environment: Environment) -> uuid.UUID:
    now = api.clock.now()
    row = Company(
        tenant_id=partner.tenant_id, environment=environment.value, name="C", created_at=now, updated_at=now
    )  # fmt: skip
    async with api.database.unit_of_work() as session:
        session.add(row)
    return row.id


async def test_a_key_lasts_a_year_and_its_secrets_are_kept_nowhere(api: Api) -> None:
    issued = (await make_key(api)).issued
    assert issued.row.expires_at - issued.row.created_at == timedelta(days=365)
    assert (issued.row.rate_limit, issued.row.hint) == (1000, issued.api_key[-4:])
    kept = str(vars(issued.row))
    assert issued.api_key not in kept
    assert issued.api_secret not in kept
    assert issued.api_key not in repr(issued)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"valid_for": timedelta(0)}, "1 to 3650 days"),
        ({"valid_for": timedelta(days=3651)}, "1 to 3650 days"),
        ({"rate_limit": 0}, "rate limit"),
        ({"rate_limit": 60_001}, "rate limit"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"allowed_ips": ["localhost"]}, "localhost"),
        ({"company_id": uuid.uuid4()}, "no company with this id"),
        ({"company_id": uuid.uuid4(), "all_companies": True}, "not both"),
    ],
)
async def test_nonsense_makes_no_key(api: Api, wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(WrongKeyRequest, match=reason):
        await make_key(api, **wrong)


async def test_a_key_is_bound_to_a_company_of_its_partner_and_environment(api: Api) -> None:
    partner, other = await make_partner(api), await make_partner(api, "other")
    company_id = await company_of(api, partner, Environment.SANDBOX)
    made = await make_key(api, partner, environment=Environment.SANDBOX, company_id=company_id)
    assert made.caller.principal.company_id == company_id
    for who, environment in [(partner, Environment.PRODUCTION), (other, Environment.SANDBOX)]:
        with pytest.raises(WrongKeyRequest):
            await make_key(api, who, environment=environment, company_id=company_id)


async def test_a_rolled_key_is_the_same_to_whoever_verifies_its_callbacks(api: Api, clock: ManualClock) -> None:
    made = await make_key(api, rate_limit=7, allowed_ips=["203.0.113.7"], name="n")
    old, new = made.issued, await roll(api, made.caller.key_id)
    assert new.api_key != old.api_key
    assert new.api_secret != old.api_secret
    assert api.signers.secret(new.signer) == api.signers.secret(old.signer)
    same = ("tenant_id", "partner_id", "environment", "company_id", "all_companies", "rate_limit", "allowed_ips")
    assert [getattr(new.row, name) for name in same] == [getattr(old.row, name) for name in same]
    assert new.row.replaces_id == old.row.id
    async with api.database.reading() as session:
        assert (await session.get_one(PartnerApiKey, old.row.id)).expires_at == clock.now() + timedelta(hours=24)


async def test_an_overlap_never_makes_a_key_last_longer(api: Api, clock: ManualClock) -> None:
    made = await make_key(api, valid_for=timedelta(hours=1))
    await roll(api, made.caller.key_id)
    async with api.database.reading() as session:
        assert (await session.get_one(PartnerApiKey, made.caller.key_id)).expires_at == clock.now() + timedelta(hours=1)


async def test_what_has_ended_is_not_rolled(api: Api, clock: ManualClock) -> None:
    made = await make_key(api)
    await roll(api, made.caller.key_id, overlap=timedelta(0))
    with pytest.raises(KeyEnded):
        await roll(api, made.caller.key_id)
    with pytest.raises(WrongKeyRequest, match="0 to 720 hours"):
        await roll(api, (await make_key(api)).caller.key_id, overlap=timedelta(days=31))


async def test_a_key_is_changed_where_it_is_asked(api: Api, clock: ManualClock) -> None:
    made = await make_key(api, name="old", rate_limit=5)
    clock.advance(timedelta(days=1))
    row = await change(api, made.caller.key_id, is_active=False, allowed_ips=["::1"], valid_for=timedelta(days=2))
    assert (row.name, row.rate_limit, row.is_active, row.allowed_ips) == ("old", 5, False, ["::1"])
    assert row.expires_at == clock.now() + timedelta(days=2)
    with pytest.raises(WrongKeyRequest):
        await change(api, made.caller.key_id, name=" ")


async def test_a_partner_is_found_by_its_id_or_its_only_name(api: Api) -> None:
    one = await make_partner(api, "one")
    for called in ("one", " one ", str(one.id), str(one.id).upper()):
        async with api.database.reading() as session:
            assert (await partner_called(session, called)).id == one.id
    for called in ("three", "ONE", str(uuid.uuid4())):
        async with api.database.reading() as session:
            with pytest.raises(NoSuchPartner):
                await partner_called(session, called)


async def test_a_name_that_partners_share_names_their_ids(api: Api) -> None:
    ids = sorted([str((await make_partner(api, "two")).id) for _ in range(2)])
    async with api.database.reading() as session:
        with pytest.raises(AmbiguousPartner, match=", ".join(ids)):
            await partner_called(session, "two")
