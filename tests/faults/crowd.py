"""People who write to the account as LINE would tell it: each conversation in order, repeated until taken."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.line.simulator import Occurrence, User
from tests.support.shown import times_answered
from tests.support.site import Site

AGAIN_SECONDS = 0.2
MOST_COPIES = 5
MAY_BE_SEEN = {
    ("answered", None),
    ("answered", "pushed"),
    ("answered", "outcome_unknown"),
    ("failed", "outcome_unknown"),
    ("failed", "internal_error"),
}


@dataclass
class Crowd:
    """`acknowledged` holds the ids of the events for which a 200 was seen."""

    site: Site
    users: Sequence[User]
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - chance, not secrecy
    said: list[Occurrence] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def talking(self, *, pause: float) -> AsyncIterator[None]:
        """Everybody writes about every `pause` seconds while the block runs, and finishes their last message."""
        enough = asyncio.Event()
        talks = [asyncio.create_task(self._talk(user, enough, pause=pause)) for user in self.users]
        try:
            yield
        finally:
            enough.set()
            await asyncio.gather(*talks)

    async def write(self, user: User, *, turns: int, pause: float = 0.0, copies: int = MOST_COPIES) -> None:
        """A conversation of so many messages, each told once and up to `copies` times to whichever server."""
        later: list[asyncio.Task[None]] = []
        for _ in range(turns):
            await asyncio.sleep(self.dice.uniform(0, 2) * pause)
            said = self.say(user)
            await self.tell(said)
            later += [asyncio.create_task(self._tell_later(said)) for _ in range(self.dice.randrange(copies))]
        await asyncio.gather(*later)

    async def write_in_disorder(self, *, turns: int, at_once: int) -> None:
        """Everybody's messages, each told 1 to 5 times, all shuffled."""
        said = [self.say(user) for user in self.users for _ in range(turns)]
        copies = [one for one in said for _ in range(1 + self.dice.randrange(MOST_COPIES))]
        self.dice.shuffle(copies)
        slots = asyncio.Semaphore(at_once)

        async def tell(one: Occurrence) -> None:
            async with slots:
                await self.tell(one)

        await asyncio.gather(*(tell(one) for one in copies))

    def say(self, user: User, words: str = "你們幾點打烊？") -> Occurrence:
        """Somebody writes; nobody is told yet."""
        said = self.site.says(user, f"{words}（第 {len(self.said) + 1} 次問）")
        self.said.append(said)
        return said

    async def tell(self, said: Occurrence, *, first: int | None = None) -> None:
        """Send the webhook until some server takes it, to that one `first`."""
        again = False
        while True:
            server = first if first is not None and not again else self.dice.randrange(len(self.site.servers))
            attempt = await self.site.post(said, server=server, again=again)
            if attempt.accepted:
                self.acknowledged.add(said.event_id)
                return
            assert attempt.status in (None, 503), attempt.status
            again = True
            await asyncio.sleep(AGAIN_SECONDS)

    async def check(self, *, in_order: bool = True) -> Counter[str]:
        """Hold the promise to what became of it all; returns how many events ended in which way.

        `in_order` unless the webhooks themselves came in disorder.
        """
        ends, shown = await self.site.settle(), await self.site.shown()
        answers = times_answered(shown)
        assert self.acknowledged - ends.keys() == set(), "acknowledged and not stored"
        assert {event_id: count for event_id, count in answers.items() if count > 1} == {}, "visible twice"
        unseen = {one for one, (state, _) in ends.items() if state == "answered" and not answers[one]}
        assert unseen == set(), "said to be answered, and not visible"
        silent = {one for one, (state, reason) in ends.items() if (state, reason) not in MAY_BE_SEEN}
        assert silent & answers.keys() == set(), "said to be unanswered, and visible"
        if in_order:
            assert sum(self.site.inversions(user, shown) for user in self.users) == 0
        return Counter(state if reason is None else f"{state} ({reason})" for state, reason in ends.values())

    async def _talk(self, user: User, enough: asyncio.Event, *, pause: float) -> None:
        while not enough.is_set():
            await asyncio.sleep(self.dice.uniform(0.5, 1.5) * pause)
            await self.tell(self.say(user))

    async def _tell_later(self, said: Occurrence) -> None:
        await asyncio.sleep(self.dice.uniform(0, 0.5))
        await self.tell(said)
