"""What shops' people are told without having asked: the daily summary, and that something is wrong."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import SHOP_TIME
from bot.db.engine import Database
from bot.models import Bot
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.notices import Notice, NoticeKind, lasting_key, tell
from handlers.line.owner.summary import day_of, in_words

EVERY = timedelta(minutes=5)
# A summary that an outage held up is still told, but not in the middle of the night.
SUMMARY_LATE_HOURS = 3
DAY = timedelta(hours=24)
MANY_OPEN = 5
FAILING_WITHIN = timedelta(hours=1)
FAILING_LEAST, FAILING_SHARE = 5, 0.2


class Watch:
    """Looks after every bot. Each is told in a transaction of its own; `wake` tells who sends."""

    def __init__(self, database: Database, wake: Callable[[Sequence[str]], None]) -> None:
        self._database = database
        self._wake = wake

    async def look(self, now: datetime) -> None:
        """Tell what is to be told by now. Looking again tells nothing twice."""
        await self._summaries(now)
        await self._channels(now)
        await self._unanswered(now)

    async def _summaries(self, now: datetime) -> None:
        local = now.astimezone(SHOP_TIME)
        hours = [hour for hour in range(local.hour - SUMMARY_LATE_HOURS + 1, local.hour + 1) if hour >= 0]
        key = lasting_key(NoticeKind.SUMMARY, f"{local:%Y-%m-%d}")
        async with self._database.reading() as session:
            due = await repository.bots_due_a_summary(session, hours, key)
        for bot_id in due:
            async with self._database.reading() as session:
                bot = await session.get_one(Bot, bot_id)
                day = await day_of(session, bot, since=now - DAY, until=now)
            text = in_words(day, Language.ZH_TW)
            await self._tell(bot_id, Notice(kind=NoticeKind.SUMMARY, key=key, text=text, is_free=day.is_quiet), now)

    async def _channels(self, now: datetime) -> None:
        async with self._database.reading() as session:
            known = await repository.active_channels(session)
        for channel_id, broken_at in known:
            if broken_at is not None:
                await self._tell_broken(channel_id, broken_at, now)
            else:
                await self._tell_failing(channel_id, now)

    async def _tell_broken(self, channel_id: uuid.UUID, broken_at: datetime, now: datetime) -> None:
        """Nothing can be sent on a channel whose token is refused: it is told once one can."""
        async with self._database.reading() as session:
            bots = await repository.owned_bots(session, channel_id)
        since = broken_at.astimezone(SHOP_TIME)
        text = say("notice.broken", since=f"{since.month}/{since.day} {since:%H:%M}")
        key = lasting_key(NoticeKind.BROKEN, int(broken_at.timestamp()))
        for bot_id in bots:
            await self._tell(bot_id, Notice(kind=NoticeKind.BROKEN, key=key, text=text, is_free=True), now)

    async def _tell_failing(self, channel_id: uuid.UUID, now: datetime) -> None:
        async with self._database.reading() as session:
            total, failed = await repository.ends_since(session, channel_id, since=now - FAILING_WITHIN)
        for bot_id, count in failed.items():
            if count < FAILING_LEAST or count < FAILING_SHARE * total[bot_id]:
                continue
            key = lasting_key(NoticeKind.FAILING, f"{now.astimezone(SHOP_TIME):%Y-%m-%d}")
            text = say("notice.failing", failed=count, total=total[bot_id])
            await self._tell(bot_id, Notice(kind=NoticeKind.FAILING, key=key, text=text, urgent=True), now)

    async def _unanswered(self, now: datetime) -> None:
        async with self._database.reading() as session:
            many = await repository.bots_much_unanswered(session, since=now - DAY, least=MANY_OPEN)
            vendors = {bot_id: (await session.get_one(Bot, bot_id)).vendor_id for bot_id in many}
            counts = {
                bot_id: await repository.count_open_questions(session, vendor_id, since=now - DAY)
                for bot_id, vendor_id in vendors.items()
            }
        key = lasting_key(NoticeKind.UNANSWERED, f"{now.astimezone(SHOP_TIME):%Y-%m-%d}")
        for bot_id, count in counts.items():
            text = say("notice.unanswered", count=count)
            await self._tell(bot_id, Notice(kind=NoticeKind.UNANSWERED, key=key, text=text), now)

    async def _tell(self, bot_id: uuid.UUID, notice: Notice, now: datetime) -> None:
        async with self._database.unit_of_work() as session:
            bot = await session.get(Bot, bot_id)
            lanes = await tell(session, bot, notice, now=now) if bot is not None else ()
        if lanes:
            self._wake(lanes)
