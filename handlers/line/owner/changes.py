"""What follows when people gain or lose their part in a bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import Purpose
from bot.logging import get_logger
from bot.models import Bot, Delivery
from bot.texts import Language, say
from bot.webhooks.callbacks import Callback, enqueue
from bot.webhooks.repository.listeners import listeners_of_bot
from handlers.line import notices, repository
from handlers.line.notices import Notice, NoticeKind, lasting_key
from handlers.line.owner.rich_menu import lane_of
from handlers.line.pushing import send_to
from handlers.line.rendering import messages_for

log = get_logger(__name__)


class ChangeKind(StrEnum):
    """Names that partners may be told under; they stay as they are."""

    BOUND = "owner_bound"
    TRANSFERRED = "owner_transferred"
    RELEASED = "owner_released"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChange:
    """Whose a bot is from now on (None: nobody's), and who lost their part in it, its former owner first.

    `told` is the key of what a former owner is told who didn't do it themselves, `told_helpers` of what those are
    who helped.
    """

    kind: ChangeKind
    bot: Bot
    owner: str | None = None
    former: tuple[str, ...] = ()
    told: str | None = None
    told_helpers: str = "staff.helper_without_owner"


async def follow_up(session: AsyncSession, change: OwnerChange, *, now: datetime) -> tuple[str, ...]:
    """Everything that follows a change of ownership; gives the lanes to wake.

    What the former people held goes back to the bot. They are told, but for an owner who did it themselves: whoever
    is in the middle of a conversation would go on typing to a bot.
    """
    await repository.end_staff_work(session, change.bot, change.former, now=now)
    told = await tell_partner(session, change, now=now)
    menus = tuple(lane_of(change.bot.channel_id, user_id) for user_id in change.former)
    to_owner = "staff.transferred_away" if change.kind is ChangeKind.TRANSFERRED else change.told
    lanes: list[str] = []
    for at, user_id in enumerate(change.former):
        key = to_owner if at == 0 else change.told_helpers
        if key is not None:
            text = say(key, Language.ZH_TW, shop=change.bot.store_name)
            lanes += await tell_former(session, change.bot, user_id, text, now=now)
    return (*told, *menus, *lanes)


async def tell_partner(session: AsyncSession, change: OwnerChange, *, now: datetime) -> tuple[str, ...]:
    """Tell the bot's partner wherever it wants to be told of what happens by itself; gives the lanes to wake.

    Who the people are is nobody's business but the shop's.
    """
    bot, helpers_removed = change.bot, max(0, len(change.former) - 1)
    log.info(
        str(change.kind),
        bot_id=str(bot.id),
        tenant_id=str(bot.tenant_id),
        partner_id=str(bot.partner_id) if bot.partner_id is not None else None,
        helpers_removed=helpers_removed,
    )
    event = f"bot.{change.kind}"
    payload = {
        "event": event,
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "bot_id": str(bot.id),
        "store_name": bot.store_name,
        "helpers_removed": helpers_removed,
    }
    lanes: list[str] = []
    for signer in await listeners_of_bot(session, bot, now=now):
        callback = Callback(
            tenant_id=signer.tenant_id,
            environment=signer.environment,
            signer_id=signer.id,
            url=signer.event_url or "",
            event=event,
            subject_id=bot.id,
            payload=payload,
        )
        lanes.append(await enqueue(session, callback, now=now))
    return tuple(lanes)


async def tell_former(session: AsyncSession, bot: Bot, user_id: str, text: str, *, now: datetime) -> tuple[str, ...]:
    """Tell somebody who has no part in the bot any more, as far as its policy on pushes goes."""
    may_push = bot.owner_pushes != "none"
    sent = await send_to(session, bot, user_id, messages_for(text), purpose=Purpose.NOTICE, now=now, may_push=may_push)
    if isinstance(sent, Delivery):
        return (sent.lane,)
    log.info("former_owner_not_told", bot_id=str(bot.id), reason=str(sent or "no_push"))
    return ()


async def tell_owner(session: AsyncSession, bot: Bot, user_id: str, text: str, *, now: datetime) -> tuple[str, ...]:
    """Tell the owner of a helper who came or went: nothing urgent, so that it costs nothing by itself."""
    key = lasting_key(NoticeKind.STAFF, user_id[:40], int(now.timestamp()))
    return await notices.tell(session, bot, Notice(kind=NoticeKind.STAFF, key=key, text=text), now=now)
