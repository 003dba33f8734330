"""The verbs on bots, each in the caller's transaction and on a bot that is held for it (`repository.held_bot`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.logging import get_logger
from bot.models import Bot, BotOwner, Channel
from bot.security.keys import Purpose, derive_key
from bot.tenancy.bots import give_up_bot, roll_management_token
from bot.tenancy.claims import issue_claim_code
from bot.tenancy.owners import end_ownership
from bot.tenancy.repository import vendor_has_bot
from knowledge.repository.changes import Action, Author
from knowledge.repository.vendors import vendor_row
from knowledge.vendors.service import change_vendor
from partner_api.api import Api
from partner_api.bots.errors import AlreadyBound, BotNotFound, NoOwner
from partner_api.bots.manager import Manager
from partner_api.bots.repository import bot_row
from partner_api.bots.schemas import BindingIssued, BotBody, BotShown, TokenRolled, bot_shown
from partner_api.provisioning.binding import binding_of

log = get_logger(__name__)

SAID_BY = "partner API"


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb answers, and the lanes to wake once its transaction has committed."""

    body: msgspec.Struct
    wake: Sequence[str] = field(default=())


class Bots:
    """What partners do with their bots. `api.line` sees to what follows on LINE."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._claim_code_key = derive_key(api.secret_key, Purpose.CLAIM_CODE)
        self._token_key = derive_key(api.secret_key, Purpose.MANAGEMENT)

    async def change(self, session: AsyncSession, manager: Manager, bot: Bot, *, wanted: BotBody) -> Done:
        """Set what is given. The vendor's name follows the shop's as long as they are the same."""
        former, given = bot.store_name, wanted.given
        changed = {name: value for name, value in given.items() if getattr(bot, name) != value}
        for name, value in changed.items():
            setattr(bot, name, value)
        if changed:
            bot.updated_at = self._api.clock.now()
        await session.flush()
        if "store_name" in changed:
            await self._rename_vendor(session, manager, bot, former=former)
        return Done(await self._shown(session, manager, bot))

    async def pause(self, session: AsyncSession, manager: Manager, bot: Bot) -> Done:
        """Let the bot rest until it is resumed. Once more changes nothing."""
        wake: Sequence[str] = ()
        if bot.suspended_at is None:
            bot.suspended_at = bot.updated_at = self._api.clock.now()
            await session.flush()
            wake = await self._api.line.suspended(session, bot, now=bot.suspended_at)
        return Done(await self._shown(session, manager, bot), wake)

    async def resume(self, session: AsyncSession, manager: Manager, bot: Bot) -> Done:
        """End what `pause` began. Its owner's own pause goes on."""
        wake: Sequence[str] = ()
        if bot.suspended_at is not None:
            bot.suspended_at, bot.updated_at = None, self._api.clock.now()
            await session.flush()
            wake = await self._api.line.resumed(session, bot, now=bot.updated_at)
        return Done(await self._shown(session, manager, bot), wake)

    async def issue_code(self, session: AsyncSession, manager: Manager, bot: Bot) -> Done:
        """A new claim code; the ones before it bind nobody. Raises AlreadyBound."""
        if await session.get(BotOwner, bot.id) is not None:
            raise AlreadyBound
        clock, key = self._api.clock, self._claim_code_key
        issued = await issue_claim_code(session, bot, clock=clock, claim_code_key=key)
        channel = await session.get_one(Channel, bot.channel_id)
        binding = binding_of(issued, channel, base_url=self._api.settings.base_url)
        return Done(BindingIssued(str(bot.id), binding))

    async def release(self, session: AsyncSession, manager: Manager, bot: Bot) -> Done:
        """End the owner's and the helpers' part in the bot. Raises NoOwner."""
        now = self._api.clock.now()
        released = await end_ownership(session, bot, now=now)
        if released is None:
            raise NoOwner
        wake = await self._api.line.released(session, released, now=now)
        return Done(await self._shown(session, manager, bot), wake)

    async def roll_token(self, session: AsyncSession, manager: Manager, bot: Bot) -> Done:
        """A new management token, shown once; the one before it opens nothing from now on."""
        token = roll_management_token(bot, now=self._api.clock.now(), management_token_key=self._token_key)
        await session.flush()
        return Done(TokenRolled(str(bot.id), token))

    async def delete(self, session: AsyncSession, manager: Manager, bot: Bot) -> Sequence[str]:
        """Give the bot up for good, and give its slot back, once. Gives the lanes to wake. Raises BotNotFound."""
        clock, principal = self._api.clock, manager.for_vendor_of(bot)
        given_up = await give_up_bot(session, manager.principal, bot.id, clock=clock)
        if given_up is None:
            raise BotNotFound
        released = await end_ownership(session, given_up, now=clock.now())
        if not await vendor_has_bot(session, bot.vendor_id):
            author = Author(principal, SAID_BY)
            gone = {"is_active": False}
            await change_vendor(session, author, bot.vendor_id, gone, now=clock.now(), action=Action.DELETED)
        wake = await self._api.line.given_up(session, given_up, released, now=clock.now())
        log.info("bot_deleted", tenant_id=str(bot.tenant_id), bot_id=str(bot.id), partner_id=str(bot.partner_id))
        return wake

    async def _rename_vendor(self, session: AsyncSession, manager: Manager, bot: Bot, *, former: str) -> None:
        principal = manager.for_vendor_of(bot)
        vendor = await vendor_row(session, principal, bot.vendor_id)
        if vendor.name == former:
            author, named = Author(principal, SAID_BY), {"name": bot.store_name}
            await change_vendor(session, author, bot.vendor_id, named, now=self._api.clock.now())

    async def _shown(self, session: AsyncSession, manager: Manager, bot: Bot) -> BotShown:
        return bot_shown(await bot_row(session, manager, bot.id))
