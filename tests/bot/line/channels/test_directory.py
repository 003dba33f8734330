from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.line.channels import ChannelDirectory
from bot.line.channels.directory import FRESH_FOR
from bot.line.channels.registration import save_central
from bot.line.channels.repository import mark_broken
from bot.models import Channel
from bot.security.box import BoxError, SecretBox

BOX = SecretBox("a secret key of thirty-two letters")
SECRET, TOKEN = "quite-secret", "quite-a-token"


@pytest.fixture
def directory(database: Database, clock: ManualClock) -> ChannelDirectory:
    return ChannelDirectory(database, BOX, clock)


async def save(database: Database, clock: ManualClock, secret: str = SECRET) -> Channel:
    async with database.unit_of_work() as session:
        return await save_central(session, BOX, secret=secret, token=TOKEN, info=None, now=clock.now())


async def test_the_central_channel_is_found_without_an_id_and_by_its_id(
    database: Database, clock: ManualClock, directory: ChannelDirectory
) -> None:
    channel = await save(database, clock)
    central, by_id = await directory.find(None), await directory.find(channel.id)
    assert central is not None
    assert central == by_id
    assert (central.id, central.is_central, central.secret, central.token) == (channel.id, True, SECRET, TOKEN)


async def test_an_unknown_channel_is_none(directory: ChannelDirectory) -> None:
    assert await directory.find(uuid.uuid4()) is None
    assert await directory.find(None) is None


async def test_a_switched_off_channel_is_none(
    database: Database, clock: ManualClock, directory: ChannelDirectory
) -> None:
    channel = await save(database, clock)
    async with database.unit_of_work() as session:
        (await session.get_one(Channel, channel.id)).is_active = False
    assert await directory.find(channel.id) is None


async def test_a_changed_secret_counts_within_seconds(
    database: Database, clock: ManualClock, directory: ChannelDirectory
) -> None:
    await save(database, clock)
    await directory.find(None)
    await save(database, clock, "rotated")
    clock.advance(FRESH_FOR - timedelta(milliseconds=1))
    assert (kept := await directory.find(None)) is not None
    assert kept.secret == SECRET
    clock.advance(timedelta(milliseconds=1))
    assert (fresh := await directory.find(None)) is not None
    assert fresh.secret == "rotated"


async def test_a_new_channel_counts_at_once_where_it_was_told(
    database: Database, clock: ManualClock, directory: ChannelDirectory
) -> None:
    assert await directory.find(None) is None
    await save(database, clock)
    directory.forget()
    assert await directory.find(None) is not None


async def test_secrets_stand_neither_in_the_row_nor_in_a_print(
    database: Database, clock: ManualClock, directory: ChannelDirectory
) -> None:
    channel = await save(database, clock)
    assert b"quite" not in channel.secret_box + channel.token_box
    assert "quite" not in repr(await directory.find(None))


async def test_another_secret_key_opens_no_channel(database: Database, clock: ManualClock) -> None:
    await save(database, clock)
    with pytest.raises(BoxError):
        await ChannelDirectory(database, SecretBox("another secret key altogether"), clock).find(None)


async def test_a_channel_is_marked_broken_and_mended(
    database: Database, clock: ManualClock, directory: ChannelDirectory
) -> None:
    channel = await save(database, clock)
    for broken_at in (clock.now(), None):
        async with database.unit_of_work() as session:
            await mark_broken(session, channel.id, at=broken_at)
        directory.forget()
        assert (found := await directory.find(None)) is not None
        assert found.broken_at == broken_at
