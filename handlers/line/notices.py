"""What the people of a shop should know: each thing is kept, and shown once.

What is urgent is pushed where the owner allows that and the quota has room. Everything else, and what could not
be pushed, comes with the answer to the owner's next word.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import Purpose
from bot.line.flex import bubble, carousel
from bot.line.messages import MAX_MESSAGES, Action, FlexMessage
from bot.models import Bot, Delivery, StaffNotice
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.pushing import send_to
from handlers.line.repository import NoticeRow, Role, Speaker
from handlers.line.responses import Reply, Response
from handlers.line.router import Turn
from handlers.line.taps import button

MOST_AT_ONCE = 6


class NoticeKind(StrEnum):
    """What a notice is about. `waiting`: a customer asks for a person. `relay`: words that didn't arrive."""

    WAITING = "waiting"
    RELAY = "relay"
    UNANSWERED = "unanswered"
    BROKEN = "broken"
    FAILING = "failing"
    QUOTA = "quota"
    BROADCAST = "broadcast"
    SUMMARY = "summary"
    STAFF = "staff"
    SUSPENDED = "suspended"


_ABOUT_TALKS = ("takeover", "talk")
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    NoticeKind.WAITING: _ABOUT_TALKS,
    NoticeKind.RELAY: ("talk",),
    NoticeKind.UNANSWERED: ("unanswered",),
    NoticeKind.QUOTA: ("quota", "settings"),
    NoticeKind.BROADCAST: ("quota", "settings"),
    NoticeKind.SUMMARY: ("unanswered", "waiting"),
    NoticeKind.STAFF: ("helpers",),
    NoticeKind.SUSPENDED: ("menu",),
}


class Shown(Protocol):
    """A notice as far as showing it goes."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def conversation_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be told. What has the same `key` is told to a bot's people once; what `is_free` is never pushed."""

    kind: str
    key: str
    text: str
    urgent: bool = False
    is_free: bool = False
    conversation_id: int | None = None


async def tell(session: AsyncSession, bot: Bot, notice: Notice, *, now: datetime) -> tuple[str, ...]:
    """Keep a notice, and push it where that is allowed; helpers too are pushed that a customer waits.

    Gives back the lanes to wake once the transaction is on the disk: none where nobody is told at once.
    """
    row = StaffNotice(
        tenant_id=bot.tenant_id,
        bot_id=bot.id,
        kind=notice.kind,
        key=notice.key,
        text=notice.text,
        conversation_id=notice.conversation_id,
        created_at=now,
    )
    if not await repository.add_notice(session, row):
        return ()
    lanes = []
    wanted = bot.owner_pushes == "all" or (notice.urgent and bot.owner_pushes == "urgent")
    may_push = wanted and not notice.is_free
    for role, user_id, contact_id in await repository.staff_of(session, bot.id):
        if role is not Role.OWNER and notice.kind != NoticeKind.WAITING:
            continue
        card = shown(bot, [notice], await _language_of(session, contact_id))
        sent = await send_to(session, bot, user_id, [card], purpose=Purpose.NOTICE, now=now, may_push=may_push)
        if isinstance(sent, Delivery):
            lanes.append(sent.lane)
            if role is Role.OWNER:
                await repository.deliver_notices(session, [row.id], sent.id)
    return tuple(lanes)


async def with_untold(session: AsyncSession, turn: Turn, response: Response) -> Response:
    """A reply to the owner, with what they weren't told yet before it."""
    situation, bot = turn.situation, turn.situation.bot
    if not isinstance(response, Reply) or bot is None or situation.role is not Role.OWNER or situation.in_preview:
        return response
    if response.bot_id not in (None, bot.id) or len(response.messages) >= MAX_MESSAGES:
        return response
    now = turn.incoming.now
    await repository.settle_notices(session, bot.id, now=now)
    untold = await _still_true(session, bot, await repository.untold_notices(session, bot.id, limit=MOST_AT_ONCE), now)
    if not untold:
        return response
    card = shown(bot, untold, situation.language)
    return replace(response, messages=(card, *response.messages), told=tuple(notice.id for notice in untold))


def shown(bot: Bot, notices: Sequence[Shown], language: Language) -> FlexMessage:
    """Notices as cards, each with what can be done about it."""
    # Owners of several shops see whose notice it is.
    cards = [
        bubble(
            say(f"notice.title_{one.kind}", language),
            body=one.text,
            buttons=_buttons(bot, one, language),
            note=bot.store_name,
        )
        for one in notices
    ]
    return FlexMessage("", cards[0] if len(cards) == 1 else carousel(cards))


async def _still_true(session: AsyncSession, bot: Bot, notices: Sequence[NoticeRow], now: datetime) -> list[NoticeRow]:
    """The notices that still need telling: who waited may have been helped meanwhile."""
    over = [notice for notice in notices if not await _needs_telling(session, bot, notice, now)]
    await repository.drop_notices(session, [notice.id for notice in over], now=now)
    return [notice for notice in notices if notice not in over]


async def _needs_telling(session: AsyncSession, bot: Bot, notice: NoticeRow, now: datetime) -> bool:
    if notice.kind != NoticeKind.WAITING or notice.conversation_id is None:
        return True
    talk = await repository.find_talk(session, bot.id, notice.conversation_id)
    return talk is not None and talk.speaker_at(now) is Speaker.WAITING


def _buttons(bot: Bot, notice: Shown, language: Language) -> list[Action]:
    """What can be done about a notice."""
    talk = str(notice.conversation_id or "")
    return [
        button(bot, say(f"notice.do_{action}", language), action, talk if action in _ABOUT_TALKS else "")
        for action in _ACTIONS.get(notice.kind, ("summary",))
    ]


async def _language_of(session: AsyncSession, contact_id: int | None) -> Language:
    chosen = (await repository.contact(session, contact_id)).language if contact_id is not None else None
    return Language(chosen) if chosen else Language.ZH_TW


def lasting_key(kind: NoticeKind, *parts: object) -> str:
    """A key within the 80 characters that one has."""
    return ":".join([str(kind), *(part.hex if isinstance(part, uuid.UUID) else str(part) for part in parts)])[:80]
