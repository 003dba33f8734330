from collections.abc import Iterator

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot, Channel, Partner, Vendor
from bot.security.tokens import CODE_ALPHABET, hash_token
from bot.tenancy import bots
from bot.tenancy.bots import BotRequest, create_bot

KEY = b"k" * 32


async def test_a_bot_comes_with_its_vendor_and_a_token_that_is_kept_as_a_hash(
    database: Database, partner: Partner, channel: Channel, clock: ManualClock
) -> None:
    request = BotRequest(partner.tenant_id, channel.id, "好好租屋", system_prompt="Be brief.", partner_id=partner.id)
    async with database.unit_of_work() as session:
        created = await create_bot(session, request, clock=clock, management_token_key=KEY)
    async with database.reading() as session:
        bot = await session.get_one(Bot, created.bot.id)
        vendor = await session.get_one(Vendor, bot.vendor_id)
    assert (bot.store_name, vendor.name, vendor.code) == ("好好租屋", "好好租屋", f"bot-{bot.id}")
    assert bot.tenant_id == vendor.tenant_id == partner.tenant_id
    assert bot.mgmt_token_hash == hash_token(KEY, created.mgmt_token)
    assert len(bot.shop_code) == 6
    assert set(bot.shop_code) <= set(CODE_ALPHABET)


async def test_a_shop_code_that_is_taken_is_drawn_again(
    database: Database, bot: Bot, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: Iterator[str] = iter([bot.shop_code, "ABCDEF"])
    monkeypatch.setattr(bots, "random_characters", lambda _count: next(drawn))
    async with database.unit_of_work() as session:
        request = BotRequest(bot.tenant_id, bot.channel_id, "two")
        created = await create_bot(session, request, clock=clock, management_token_key=KEY)
    assert created.bot.shop_code == "ABCDEF"
