"""Provisioning: a slot, a bot with its vendor, a claim code and the kept answer, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.logging import get_logger
from bot.models import Bot, Channel
from bot.security.keys import Purpose, derive_key
from bot.tenancy import repository
from bot.tenancy.bots import BotRequest, CreatedBot, create_bot
from bot.tenancy.claims import IssuedCode, issue_claim_code
from bot.tenancy.errors import NoCentralChannel
from bot.tenancy.partners import VerifiedPartner
from bot.tenancy.slots import take_slot
from bot.web.idempotency import Answer, Idempotency, KeyedRequest
from partner_api.provisioning.binding import binding_of
from partner_api.provisioning.schemas import ProvisionAnswer, ProvisionRequest

logger = get_logger(__name__)

CREATED = 201
ROUTE = "POST /api/partner/provision"
MESSAGE = "Bot provisioned successfully. Please direct the user to their LINE Bot to bind their owner account."


@dataclass(frozen=True, slots=True)
class ProvisionCall:
    """One call: who calls, what for, and what makes a repetition of it the same call."""

    caller: VerifiedPartner
    request: ProvisionRequest
    idempotency_key: str | None
    body: bytes


class Provisioning:
    """Makes bots for partners. `base_url` is where this server is reached."""

    def __init__(self, idempotency: Idempotency, *, clock: Clock, secret_key: str, base_url: str) -> None:
        self._idempotency = idempotency
        self._clock = clock
        self._base_url = base_url
        self._management_token_key = derive_key(secret_key, Purpose.MANAGEMENT)
        self._claim_code_key = derive_key(secret_key, Purpose.CLAIM_CODE)

    async def provision(self, call: ProvisionCall) -> Answer:
        """The 201 answer, new or repeated.

        Raises NoCentralChannel (503), SlotsExhausted and PartnerDisabled (403), and what
        `Idempotency.run` raises for its keys (409, 422).
        """

        made: list[Bot] = []

        async def work(session: AsyncSession) -> Answer:
            created, issued, channel = await self._make(session, call)
            made.append(created.bot)
            return Answer(CREATED, msgspec.json.encode(self._answer(created, issued, channel)))

        scope = f"partner:{call.caller.principal.id}:{ROUTE}"
        answer = await self._idempotency.run(KeyedRequest(scope, call.idempotency_key, call.body), work)
        for bot in made:
            logger.info("bot_provisioned", tenant_id=bot.tenant_id, bot_id=bot.id, partner_id=bot.partner_id)
        return answer

    async def _make(self, session: AsyncSession, call: ProvisionCall) -> tuple[CreatedBot, IssuedCode, Channel]:
        channel = await repository.central_channel(session)
        if channel is None:
            raise NoCentralChannel(retry_after=60)
        caller = call.caller
        await take_slot(session, caller.principal, partner_id=caller.partner_id, clock=self._clock)
        created = await self._bot(session, call, channel)
        issued = await issue_claim_code(session, created.bot, clock=self._clock, claim_code_key=self._claim_code_key)
        return created, issued, channel

    async def _bot(self, session: AsyncSession, call: ProvisionCall, channel: Channel) -> CreatedBot:
        request = BotRequest(
            call.caller.tenant_id,
            channel.id,
            call.request.store_name,
            system_prompt=call.request.system_prompt,
            partner_id=call.caller.partner_id,
        )
        return await create_bot(session, request, clock=self._clock, management_token_key=self._management_token_key)

    def _answer(self, created: CreatedBot, issued: IssuedCode, channel: Channel) -> ProvisionAnswer:
        return ProvisionAnswer(
            success=True,
            bot_id=str(created.bot.id),
            mgmt_token=created.mgmt_token,
            store_name=created.bot.store_name,
            message=MESSAGE,
            binding=binding_of(issued, channel, base_url=self._base_url),
        )
