"""The simulator for tests: started on a free port, driven by method calls in the same process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.line.simulator.app import GUIDE, WORLD, create_simulator
from bot.line.simulator.errors import ImpossibleStep
from bot.line.simulator.events import Where
from bot.line.simulator.faults import ANY, Fault, FaultMode
from bot.line.simulator.guide import Guide
from bot.line.simulator.model import Channel, Group, JsonObject, Message, Occurrence, User, WebhookAttempt
from bot.line.simulator.platform import Platform, PlatformRules
from bot.line.simulator.webhooks import Order

PATIENCE_SECONDS = 10.0
SHUTDOWN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Told:
    """A step and the webhook requests that told the account of it."""

    occurrence: Occurrence
    attempts: tuple[WebhookAttempt, ...]

    @property
    def event_id(self) -> str:
        return self.occurrence.event_id

    @property
    def reply_token(self) -> str:
        return str(self.occurrence.event.get("replyToken", ""))

    @property
    def message_id(self) -> str:
        return self.occurrence.message.message_id if self.occurrence.message else ""


class Simulator:
    """A running simulator; make one with `async with Simulator.running() as line`."""

    def __init__(self, app: web.Application, base_url: str) -> None:
        world = app[WORLD]
        self._guided = app[GUIDE]
        self.world = world
        self.base_url = base_url
        self.platform = world.platform
        self.people = world.people
        self.sender = world.sender
        self.faults = world.faults

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        clock: Clock | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rules: PlatformRules | None = None,
        guide: Guide | None = None,
        platform: Platform | None = None,
    ) -> AsyncIterator[Simulator]:
        """Listen on `port` (0: a free one) until the block ends."""
        app = create_simulator(platform or Platform(clock, rules=rules), guide=guide)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        try:
            address: Any = runner.addresses[0]
            yield cls(app, f"http://{host}:{address[1]}")
        finally:
            await runner.cleanup()

    # Who there is

    def add_channel(self, name: str = "小幫手", **details: Any) -> Channel:
        """An Official Account; `details` as `Directory.add_channel` takes them."""
        channel = self.platform.directory.add_channel(name, **details)
        self.platform.tell("directory", None)
        return channel

    def add_user(self, display_name: str = "小明", **details: Any) -> User:
        user = self.platform.directory.add_user(display_name, **details)
        self.platform.tell("directory", None)
        return user

    def add_group(self, name: str, members: Sequence[User], *, channel: Channel | None = None) -> Group:
        """A group with those members, and that account in it without an event about it."""
        group = self.platform.directory.add_group(name, [member.user_id for member in members])
        group.channel_id = channel.channel_id if channel else None
        self.platform.tell("directory", None)
        return group

    def offer(self, guide: Guide) -> None:
        """Show these first steps on the page."""
        self._guided.guide = guide

    # What people do

    async def user_says(
        self, channel: Channel, user: User, text: str, *, group: Group | None = None, copies: int = 1, **more: Any
    ) -> Told:
        """Write a text and deliver its webhook `copies` times at once; `more` as `People.say` takes it."""
        said = self.people.say(_where(channel, user, group), text, **more)
        return await self._tell(said, copies=copies)

    async def user_sends(
        self,
        channel: Channel,
        user: User,
        content: JsonObject,
        *,
        group: Group | None = None,
        data: bytes | None = None,
        content_type: str = "image/jpeg",
        ready_after: float = 0.0,
    ) -> Told:
        """Send another message, such as `{"type": "sticker", ...}`; `data` is its downloadable content,
        which LINE prepares for `ready_after` seconds (202)."""
        sent = self.people.send(_where(channel, user, group), content, data=data, content_type=content_type)
        if sent and sent.message and data is not None:
            self.platform.blobs[sent.message.message_id].ready_at += int(ready_after * 1000)
        return await self._tell(sent)

    async def user_taps(
        self, channel: Channel, user: User, data: str, *, group: Group | None = None, display_text: str | None = None
    ) -> Told:
        """Tap a postback."""
        return await self._tell(self.people.postback(_where(channel, user, group), data, display_text=display_text))

    async def follow(self, channel: Channel, user: User) -> Told:
        return await self._tell(self.people.follow(channel.channel_id, user.user_id))

    async def block(self, channel: Channel, user: User) -> Told:
        return await self._tell(self.people.block(channel.channel_id, user.user_id))

    async def unsend(self, said: Told) -> Told:
        return await self._tell(self.people.unsend(said.message_id))

    async def deliver(self, *occurrences: Occurrence | None, copies: int = 1) -> list[WebhookAttempt]:
        """Deliver steps of `people`, all in one request."""
        return await self.sender.deliver([item for item in occurrences if item], copies=copies)

    # How the platform fails

    def hold(self, channel: Channel) -> None:
        """Keep webhooks back until `release`."""
        self.sender.hold(channel.channel_id)

    async def release(
        self, channel: Channel, *, order: Order | None = None, batch_size: int = 1, copies: int = 1
    ) -> list[WebhookAttempt]:
        return await self.sender.release(channel.channel_id, order=order, batch_size=batch_size, copies=copies)

    def redeliver_after(self, channel: Channel, *delays: float) -> None:
        """Turn redelivery on with these delays in seconds, or off with none."""
        self.sender.redelivery[channel.channel_id] = delays

    def fail(
        self,
        mode: FaultMode,
        *,
        endpoint: str = ANY,
        status: int = 500,
        seconds: float = 5.0,
        times: int | None = 1,
        message: str | None = None,
        retry_after: int | None = None,
    ) -> Fault:
        """Let the next `times` calls of an endpoint (`reply`, `push`, `content`, ... or `*`) fail."""
        fault = Fault(mode, endpoint, status, seconds=seconds, remaining=times, message=message)
        fault.retry_after = retry_after
        return self.faults.set(fault)

    # What is seen

    def visible_messages(self, channel: Channel, chat: User | Group) -> list[Message]:
        """What a person sees in that chat, in order: nothing unsent, nothing that a block kept out."""
        chat_id = chat.user_id if isinstance(chat, User) else chat.group_id
        messages = self.platform.chat(channel.channel_id, chat_id)
        return [message for message in messages if message.visible and not message.unsent]

    def answers_to(self, told: Told) -> list[Message]:
        """What the account visibly said to a step so far."""
        return self.world.answers_to(told.occurrence)

    async def wait_for_answer(
        self, told: Told, *, count: int = 1, timeout_seconds: float = PATIENCE_SECONDS
    ) -> list[Message]:
        """The account's first `count` messages to a step; raises TimeoutError when they don't come."""
        if not await self.wait_until(lambda: len(self.answers_to(told)) >= count, timeout_seconds=timeout_seconds):
            raise TimeoutError(f"No answer to {told.occurrence.event.get('type')} within {timeout_seconds} s.")
        return self.answers_to(told)

    async def wait_until(self, holds: Callable[[], bool], *, timeout_seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait for a change on the platform after which `holds()` is true."""
        return await self.world.wait_until(holds, timeout_seconds=timeout_seconds)

    # What the methods share

    async def _tell(self, occurrence: Occurrence | None, *, copies: int = 1) -> Told:
        if occurrence is None:
            raise ImpossibleStep("The account isn't in this group, so it isn't told.")
        return Told(occurrence, tuple(await self.sender.deliver([occurrence], copies=copies)))


def _where(channel: Channel, user: User, group: Group | None) -> Where:
    return Where(channel.channel_id, group.group_id if group else user.user_id, user.user_id)
