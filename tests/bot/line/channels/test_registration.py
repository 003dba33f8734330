from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.line.channels.directory import open_channel
from bot.line.channels.registration import ChannelTaken, add_channel, save_central
from bot.line.client import BotInfo
from bot.models import Channel, Tenant
from bot.security.box import SecretBox

BOX = SecretBox("a secret key of thirty-two letters")
TOKEN = "central-token"
INFO = BotInfo(user_id="U" + "1" * 32, basic_id="@shop", display_name="小店")


@pytest.fixture
async def tenant_id(database: Database, clock: ManualClock) -> uuid.UUID:
    tenant = Tenant(id=uuid.uuid4(), name="", created_at=clock.now(), updated_at=clock.now())
    async with database.unit_of_work() as session:
        session.add(tenant)
    return tenant.id


async def central(
    database: Database, clock: ManualClock, *, info: BotInfo | None = None, token: str = TOKEN
) -> Channel:
    async with database.unit_of_work() as session:
        return await save_central(session, BOX, secret="s", token=token, info=info, now=clock.now())


async def add(database: Database, clock: ManualClock, tenant_id: uuid.UUID, info: BotInfo = INFO) -> Channel:
    async with database.unit_of_work() as session:
        return await add_channel(
            session, BOX, tenant_id=tenant_id, secret="own", token="own-t", info=info, now=clock.now()
        )


async def channels(database: Database) -> list[Channel]:
    async with database.reading() as session:
        return list(await session.scalars(select(Channel)))


async def test_the_central_channel_is_made_once_and_kept_up_to_date(database: Database, clock: ManualClock) -> None:
    first = await central(database, clock)
    second = await central(database, clock, token="rotated", info=INFO)
    [kept] = await channels(database)
    assert first.id == second.id == kept.id
    assert (kept.bot_user_id, kept.basic_id, kept.name, kept.tenant_id) == (INFO.user_id, "@shop", "小店", None)
    assert open_channel(kept, BOX).token == "rotated"


async def test_what_line_told_once_stays_when_it_can_not_be_asked(database: Database, clock: ManualClock) -> None:
    await central(database, clock, info=INFO)
    await central(database, clock, info=None)
    assert (await channels(database))[0].bot_user_id == INFO.user_id


async def test_an_own_channel_belongs_to_its_tenant(
    database: Database, clock: ManualClock, tenant_id: uuid.UUID
) -> None:
    channel = await add(database, clock, tenant_id)
    assert (channel.tenant_id, channel.is_central, channel.name) == (tenant_id, False, "小店")
    access = open_channel(channel, BOX)
    assert (access.secret, access.token) == ("own", "own-t")


async def test_an_account_is_connected_once(database: Database, clock: ManualClock, tenant_id: uuid.UUID) -> None:
    await add(database, clock, tenant_id)
    with pytest.raises(ChannelTaken):
        await add(database, clock, tenant_id)
    assert len(await channels(database)) == 1


async def test_the_central_account_is_nobodys_own(database: Database, clock: ManualClock, tenant_id: uuid.UUID) -> None:
    await central(database, clock, info=INFO)
    with pytest.raises(ChannelTaken):
        await add(database, clock, tenant_id)


async def test_a_vendors_account_does_not_become_the_central_one(
    database: Database, clock: ManualClock, tenant_id: uuid.UUID
) -> None:
    await add(database, clock, tenant_id)
    with pytest.raises(ChannelTaken):
        await central(database, clock, info=INFO)
    assert [channel.is_central for channel in await channels(database)] == [False]
