"""Shops for a running product: small factories of tenants, vendors, knowledge, bots and codes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import update

from bot.app import Shopkeeper
from bot.line import simulator
from bot.line.channels.registration import add_channel
from bot.line.channels.repository import find as find_channel
from bot.line.client import BotInfo
from bot.models import Bot, BotHelper, BotOwner, Channel, Tenant, Vendor
from bot.security.keys import Purpose, derive_key
from bot.tenancy.bots import BotRequest, create_bot, move_bot
from bot.tenancy.claims import VALID_FOR, issue_claim_code
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import repository as knowledge
from knowledge.repository import NewEntry

ASK, ANSWER = "你們幾點打烊？", "我們每天晚上 9 點打烊。"
HOURS = {ASK: ANSWER}


class Shops:
    """Makes shops in the store of a running product."""

    def __init__(self, shopkeeper: Shopkeeper) -> None:
        self._clock = shopkeeper.ports.clock
        self._database = shopkeeper.database
        self._box = shopkeeper.box
        self._key = partial(derive_key, shopkeeper.settings.secret_key.get_secret_value())
        self._directory = shopkeeper.channels

    async def open(
        self, name: str = "巷口咖啡", *, entries: Mapping[str, str] = HOURS, prompt: str | None = None
    ) -> Bot:
        """A bot on the central channel in a tenant of its own; its vendor answers from `entries`."""
        now, tenant_id = self._clock.now(), uuid.uuid4()
        principal = Principal(kind=PrincipalKind.BOT, id="tests", tenant_id=tenant_id)
        async with self._database.unit_of_work() as session:
            session.add(Tenant(id=tenant_id, name=name, created_at=now, updated_at=now))
            central = await find_channel(session, None)
            assert central is not None
            request = BotRequest(tenant_id, central.id, name, system_prompt=prompt)
            made = await create_bot(
                session, request, clock=self._clock, management_token_key=self._key(Purpose.MANAGEMENT)
            )
            for question, answer in entries.items():
                await knowledge.add_entry(session, principal, NewEntry(question, answer, made.bot.vendor_id), now=now)
        return made.bot

    async def code(self, bot: Bot, *, valid_for: timedelta = VALID_FOR) -> str:
        """A claim code for a bot."""
        async with self._database.unit_of_work() as session:
            issued = await issue_claim_code(
                session,
                bot,
                clock=self._clock,
                claim_code_key=self._key(Purpose.CLAIM_CODE),
                valid_for=valid_for,
            )
        return issued.code

    async def owner_of(self, bot: Bot) -> str | None:
        """The LINE user id of a bot's owner."""
        async with self._database.reading() as session:
            owner = await session.get(BotOwner, bot.id)
        return owner.user_id if owner else None

    async def own(self, bot: Bot, user: simulator.User) -> None:
        """Make somebody the owner of a bot without a word."""
        async with self._database.unit_of_work() as session:
            session.add(
                BotOwner(
                    bot_id=bot.id,
                    tenant_id=bot.tenant_id,
                    channel_id=bot.channel_id,
                    user_id=user.user_id,
                    bound_at=self._clock.now(),
                )
            )

    async def help(self, bot: Bot, user: simulator.User) -> None:
        """Make somebody a helper of a bot without a word."""
        async with self._database.unit_of_work() as session:
            session.add(
                BotHelper(
                    bot_id=bot.id,
                    tenant_id=bot.tenant_id,
                    channel_id=bot.channel_id,
                    user_id=user.user_id,
                    name=user.display_name,
                    added_at=self._clock.now(),
                )
            )

    async def know_quota(self, limit: int | None, *, used: int = 0) -> None:
        """Let LINE have told just now how many messages every channel may send this month, and has sent."""
        known = {"quota_limit": limit, "quota_used": used, "quota_checked_at": self._clock.now()}
        async with self._database.unit_of_work() as session:
            await session.execute(update(Channel).values(**known))

    async def move_to_own_channel(self, bot: Bot, account: simulator.Channel) -> uuid.UUID:
        """Connect an Official Account and move a bot to it; returns the channel's id."""
        info = BotInfo(user_id=account.bot_user_id, basic_id=account.basic_id, display_name=account.name)
        now = self._clock.now()
        async with self._database.unit_of_work() as session:
            channel = await add_channel(
                session,
                self._box,
                tenant_id=bot.tenant_id,
                secret=account.secret,
                token=account.access_token,
                info=info,
                now=now,
            )
            await move_bot(session, await session.get_one(Bot, bot.id), channel_id=channel.id, now=now)
        self._directory.forget()
        return channel.id

    async def pause(self, bot: Bot) -> None:
        """Take a bot's vendor out of service."""
        async with self._database.unit_of_work() as session:
            (await session.get_one(Vendor, bot.vendor_id)).is_active = False
