"""What follows in LINE when a partner lets a bot rest, releases its owner, or gives it up.

Each works in the caller's transaction and gives the lanes to wake once that is on the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.figures import Figures
from bot.models import Bot
from bot.tenancy.owners import Released
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.notices import Notice, NoticeKind, lasting_key, tell
from handlers.line.owner.changes import ChangeKind, OwnerChange, follow_up
from handlers.line.resting import suspended_text


class LineManagement:
    """Bots as LINE's people see them managed."""

    async def suspended(self, session: AsyncSession, bot: Bot, *, now: datetime) -> Sequence[str]:
        """Tell the owner that the bot rests from now on."""
        return await _tell(session, bot, "begun", suspended_text(bot, Language.ZH_TW), now=now)

    async def resumed(self, session: AsyncSession, bot: Bot, *, now: datetime) -> Sequence[str]:
        """Tell the owner that the bot is back, or that their own pause goes on."""
        told = [say("pause.suspension_over", shop=bot.store_name)]
        if bot.paused_at is not None:
            told.append(say("pause.still_paused"))
        return await _tell(session, bot, "over", "\n".join(told), now=now)

    async def released(self, session: AsyncSession, released: Released, *, now: datetime) -> Sequence[str]:
        """What its people held goes back to the bot, their menus go, and they are told."""
        change = OwnerChange(
            kind=ChangeKind.RELEASED,
            bot=released.bot,
            former=released.former,
            told="staff.released_by_provider",
        )
        return await follow_up(session, change, now=now)

    async def given_up(
        self, session: AsyncSession, bot: Bot, released: Released | None, *, now: datetime
    ) -> Sequence[str]:
        """End whatever is under way in the bot's name; then as `released`, where it had an owner."""
        await repository.end_all_of(session, bot, now=now)
        if released is None:
            return ()
        change = OwnerChange(
            kind=ChangeKind.RELEASED,
            bot=bot,
            former=released.former,
            told="staff.given_up",
            told_helpers="staff.helper_given_up",
        )
        return await follow_up(session, change, now=now)

    async def moving(self, session: AsyncSession, released: Released, *, now: datetime) -> Sequence[str]:
        """As `released`, where the bot is about to answer on another account, on which LINE knows nobody of them."""
        change = OwnerChange(
            kind=ChangeKind.RELEASED,
            bot=released.bot,
            former=released.former,
            told="staff.moved_away",
            told_helpers="staff.moved_away",
        )
        return await follow_up(session, change, now=now)

    async def figures(self, session: AsyncSession, bot: Bot, *, since: datetime, until: datetime) -> Figures:
        """What the bot did from `since` to just before `until`."""
        return await repository.figures_of(session, bot, since=since, until=until)


async def _tell(session: AsyncSession, bot: Bot, what: str, text: str, *, now: datetime) -> Sequence[str]:
    key = lasting_key(NoticeKind.SUSPENDED, what, int(now.timestamp() * 1000))
    return await tell(session, bot, Notice(kind=NoticeKind.SUSPENDED, key=key, text=text, urgent=True), now=now)
