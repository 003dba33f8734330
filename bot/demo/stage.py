"""The demo's sample data: a partner, two rental vendors with accounts of their own, and a small shop."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import Shopkeeper
from bot.demo.guide import DemoChannels
from bot.line.channels.registration import add_channel
from bot.line.channels.repository import find as find_channel
from bot.line.client import BotInfo
from bot.line.simulator import Channel
from bot.models import Bot
from bot.security.keys import Purpose, derive_key
from bot.tenancy.bots import BotRequest, create_bot
from bot.tenancy.errors import NoCentralChannel
from bot.tenancy.local import LOCAL_TENANT, ensure_local_tenant
from bot.tenancy.partners import Partners
from bot.texts import say
from knowledge.samples import load_samples
from partner_api.caller import Environment
from partner_api.keys.service import IssuedKey, KeyRequest, PartnerApiKeys
from partner_api.keys.verifying import KeyHashes

SLOTS = 100


@dataclass(frozen=True, slots=True)
class Staged:
    """What the demo offers: the shops' partner's provisioning key, its sandbox key, and the small shop's code."""

    provisioning_key: str = field(repr=False)
    sandbox_key: IssuedKey
    shop_code: str


class Stage:
    """Sets a started `shopkeeper` up for the demo."""

    def __init__(self, shopkeeper: Shopkeeper) -> None:
        self._shopkeeper = shopkeeper
        self._clock = shopkeeper.ports.clock
        self._secret_key = shopkeeper.settings.secret_key.get_secret_value()
        self._partners = Partners(clock=self._clock, key_hash_key=self._subkey(Purpose.PARTNER_KEY))
        self._api_keys = PartnerApiKeys(KeyHashes(self._secret_key), clock=self._clock)

    async def set(self, channels: DemoChannels, *, server_url: str) -> Staged:
        """Write everything and point the accounts' webhooks at the server."""
        async with self._shopkeeper.database.unit_of_work() as session:
            await ensure_local_tenant(session, self._clock)
            shops = await self._partners.create(session, say("demo.shop_partner"), slots=SLOTS)
            api_key = await self._partners.issue_key(session, shops)
            sandbox_key = await self._api_keys.issue(session, shops, KeyRequest(environment=Environment.SANDBOX))
        vendors = await load_samples(self._shopkeeper.database, self._clock, rental=LOCAL_TENANT, cafe=shops.tenant_id)
        async with self._shopkeeper.database.unit_of_work() as session:
            for code, channel in (("ANJU", channels.first), ("HAOSHI", channels.second)):
                channel_id = await self._connect(session, channel, LOCAL_TENANT)
                request = BotRequest(LOCAL_TENANT, channel_id, channel.name, vendor_id=vendors[code])
                await self._make_bot(session, request)
                channel.webhook_url = f"{server_url}/line/webhook/{channel_id}"
            central = await find_channel(session, None)
            if central is None:
                raise NoCentralChannel
            request = BotRequest(shops.tenant_id, central.id, say("demo.shop"), vendor_id=vendors["XIANGKOU"])
            shop = await self._make_bot(session, request)
        channels.central.webhook_url = f"{server_url}/line/webhook"
        return Staged(api_key, sandbox_key, shop.shop_code)

    async def _connect(self, session: AsyncSession, channel: Channel, tenant_id: uuid.UUID) -> uuid.UUID:
        info = BotInfo(user_id=channel.bot_user_id, basic_id=channel.basic_id, display_name=channel.name)
        row = await add_channel(
            session,
            self._shopkeeper.box,
            tenant_id=tenant_id,
            secret=channel.secret,
            token=channel.access_token,
            info=info,
            now=self._clock.now(),
        )
        return row.id

    async def _make_bot(self, session: AsyncSession, request: BotRequest) -> Bot:
        made = await create_bot(
            session, request, clock=self._clock, management_token_key=self._subkey(Purpose.MANAGEMENT)
        )
        return made.bot

    def _subkey(self, purpose: Purpose) -> bytes:
        return derive_key(self._secret_key, purpose)
