"""Who manages bots: a partner with its key, or whoever has one bot's management token."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from bot.models import Bot
from bot.tenancy.principal import Principal, PrincipalKind
from partner_api.bots.errors import NoSandboxBots, PartnerKeyNeeded
from partner_api.caller import Caller
from partner_api.keys.errors import CompanyBound


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """`partner_id` is the partner whose bots it manages, None for a token, which opens `bot_id` alone.

    `token_hash` is that token's: it opens the bot as long as nobody has rolled it. `scope` is what its idempotency
    keys belong to.
    """

    principal: Principal
    scope: str
    partner_id: uuid.UUID | None = None
    bot_id: uuid.UUID | None = None
    token_hash: str | None = None

    @property
    def partner(self) -> uuid.UUID:
        """The partner. Raises PartnerKeyNeeded for a token."""
        if self.partner_id is None:
            raise PartnerKeyNeeded
        return self.partner_id

    def for_vendor_of(self, bot: Bot) -> Principal:
        """The principal, bound to the vendor that `bot` speaks for: nothing of other bots is seen or changed."""
        return replace(self.principal, vendor_id=bot.vendor_id)


def partner_manager(caller: Caller) -> Manager:
    """The bearer of a `pk_` key. Raises NoSandboxBots and CompanyBound."""
    if caller.is_sandbox:
        raise NoSandboxBots
    if caller.principal.company_id is not None:
        raise CompanyBound
    # Seeing every partner's companies is about companies: of bots nobody sees another's.
    principal = replace(caller.principal, all_companies=False)
    return Manager(principal=principal, scope=caller.idempotency_scope, partner_id=caller.partner_id)


def token_manager(bot: Bot) -> Manager:
    """The bearer of the management token of `bot`."""
    principal = Principal(PrincipalKind.BOT, str(bot.id), bot.tenant_id, bot.vendor_id)
    return Manager(principal=principal, scope=f"bot:{bot.id}", bot_id=bot.id, token_hash=bot.mgmt_token_hash)
