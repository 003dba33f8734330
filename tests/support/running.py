"""The product on a real server with a simulated LINE beside it, both in the test's own process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, select

from bot.app import Roles, Shopkeeper, create_app
from bot.clock import Clock, SystemClock
from bot.db.engine import Database
from bot.line.sdk_client import SdkLineClient
from bot.line.simulator import Channel, Group, PlatformRules, Simulator, Told, User
from bot.llm.port import LanguageModel
from bot.models import Bot, LineEvent
from bot.ports import Ports
from bot.speech.port import Transcriber
from bot.web.access_log import StructuredAccessLog
from bot.web.server import HttpServer
from handlers.line.repository import count_open_events
from handlers.line.timing import Timing
from tests.support.encoder import shared_encoder
from tests.support.settings import settings_in
from tests.support.shops import Shops
from tests.support.waiting import eventually

LINE_TIMEOUT = 0.5


@dataclass(frozen=True)
class Running:
    """A running product. `central` is the simulator's side of the central channel."""

    shopkeeper: Shopkeeper
    line: Simulator
    url: str
    central: Channel
    shops: Shops

    @property
    def database(self) -> Database:
        return self.shopkeeper.database

    def now(self) -> datetime:
        """The time of the product's clock."""
        return self.shopkeeper.ports.clock.now()

    async def rows(self, statement: Executable) -> list[Any]:
        """The first column of what a statement finds."""
        async with self.database.reading() as session:
            return list((await session.execute(statement)).scalars())

    async def events(self) -> list[LineEvent]:
        """Every event that was stored, in the order of arrival."""
        return await self.rows(select(LineEvent).order_by(LineEvent.id))

    async def ends(self) -> list[tuple[str, str | None]]:
        """State and reason of every event, in the order of arrival."""
        return [(event.state, event.reason) for event in await self.events()]

    async def settle(self) -> None:
        """Wait until no event is open any more and nothing of it is being worked on."""
        await eventually(self._all_ended)
        if self.shopkeeper.runner is not None:
            await self.shopkeeper.runner.idle()

    async def until(self, holds: Callable[[list[LineEvent]], bool]) -> None:
        """Wait for a state of the stored events."""

        async def look() -> bool:
            return holds(await self.events())

        await eventually(look)

    def friend(self, name: str = "小明", *, of: Channel | None = None) -> User:
        """Somebody who has added the account, which wasn't told of it."""
        user = self.line.add_user(name)
        self.line.people.follow((of or self.central).channel_id, user.user_id)
        return user

    async def ask(self, user: User, text: str, *, channel: Channel | None = None, **more: Any) -> list[str]:
        """Write a text and give back what the account answered once the event has ended."""
        return await self.answers(await self.line.user_says(channel or self.central, user, text, **more))

    async def answers(self, told: Told) -> list[str]:
        """What the account said to a step, once every event has ended: a card counts by its alternative text."""
        await self.settle()
        contents = [message.content for message in self.line.answers_to(told)]
        return [str(content.get("text", content.get("altText"))) for content in contents]

    def seen(self, chat: User | Group, *, channel: Channel | None = None) -> list[str]:
        """What the account visibly wrote into a chat, as `answers`."""
        messages = self.line.visible_messages(channel or self.central, chat)
        contents = [message.content for message in messages if message.via in {"reply", "push"}]
        return [str(content.get("text", content.get("altText"))) for content in contents]

    async def own_channel(self, bot: Bot, name: str = "自己的帳號") -> Channel:
        """Give a bot an Official Account of its own, whose webhooks come here."""
        channel = self.line.add_channel(name)
        channel_id = await self.shops.move_to_own_channel(bot, channel)
        channel.webhook_url = f"{self.url}/line/webhook/{channel_id}"
        return channel

    async def _all_ended(self) -> bool:
        async with self.database.reading() as session:
            counts, _ = await count_open_events(session)
        return not counts


@asynccontextmanager
async def running(
    database_url: str,
    folder: Path,
    *,
    clock: Clock | None = None,
    rules: PlatformRules | None = None,
    llm: LanguageModel | None = None,
    speech: Transcriber | None = None,
    roles: Roles | None = None,
    port: int = 0,
    timing: Timing | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """Run product and simulator on one clock until the block ends; `settings` are settings by field name."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(Simulator.running(clock, rules=rules))
        central = line.add_channel("店家總機", line_id_name="@shopkeeper")
        made = settings_in(
            folder,
            database_url=database_url,
            line_channel_secret=central.secret,
            line_channel_access_token=central.access_token,
            line_api_base_url=line.base_url,
            line_data_api_base_url=line.base_url,
            **settings,
        )
        client = SdkLineClient(line.base_url, data_base_url=line.base_url, timeout=LINE_TIMEOUT)
        ports = Ports(line=client, llm=llm, clock=clock, speech=speech)
        shopkeeper = create_app(made, ports, roles=roles, access_log=StructuredAccessLog(), timing=timing)
        shopkeeper.engine.library.encoding._make_encoder = shared_encoder
        stack.push_async_callback(shopkeeper.stop)
        await shopkeeper.start()
        server = HttpServer(shopkeeper.web, port=port)
        await server.start()
        stack.push_async_callback(server.stop)
        url = f"http://127.0.0.1:{server.port}"
        central.webhook_url = f"{url}/line/webhook"
        yield Running(shopkeeper, line, url, central, Shops(shopkeeper))
