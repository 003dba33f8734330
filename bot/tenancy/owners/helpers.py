"""The helpers (店員) of a bot: they join by a code of its owner's, and leave or are removed."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, BotHelper, BotOwner, ClaimCode
from bot.tenancy.owners import repository
from bot.tenancy.owners.outcomes import Claim, Claimant, ClaimOutcome, is_owner, spent

MOST_HELPERS = 20
MOST_NAME = 200


async def join(
    session: AsyncSession, claimant: Claimant, code: ClaimCode, *, bot: Bot, owner: BotOwner | None, now: datetime
) -> Claim:
    """Make the claimant a helper of the bot that the code was issued for."""
    user_id = claimant.user_id
    helpers = await repository.helpers_of(session, bot)
    refused = _refused(claimant, {helper.user_id for helper in helpers}, bot=bot, owner=owner)
    refused = refused or spent(code, bot, now=now) or _crowded(bot, owner, count=len(helpers))
    if refused is not None:
        return refused
    in_service = await repository.hold_in_service(session, bot.id)
    if not in_service or not await repository.take_claim_code(session, code.id, now=now):
        return Claim(ClaimOutcome.CODE_USED, bot)
    helper = {
        "bot_id": bot.id,
        "tenant_id": bot.tenant_id,
        "channel_id": claimant.channel_id,
        "user_id": user_id,
        "name": claimant.name[:MOST_NAME],
        "added_at": now,
    }
    added = await repository.add_helper(session, helper)
    return Claim(ClaimOutcome.JOINED if added else ClaimOutcome.ALREADY_HELPER, bot)


async def dismiss_helper(session: AsyncSession, bot: Bot, user_id: str) -> BotHelper | None:
    """End a helper's part in a bot; None when they had none."""
    helper = next((one for one in await repository.helpers_of(session, bot) if one.user_id == user_id), None)
    if helper is None or not await repository.remove_helpers(session, bot.id, user_id=user_id):
        return None
    return helper


def _refused(claimant: Claimant, helpers: Set[str], *, bot: Bot, owner: BotOwner | None) -> Claim | None:
    """What somebody is told who has a part in the bot already."""
    if is_owner(owner, claimant):
        return Claim(ClaimOutcome.ALREADY_YOURS, bot)
    return Claim(ClaimOutcome.ALREADY_HELPER, bot) if claimant.user_id in helpers else None


def _crowded(bot: Bot, owner: BotOwner | None, *, count: int) -> Claim | None:
    """Whether there is nobody to help, or help enough."""
    if owner is None:
        return Claim(ClaimOutcome.CODE_EXPIRED, bot)
    return Claim(ClaimOutcome.TOO_MANY_HELPERS, bot) if count >= MOST_HELPERS else None
