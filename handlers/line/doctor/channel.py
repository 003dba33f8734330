"""The doctor of one channel: every check by itself, so that one failure hides no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.db.engine import Database
from bot.line.channels import ChannelAccess
from bot.line.channels import repository as channels
from bot.line.channels.registration import ChannelTaken, describe
from bot.line.client import AccessRefused, BotInfo, LineClient, LineError
from handlers.line.doctor.findings import Finding, found
from handlers.line.doctor.probing import answer_times
from handlers.line.doctor.webhook import examine_webhook, tested_by_line
from handlers.line.repository.channels import EventHealth, event_health

STEP_SECONDS = 15.0
LOOK_BACK = timedelta(hours=24)
STUCK_AFTER = timedelta(minutes=5)
LOW_SHARE = 0.8

# The metrics of the server that answers LINE, as text; None where they can't be had.
Metrics = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A channel with the secret and token to try, and the URL that its webhooks belong to.

    `stored`: these are the ones that the store holds, so that what LINE says of them is kept.
    """

    channel: ChannelAccess
    url: str
    stored: bool = True


class ChannelDoctor:
    """Examines channels. What LINE says of an account is kept, as far as it is the channel's."""

    def __init__(self, database: Database, line: LineClient, *, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._line = line
        self._clock = clock
        self._metrics = metrics

    async def examine(self, subject: Subject) -> list[Finding]:
        """Every check, in the order in which their ends are mended. What LINE can't be asked is left out."""
        findings = await self.ask_line(subject)
        findings += await _bounded(self._answer_times)
        findings += await _bounded(partial(self._events, subject.channel))
        return sorted(findings, key=_rank)

    async def ask_line(self, subject: Subject) -> list[Finding]:
        """The checks that LINE answers; the store is needed only to keep it of a channel that is stored."""
        info, findings = await self._account(subject)
        if info is not None:
            asked = replace(subject.channel, bot_user_id=info.user_id)
            for step in (
                partial(examine_webhook, self._line, asked, subject.url),
                partial(self.self_test, replace(subject, channel=asked)),
                partial(self._quota, asked),
            ):
                findings += await _bounded(step)
            findings.append(found("chat_on" if info.chat_mode == "chat" else "auto_reply_untold"))
        return findings

    async def self_test(self, subject: Subject) -> list[Finding]:
        """LINE's own test alone."""
        return [await tested_by_line(self._line, subject.channel, subject.url)]

    async def _account(self, subject: Subject) -> tuple[BotInfo | None, list[Finding]]:
        """Who LINE says the token is, and whether that is the channel."""
        try:
            async with asyncio.timeout(STEP_SECONDS):
                info = await self._line.bot_info(subject.channel.token)
        except AccessRefused:
            await self._keep_refused(subject)
            return None, [found("token_refused", since=subject.channel.broken_at or self._clock.now())]
        except (LineError, TimeoutError) as error:
            return None, [found("line_unreachable", error=str(error) or "no answer in time")]
        accepted = found("token_accepted", name=info.display_name, basic_id=info.basic_id)
        known = subject.channel.bot_user_id
        if known is not None and known != info.user_id:
            there, here = (
                f"{info.display_name} ({info.basic_id})",
                f"{subject.channel.name} ({subject.channel.basic_id})",
            )
            return info, [accepted, found("account_differs", there=there, here=here)]
        return info, [accepted, await self._keep(subject, info)]

    async def _keep(self, subject: Subject, info: BotInfo) -> Finding:
        if subject.stored:
            try:
                async with self._database.unit_of_work() as session:
                    row = await channels.find(session, subject.channel.id)
                    if row is not None:
                        await describe(session, row, info)
            except ChannelTaken:
                return found("account_taken", name=info.display_name)
        return found("account_matches", name=info.display_name)

    async def _keep_refused(self, subject: Subject) -> None:
        if subject.stored and subject.channel.broken_at is None:
            async with self._database.unit_of_work() as session:
                await channels.mark_broken(session, subject.channel.id, at=self._clock.now())

    async def _quota(self, channel: ChannelAccess) -> list[Finding]:
        try:
            quota = await self._line.quota(channel.token)
        except LineError as error:
            return [found("quota_untold", error=error)]
        if quota.limit is None:
            return [found("quota_unlimited", used=quota.used)]
        code = "quota_left"
        if quota.used >= quota.limit:
            code = "quota_used_up"
        elif quota.used >= quota.limit * LOW_SHARE:
            code = "quota_low"
        return [found(code, used=quota.used, limit=quota.limit, left=max(quota.limit - quota.used, 0))]

    async def _answer_times(self) -> list[Finding]:
        text = await self._metrics()
        times = answer_times(text) if text is not None else None
        if times is None:
            return [found("answers_untold")]
        return [found("answers_late" if times.late else "answers_in_time", count=times.count, late=times.late)]

    async def _events(self, channel: ChannelAccess) -> list[Finding]:
        now = self._clock.now()
        async with self._database.reading(heavy=True) as session:
            health = await event_health(session, channel.id, since=now - LOOK_BACK)
        again = found("redelivery_seen", count=health.redelivered) if health.redelivered else found("redelivery_untold")
        if health.oldest_open is not None and now - health.oldest_open > STUCK_AFTER:
            minutes = int((now - health.oldest_open).total_seconds() // 60)
            return [again, found("events_stuck", minutes=minutes)]
        return [again, _of_events(health)]


def _of_events(health: EventHealth) -> Finding:
    if not health.failed:
        return found("events_fine", count=health.count)
    reasons = ", ".join(f"{reason or '?'}: {count}" for reason, count in sorted(health.failed.items()))
    return found("events_failed", count=health.count, failed=sum(health.failed.values()), reasons=reasons)


_ORDER: Sequence[str] = (
    "secrets", "token", "account", "webhook_url", "webhook_use", "self_test", "redelivery", "auto_reply",
    "answer_times", "quota", "events", "time",
)  # fmt: skip


def _rank(finding: Finding) -> int:
    return _ORDER.index(finding.check)


async def _bounded(step: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    try:
        async with asyncio.timeout(STEP_SECONDS):
            return await step()
    except TimeoutError:
        return [found("check_timed_out", seconds=int(STEP_SECONDS))]
