from __future__ import annotations

import uuid

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.line.channels import ChannelAccess, ChannelDirectory, SecretPromoter
from bot.line.channels.directory import open_channel
from bot.line.channels.registration import add_channel, save_central
from bot.line.channels.repository import find, promote_secret
from bot.line.channels.rotation import (
    AnotherAccount,
    CentralToken,
    UnusableCredential,
    announce_secret,
    clean_secret,
    clean_token,
    replace_token,
)
from bot.line.client import BotInfo
from bot.models import Channel, Tenant
from bot.security.box import SecretBox

BOX = SecretBox("a secret key of thirty-two letters")
INFO = BotInfo(user_id="U" + "1" * 32, basic_id="@shop", display_name="小店")
OTHER = BotInfo(user_id="U" + "2" * 32, basic_id="@other", display_name="別家")


@pytest.fixture
async def channel_id(sqlite_database: Database, clock: ManualClock) -> uuid.UUID:
    now, tenant_id = clock.now(), uuid.uuid4()
    async with sqlite_database.unit_of_work() as session:
        session.add(Tenant(id=tenant_id, name="", created_at=now, updated_at=now))
        await session.flush()
        made = await add_channel(session, BOX, tenant_id=tenant_id, secret="old", token="old-t", info=INFO, now=now)
    return made.id


async def announce(database: Database, clock: ManualClock, channel_id: uuid.UUID | None, secret: str) -> ChannelAccess:
    async with database.unit_of_work() as session:
        channel = await find(session, channel_id)
        assert channel is not None
        announce_secret(channel, BOX, secret=secret, now=clock.now())
        return open_channel(channel, BOX)


async def stored(database: Database, channel_id: uuid.UUID | None) -> Channel:
    async with database.reading() as session:
        channel = await find(session, channel_id)
    assert channel is not None
    return channel


async def secrets(database: Database, channel_id: uuid.UUID | None) -> tuple[str, ...]:
    return open_channel(await stored(database, channel_id), BOX).secrets


async def central(database: Database, clock: ManualClock, secret: str) -> tuple[str, ...]:
    """What counts once a process has started with this secret in its settings."""
    async with database.unit_of_work() as session:
        await save_central(session, BOX, secret=secret, token="t", info=None, now=clock.now())
    return await secrets(database, None)


@pytest.mark.parametrize(("then", "both"), [("new", ("old", "new")), ("old", ("old",))])
async def test_an_announced_secret_counts_beside_the_old_one(
    sqlite_database: Database, clock: ManualClock, channel_id: uuid.UUID, then: str, both: tuple[str, ...]
) -> None:
    assert (await announce(sqlite_database, clock, channel_id, "mistyped")).secrets == ("old", "mistyped")
    assert (await announce(sqlite_database, clock, channel_id, then)).secrets == both


async def test_the_first_use_makes_it_the_only_one(
    sqlite_database: Database, clock: ManualClock, channel_id: uuid.UUID
) -> None:
    directory = ChannelDirectory(sqlite_database, BOX, clock)
    promoter = SecretPromoter(sqlite_database, directory, box=BOX, clock=clock)
    access = await announce(sqlite_database, clock, channel_id, "new")
    for _ in range(3):
        promoter.seen(access)
    await promoter.settle()
    assert await secrets(sqlite_database, channel_id) == ("new",)
    promoter.seen(access)
    await promoter.settle()
    assert await secrets(sqlite_database, channel_id) == ("new",)


async def test_a_secret_that_was_replaced_meanwhile_is_not_promoted(
    sqlite_database: Database, clock: ManualClock, channel_id: uuid.UUID
) -> None:
    await announce(sqlite_database, clock, channel_id, "mistyped")
    before = await stored(sqlite_database, channel_id)
    await announce(sqlite_database, clock, channel_id, "new")
    async with sqlite_database.unit_of_work() as session:
        assert not await promote_secret(session, before, at=clock.now())
    assert await secrets(sqlite_database, channel_id) == ("old", "new")


async def test_the_central_channel_keeps_both_until_its_settings_name_the_new_one(
    sqlite_database: Database, clock: ManualClock
) -> None:
    await central(sqlite_database, clock, "old")
    access = await announce(sqlite_database, clock, None, "new")
    promoter = SecretPromoter(sqlite_database, ChannelDirectory(sqlite_database, BOX, clock), box=BOX, clock=clock)
    promoter.seen(access)
    await promoter.settle()
    assert await central(sqlite_database, clock, "old") == ("old", "new")
    assert await central(sqlite_database, clock, "new") == ("new",)


async def test_settings_with_a_third_secret_end_what_was_announced(
    sqlite_database: Database, clock: ManualClock
) -> None:
    await central(sqlite_database, clock, "old")
    await announce(sqlite_database, clock, None, "new")
    assert await central(sqlite_database, clock, "third") == ("third",)


async def test_a_new_token_is_taken_from_the_same_account_alone(
    sqlite_database: Database, clock: ManualClock, channel_id: uuid.UUID
) -> None:
    async with sqlite_database.unit_of_work() as session:
        channel = await find(session, channel_id)
        assert channel is not None
        channel.broken_at = clock.now()
        with pytest.raises(AnotherAccount, match=r"別家 \(@other\).*小店 \(@shop\)"):
            await replace_token(session, channel, BOX, token="theirs", info=OTHER, now=clock.now())
        await replace_token(session, channel, BOX, token="new-t", info=INFO, now=clock.now())
    channel = await stored(sqlite_database, channel_id)
    assert (open_channel(channel, BOX).token, channel.broken_at) == ("new-t", None)


async def test_the_central_token_is_a_setting(sqlite_database: Database, clock: ManualClock) -> None:
    await central(sqlite_database, clock, "s")
    async with sqlite_database.unit_of_work() as session:
        channel = await find(session, None)
        assert channel is not None
        with pytest.raises(CentralToken, match="LINE_CHANNEL_ACCESS_TOKEN"):
            await replace_token(session, channel, BOX, token="new-t", info=INFO, now=clock.now())


async def test_what_nobody_can_open_any_more_is_simply_replaced(
    sqlite_database: Database, clock: ManualClock, channel_id: uuid.UUID
) -> None:
    other = SecretBox("another secret key altogether")
    async with sqlite_database.unit_of_work() as session:
        channel = await find(session, channel_id)
        assert channel is not None
        assert announce_secret(channel, other, secret="new", now=clock.now())
        await replace_token(session, channel, other, token="new-t", info=INFO, now=clock.now())
    access = open_channel(await stored(sqlite_database, channel_id), other)
    assert (access.secrets, access.token) == (("new",), "new-t")


@pytest.mark.parametrize("given", ["", "  ", "a b", "密碼", "x" * 65, "a\x00"])
def test_what_can_not_be_a_secret_is_refused_unrepeated(given: str) -> None:
    with pytest.raises(UnusableCredential) as refused:
        clean_secret(given)
    assert "x" * 65 not in str(refused.value)


@pytest.mark.parametrize("given", ["", "a b", "x" * 1001])
def test_what_can_not_be_a_token_is_refused(given: str) -> None:
    with pytest.raises(UnusableCredential):
        clean_token(given)


def test_the_space_around_a_pasted_credential_is_no_part_of_it() -> None:
    assert (clean_secret(" s\n"), clean_token("\tt/+= ")) == ("s", "t/+=")
