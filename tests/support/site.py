"""A simulated LINE and product processes on one store, with the questions that a checker asks of them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Executable, select, text

from bot.clock import SystemClock
from bot.db.engine import Database
from bot.line.simulator import Channel, Occurrence, Simulator, User
from bot.line.simulator.events import Where, redelivered, webhook_body
from bot.line.simulator.model import Sender, WebhookAttempt
from bot.models import Bot, Lane
from bot.security.keys import Purpose, derive_key
from bot.tenancy.partners import Partners
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import repository as knowledge
from knowledge.repository import NewEntry
from tests.support.breakpoints import BRISK, CONTROL, OWNER, Breakpoints
from tests.support.forked import ForkedProcess
from tests.support.servers import ProductProcess, environment_of, free_port, secrets_of
from tests.support.shown import EVENTS, LEDGER, Shown, inversions, shown_on

# How often an event is sent before a test gives up.
DELIVERIES = 10
TO_PUSH = "SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL"
FINAL = ("answered", "silent", "handed_over", "failed")


@dataclass
class Site:
    """`servers` are the `shopkeeper serve` processes that run, `started` all there ever were, and
    `environment` is what each is started with. While it is `breakable`, those that are started can be stopped
    at `stops`, and wait for less. `owners` has the name under which each process, by its id, claims lanes."""

    line: Simulator
    central: Channel
    folder: Path
    environment: dict[str, str]
    database: Database
    session: aiohttp.ClientSession
    servers: list[ProductProcess] = field(default_factory=list)
    started: list[ProductProcess] = field(default_factory=list)
    owners: dict[int, uuid.UUID] = field(default_factory=dict)
    serve_options: tuple[str, ...] = ()
    breakable: bool = False

    @classmethod
    @asynccontextmanager
    async def on(cls, database_url: str, folder: Path, *, redis_url: str | None = None) -> AsyncIterator[Site]:
        """A site without a server yet; whatever runs at the end is ended."""
        async with Simulator.running() as line, aiohttp.ClientSession(trust_env=False) as session:
            central = line.add_channel("店家總機")
            environment = environment_of(
                folder,
                **secrets_of(central),
                DATABASE_URL=database_url,
                REDIS_URL=redis_url,
                LINE_API_BASE_URL=line.base_url,
                LINE_DATA_API_BASE_URL=line.base_url,
            )
            site = cls(line, central, folder, environment, Database(database_url), session)
            try:
                yield site
            finally:
                for server in site.started:
                    server.close()
                await site.database.close()

    # Processes

    async def serve(self, count: int = 1) -> list[ProductProcess]:
        """Start so many servers more and wait until all are ready; webhooks go to the first there is."""
        servers = [self.launch(free_port()) for _ in range(count)]
        self.servers += [await server.ready() for server in servers]
        self.central.webhook_url = f"{self.servers[0].url}/line/webhook"
        return servers

    def launch(self, port: int) -> ProductProcess:
        """Start a server on `port` without waiting for it."""
        more = {BRISK: "1", CONTROL: str(self._control(port))} if self.breakable else {}
        return self._start("serve", "--port", str(port), *self.serve_options, **more)

    def work(self) -> ProductProcess:
        """Start a worker without waiting for it."""
        return self._start("worker")

    def _start(self, *arguments: str, **more: str) -> ProductProcess:
        owner = uuid.uuid4()
        environment = self.environment | more | {OWNER: owner.hex}
        self.started.append(ForkedProcess(*arguments, environment=environment, folder=self.folder))
        self.owners[self.started[-1].pid] = owner
        return self.started[-1]

    async def restart(self, number: int) -> ProductProcess:
        """Start the server again that has ended, on its port, and wait for it."""
        self.servers[number] = await self.relaunch(number).ready()
        return self.servers[number]

    def relaunch(self, number: int) -> ProductProcess:
        """The same without waiting for it."""
        return self.launch(self._port(number))

    def stops(self, number: int = 0) -> Breakpoints:
        """Where to stop that server, or the next on its port."""
        return Breakpoints(self._control(self._port(number)))

    async def readiness(self, server: ProductProcess) -> int:
        """The status of `/readyz`."""
        async with self.session.get(f"{server.url}/readyz") as response:
            return response.status

    def _port(self, number: int) -> int:
        return int(self.servers[number].url.rpartition(":")[2])

    def _control(self, port: int) -> Path:
        return self.folder / f"{port}.stop"

    async def lanes_of(self, server: ProductProcess) -> dict[str, int]:
        """The lanes that a process holds, with their fences."""
        held = select(Lane.key, Lane.fence).where(Lane.owner == self.owners[server.pid])
        async with self.database.reading() as session:
            return {key: int(fence) for key, fence in await session.execute(held)}

    async def fences(self) -> dict[str, int]:
        """The fence of every lane."""
        return {key: int(fence) for key, fence in await self.rows("SELECT key, fence FROM lanes")}

    # Partners and people

    async def partner(self, *, slots: int) -> str:
        """A partner's provisioning key."""
        key = derive_key(self.environment["SECRET_KEY"], Purpose.PARTNER_KEY)
        partners = Partners(clock=SystemClock(), key_hash_key=key)
        async with self.database.unit_of_work() as session:
            return await partners.issue_key(session, await partners.create(session, "StockRadar", slots=slots))

    async def provision(self, api_key: str, *, name: str = "我的小店", server: int = 0) -> tuple[int, Any]:
        """Status and answer of `POST /api/partner/provision`."""
        url, headers = f"{self.servers[server].url}/api/partner/provision", {"Authorization": f"Bearer {api_key}"}
        async with self.session.post(url, json={"store_name": name}, headers=headers) as response:
            return response.status, await response.json()

    async def open_shop(self) -> dict[str, Any]:
        """The provisioning answer of a bot; while it is the only one, newcomers talk with it."""
        status, answer = await self.provision(await self.partner(slots=1))
        assert status == 201, answer
        assert isinstance(answer, dict)
        return answer

    async def teach(self, entries: Mapping[str, str]) -> None:
        """Let the only bot's vendor know these answers."""
        now = self.line.platform.clock.now()
        async with self.database.unit_of_work() as session:
            bot = (await session.execute(select(Bot))).scalar_one()
            principal = Principal(kind=PrincipalKind.BOT, id="tests", tenant_id=bot.tenant_id)
            for question, answer in entries.items():
                await knowledge.add_entry(session, principal, NewEntry(question, answer, bot.vendor_id), now=now)

    def friends(self, count: int) -> list[User]:
        """People who have added the account, which wasn't told of it."""
        users = [self.line.add_user(f"客人{number}") for number in range(count)]
        for user in users:
            self.line.people.follow(self.central.channel_id, user.user_id)
        return users

    def says(self, user: User, words: str) -> Occurrence:
        """Somebody writes; the webhook isn't sent yet."""
        said = self.line.people.say(Where(self.central.channel_id, user.user_id, user.user_id), words)
        assert said is not None
        return said

    async def post(self, said: Occurrence, *, server: int = 0, again: bool = False) -> WebhookAttempt:
        """Send one webhook with this event to a server."""
        self.line.platform.note_delivery([said.event_id])
        event = redelivered(said.event) if again else said.event
        url = f"{self.servers[server].url}/line/webhook"
        body = webhook_body(self.central.bot_user_id, [event])
        return await self.line.sender.post(self.central, body, url=url, occurrences=[said], redelivery=int(again))

    async def post_until_taken(self, said: Occurrence) -> None:
        """Send it as LINE does with redelivery on: again where a busy machine took longer than LINE waits."""
        for number in range(DELIVERIES):
            if (await self.post(said, again=number > 0)).accepted:
                return
        raise AssertionError(f"{said.event_id} was not taken {DELIVERIES} times")

    # What became of it

    async def rows(self, statement: str) -> list[Any]:
        """What an SQL statement finds."""
        async with self.database.reading() as session:
            return list(await session.execute(text(statement)))

    async def change(self, statement: Executable) -> None:
        """Change rows behind the servers' backs."""
        async with self.database.unit_of_work() as session:
            await session.execute(statement)

    async def ends(self) -> dict[str, tuple[str, str | None]]:
        """State and reason of every stored event, by its webhookEventId."""
        rows = await self.rows("SELECT webhook_event_id, state, reason FROM line_events")
        return {event_id: (state, reason) for event_id, state, reason in rows}

    async def settle(self, *, within: float = 60) -> dict[str, tuple[str, str | None]]:
        """Wait until every stored event is final and nothing is to be pushed; returns how each event ended."""
        async with asyncio.timeout(within):
            while True:
                ends = await self.ends()
                if all(state in FINAL for state, _ in ends.values()) and not (await self.rows(TO_PUSH))[0][0]:
                    return ends
                await asyncio.sleep(0.05)

    async def shown(self) -> list[Shown]:
        """Everything that people can see of the account, with the events that it answers."""
        return shown_on(self.line.platform, ledger=await self.rows(LEDGER), events=await self.rows(EVENTS))

    def slowest_answer(self) -> float:
        """Seconds from the first time that an event was told until its answer was seen, at most."""
        told: dict[str, int] = {}
        for attempt in self.line.platform.webhooks:
            for event_id in attempt.event_ids:
                told.setdefault(event_id, attempt.at)
        answers = (message for chat in self.line.platform.chats() for message in chat if message.answers_event)
        return max((message.sent_at - told[str(message.answers_event)] for message in answers), default=0) / 1000

    def inversions(self, user: User, shown: Iterable[Shown]) -> int:
        """How often the answers in a person's chat don't stand in the order of what they wrote."""
        chat = self.line.platform.chat(self.central.channel_id, user.user_id)
        asked = [str(message.event_id) for message in chat if message.sender is Sender.USER]
        return inversions([one for one in shown if one.chat_id == user.user_id], asked)
