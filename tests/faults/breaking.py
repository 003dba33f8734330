"""One customer's question while the process that works on it dies or freezes at a chosen point."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import update

from bot.line.simulator import FaultMode, Occurrence, PlatformRules, User, Where
from bot.models import Bot, Channel
from tests.faults.crowd import Crowd
from tests.support.breakpoints import SLOW_WORD, How
from tests.support.servers import ProductProcess
from tests.support.site import Site
from tests.support.waiting import eventually

# In the order of an event's life. For a sweep to find something, nobody is woken when it is next.
REPLYING = (
    "before_commit", "committed", "claimed", "sweeping", "planned", "sending", "replying", "replied", "stopping",
)  # fmt: skip
PUSHING = ("push_claimed", "queued", "pushing", "pushed")
LATE = ("late_begun", "late")
ALL_POINTS = (*REPLYING, *PUSHING, *LATE)
# Every reply comes too late while this holds, so that the answer is pushed.
NO_TIME = PlatformRules(reply_token_life=timedelta(milliseconds=-1))
TO_BE_MADE = "SELECT count(*) FROM late_answers WHERE state = 'pending'"
PAST_THE_LEASE = 2.0
AFTERMATH_SECONDS = 0.4


@dataclass
class Breaking:
    """Asks and breaks. `ended` holds how the events of each point ended."""

    crowd: Crowd
    at: dict[str, list[str]] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return self.crowd.site

    async def prepare(self, servers: int) -> None:
        """A shop that pushes what came too late, and a LINE that takes its time."""
        self.site.breakable = True
        await self.site.serve(servers)
        await self.site.open_shop()
        now = self.site.line.platform.clock.now()
        await self.site.change(update(Channel).values(quota_limit=None, quota_used=0, quota_checked_at=now))
        for endpoint in ("reply", "push"):
            self.site.line.fail(FaultMode.SLOW, endpoint=endpoint, seconds=0.3, times=None)

    async def ask(self, user: User, point: str, how: How) -> None:
        """Ask while the first server is about to stop there, and see the question through."""
        rules = self.site.line.platform.rules
        self.site.line.platform.rules = NO_TIME if point in PUSHING else rules
        await self.site.change(update(Bot).values(late_reply="postback" if point in LATE else "push"))
        said = self.crowd.say(user, f"{SLOW_WORD}，你們幾點打烊？" if point in LATE else "你們幾點打烊？")
        self.at[point] = [said.event_id]
        if how == "kill":
            await self._kill(said, point)
        else:
            await self._freeze(said, point)
        await self.site.settle()
        self.site.line.platform.rules = rules
        if point in LATE:
            await self._fetch(said, user, point)

    async def _kill(self, said: Occurrence, point: str) -> None:
        self.site.stops().arm(point, "kill")
        telling = asyncio.create_task(self.crowd.tell(said, first=0))
        if point == "stopping":
            await self._told_to_stop(said)
        await self._dead(self.site.servers[0])
        await self.site.restart(0)
        await telling

    async def _freeze(self, said: Occurrence, point: str) -> None:
        stops, (frozen, *others) = self.site.stops(), self.site.servers
        stops.arm(point, "freeze")
        # The question is the first server's: another that swept by in between would leave nothing to stop at.
        for other in others:
            other.freeze()
        telling = asyncio.create_task(self.crowd.tell(said, first=0))
        if point == "stopping":
            await self._told_to_stop(said)
        await eventually(lambda: not stops.waiting)
        if others:
            # Somebody else answers in its place, before it wakes.
            others[0].thaw()
            await telling
            await self.site.settle()
        else:
            await asyncio.sleep(PAST_THE_LEASE)
        frozen.thaw()
        await telling
        if point == "stopping":
            await self._dead(frozen)
            await self.site.restart(0)
        await asyncio.sleep(AFTERMATH_SECONDS)

    async def _told_to_stop(self, said: Occurrence) -> None:
        """A signal comes while the answer is on its way to the customer."""
        await eventually(lambda: bool(self.site.line.world.answers_to(said)))
        self.site.servers[0].ask_to_end()

    async def _fetch(self, said: Occurrence, user: User, point: str) -> None:
        """Tap the button once the answer is made."""

        async def is_made() -> bool:
            return int((await self.site.rows(TO_BE_MADE))[0][0]) == 0

        await eventually(is_made)
        [card] = [message for message in self.site.line.world.answers_to(said) if "contents" in message.content]
        action = card.content["contents"]["footer"]["contents"][0]["action"]
        where = Where(self.site.central.channel_id, user.user_id, user.user_id)
        tap = self.site.line.people.postback(where, action["data"], display_text=action["displayText"])
        assert tap is not None
        self.at[point].append(tap.event_id)
        await self.crowd.tell(tap)
        await self.site.settle()
        [answer] = self.site.line.world.answers_to(tap)
        assert action["data"] not in json.dumps(answer.content)

    @staticmethod
    async def _dead(server: ProductProcess) -> None:
        await eventually(lambda: server.status is not None)
