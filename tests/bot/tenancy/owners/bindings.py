"""A channel, its bots and the people who claim them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot
from bot.security.tokens import hash_token
from bot.tenancy.bots import BotRequest, create_bot
from bot.tenancy.claims import VALID_FOR, CodeRole, issue_claim_code
from bot.tenancy.owners import Claim, Claimant, Released, bots_owned_by, claim_bare, claim_by_code, helpers_of, release

KEY = b"k" * 32
DAY = timedelta(hours=24)
SOMEONE, ANOTHER = "U" + "a" * 32, "U" + "b" * 32


@dataclass
class Bindings:
    """The verbs under test, each in a transaction of its own, as one user on one channel."""

    database: Database
    clock: ManualClock
    tenant_id: uuid.UUID = field(default_factory=uuid.uuid4)
    channel_id: uuid.UUID = field(default_factory=uuid.uuid4)
    other_channel_id: uuid.UUID = field(default_factory=uuid.uuid4)
    vendor_id: int = 0

    async def bot(self, name: str = "小店") -> Bot:
        request = BotRequest(self.tenant_id, self.channel_id, name, vendor_id=self.vendor_id)
        async with self.database.unit_of_work() as session:
            return (await create_bot(session, request, clock=self.clock, management_token_key=KEY)).bot

    async def code(self, bot: Bot, *, valid_for: timedelta = VALID_FOR, role: CodeRole = CodeRole.OWNER) -> str:
        async with self.database.unit_of_work() as session:
            issued = await issue_claim_code(
                session, bot, clock=self.clock, claim_code_key=KEY, valid_for=valid_for, role=role
            )
        return issued.code

    async def claim(
        self,
        code: str | None,
        user_id: str = SOMEONE,
        *,
        channel_id: uuid.UUID | None = None,
        roles: Collection[CodeRole] = frozenset(CodeRole),
    ) -> Claim:
        code_hash = hash_token(KEY, code) if code is not None else None
        async with self.database.unit_of_work() as session:
            claimant = Claimant(channel_id or self.channel_id, user_id)
            return await claim_by_code(session, claimant, code_hash=code_hash, roles=roles, now=self.clock.now())

    async def release(self, bot: Bot, user_id: str = SOMEONE) -> Released | None:
        async with self.database.unit_of_work() as session:
            return await release(session, Claimant(self.channel_id, user_id), bot.id, now=self.clock.now())

    async def helpers(self, bot: Bot) -> list[str]:
        async with self.database.reading() as session:
            return [helper.user_id for helper in await helpers_of(session, bot)]

    async def claim_bare(self, user_id: str = SOMEONE, *, window: timedelta = DAY) -> Claim:
        async with self.database.unit_of_work() as session:
            claimant = Claimant(self.channel_id, user_id)
            return await claim_bare(session, claimant, window=window, now=self.clock.now())

    async def owned(self, user_id: str = SOMEONE) -> list[uuid.UUID]:
        async with self.database.reading() as session:
            return [bot.id for bot in await bots_owned_by(session, self.channel_id, user_id)]
