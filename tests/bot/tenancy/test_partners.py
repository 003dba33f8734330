import uuid

import pytest
from sqlalchemy import text

from bot.db.engine import Database
from bot.errors import BadRequest, Unauthenticated
from bot.models import Partner
from bot.tenancy.errors import KeyTaken, PartnerDisabled
from bot.tenancy.partners import Partners

UUID_KEY = "5F0C8A1E-93b7-4c61-8d2f-3b6f0f6b9a11"


async def issue(database: Database, partners: Partners, partner: Partner) -> str:
    async with database.unit_of_work() as session:
        return await partners.issue_key(session, partner)


async def test_a_key_names_its_partner_and_tenant(database: Database, partners: Partners, partner: Partner) -> None:
    key = await issue(database, partners, partner)
    assert key.startswith("pk_provision_")
    async with database.reading() as session:
        verified = await partners.verify(session, key)
    assert (verified.partner_id, verified.principal.tenant_id) == (partner.id, partner.tenant_id)
    assert verified.principal.id not in key


async def test_the_store_never_holds_a_key(database: Database, partners: Partners, partner: Partner) -> None:
    key = await issue(database, partners, partner)
    async with database.reading() as session:
        row = (await session.execute(text("SELECT key_hash, hint FROM partner_keys"))).one()
    assert key not in row.key_hash
    assert row.hint == key[-4:]


@pytest.mark.parametrize("wrong", ["", "x", "pk_provision_", "pk_sandbox_abc", UUID_KEY, "鍵\ud800", "x" * 10_000])
async def test_an_unknown_key_opens_nothing(
    database: Database, partners: Partners, partner: Partner, wrong: str
) -> None:
    await issue(database, partners, partner)
    async with database.reading() as session:
        with pytest.raises(Unauthenticated):
            await partners.verify(session, wrong)


async def test_a_revoked_key_opens_nothing(database: Database, partners: Partners, partner: Partner) -> None:
    key = await issue(database, partners, partner)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE partner_keys SET revoked_at = '2026-01-01 00:00:00'"))
    async with database.reading() as session:
        with pytest.raises(Unauthenticated):
            await partners.verify(session, key)


async def test_a_partners_keys_end_all_at_once_and_nobody_elses(
    database: Database, partners: Partners, partner: Partner
) -> None:
    keys = [await issue(database, partners, partner) for _ in range(2)]
    async with database.unit_of_work() as session:
        others = await partners.issue_key(session, await partners.create(session, "another", slots=1))
        await partners.revoke_keys(session, partner)
    async with database.reading() as session:
        await partners.verify(session, others)
        for key in keys:
            with pytest.raises(Unauthenticated):
                await partners.verify(session, key)


async def test_a_disabled_partner_is_told_so(database: Database, partners: Partners, partner: Partner) -> None:
    key = await issue(database, partners, partner)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE partners SET is_active = false"))
    async with database.reading() as session:
        with pytest.raises(PartnerDisabled):
            await partners.verify(session, key)


@pytest.mark.parametrize("spelling", [UUID_KEY, UUID_KEY.lower(), f" {UUID_KEY.upper()} "])
async def test_an_imported_uuid_key_opens_in_any_spelling(
    database: Database, partners: Partners, partner: Partner, spelling: str
) -> None:
    async with database.unit_of_work() as session:
        await partners.import_key(session, partner, key=UUID_KEY)
    async with database.reading() as session:
        assert (await partners.verify(session, spelling)).partner_id == partner.id


@pytest.mark.parametrize(
    "key", ["", "x", "pk_provision_abc", str(uuid.UUID(int=0)), "F" * 8 + "-ffff" * 3 + "-" + "f" * 12]
)
async def test_only_a_uuid_that_nobody_could_guess_is_imported(
    database: Database, partners: Partners, partner: Partner, key: str
) -> None:
    async with database.unit_of_work() as session:
        with pytest.raises(BadRequest):
            await partners.import_key(session, partner, key=key)


async def test_a_key_is_imported_once(database: Database, partners: Partners, partner: Partner) -> None:
    async with database.unit_of_work() as session:
        await partners.import_key(session, partner, key=UUID_KEY)
        with pytest.raises(KeyTaken):
            await partners.import_key(session, partner, key=UUID_KEY)


@pytest.mark.parametrize(("name", "slots"), [("", 1), ("  ", 1), ("x", -1)])
async def test_nonsense_makes_no_partner(database: Database, partners: Partners, name: str, slots: int) -> None:
    async with database.unit_of_work() as session:
        with pytest.raises(BadRequest):
            await partners.create(session, name, slots=slots)
