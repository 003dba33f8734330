"""The parts of a running simulator, put together once, and the steps that need several of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.line.simulator.api.messaging import MessagingApi
from bot.line.simulator.errors import InvalidStep
from bot.line.simulator.events import Where
from bot.line.simulator.faults import Faults
from bot.line.simulator.gate import Gate
from bot.line.simulator.guide import Line
from bot.line.simulator.model import Bond, Message, Occurrence, Sender, User
from bot.line.simulator.people import People
from bot.line.simulator.platform import Platform
from bot.line.simulator.schemas import (
    AnyStep,
    Befriend,
    Dismiss,
    Edit,
    InChat,
    Invite,
    Membership,
    Postback,
    Raw,
    Say,
    Send,
    Unsend,
)
from bot.line.simulator.webhooks import WebhookSender

ANSWER_PATIENCE_SECONDS = 15.0


class World:
    """A platform with its people, its webhook sender, its API and the faults that are set."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.people = People(platform)
        self.sender = WebhookSender(platform)
        self.api = MessagingApi(platform, self.sender.probe)
        self.faults = Faults()
        self.gate = Gate(self.api, self.faults)

    def take(self, step: AnyStep) -> list[Occurrence]:
        """Do a step; answers what the account is to be told. Raises what `People` raises."""
        if isinstance(step, InChat):
            return _listed(self._in_chat(step, Where(step.channel_id, step.chat_id or step.user_id, step.user_id)))
        return _listed(*self._elsewhere(step))

    def _in_chat(self, step: InChat, where: Where) -> Occurrence | None:
        match step:
            case Say():
                quoted, mentions = step.quoted_message_id, step.mentions
                return self.people.say(where, step.text, quoted_message_id=quoted, mentions=mentions)
            case Send():
                if not isinstance(step.content.get("type"), str):
                    raise InvalidStep("The content needs a type.")
                return self.people.send(where, step.content, data=step.data, content_type=step.content_type)
            case Postback():
                return self.people.postback(where, step.data, display_text=step.display_text, params=step.params)
            case _:
                raise InvalidStep("This isn't a step in a chat.")

    def _elsewhere(self, step: AnyStep) -> list[Occurrence | None]:
        people = self.people
        match step:
            case Raw():
                return [people.raw(step.channel_id, event) for event in step.events]
            case Unsend():
                told: Occurrence | None = people.unsend(step.message_id)
            case Edit():
                told = people.edit(step.message_id, text=step.text)
            case Befriend():
                told = (people.follow if step.do == "follow" else people.block)(step.channel_id, step.user_id)
            case Invite():
                told = people.invite_account(step.channel_id, step.group_id)
            case Dismiss():
                told = people.remove_account(step.group_id)
            case Membership():
                told = (people.join_group if step.do == "join_group" else people.leave_group)(
                    step.group_id, step.user_id
                )
            case _:
                raise InvalidStep("This isn't a step.")
        return [told]

    # Waiting

    async def wait_until(self, holds: Callable[[], bool], *, timeout_seconds: float) -> bool:
        """Wait for a change after which `holds()` is true; False when it didn't come in time."""
        changed = asyncio.Event()
        stop = self.platform.subscribe(lambda _kind, _thing: changed.set())
        try:
            async with asyncio.timeout(timeout_seconds):
                while not holds():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return holds()
        finally:
            stop()
        return True

    def answers_to(self, occurrence: Occurrence) -> list[Message]:
        """What the account visibly said to an event: replies to it, and pushes to its chat after it."""
        since = int(occurrence.event.get("timestamp", 0))
        return [
            message
            for message in self.platform.chat(occurrence.channel_id, occurrence.chat_id)
            if message.sender is Sender.ACCOUNT
            and message.visible
            and (message.answers_event == occurrence.event_id or (message.via == "push" and message.sent_at >= since))
        ]

    # The guide

    def person_named(self, name: str) -> User:
        """The first user of that name, or a new one."""
        users = self.platform.directory.users.values()
        found = next((user for user in users if user.display_name == name), None)
        return found or self.new_person(name)

    def new_person(self, name: str) -> User:
        user = self.platform.directory.add_user(name)
        self.platform.tell("directory", None)
        return user

    async def speak(self, user: User, line: Line) -> None:
        """Befriend the account if need be, then write each text after the answer to the one before."""
        if self.platform.directory.bond(line.channel_id, user.user_id) is not Bond.FRIEND:
            followed = self.people.follow(line.channel_id, user.user_id)
            await self.sender.deliver([followed])
            await self._answered(followed)
        for text in line.texts:
            said = self.people.say(Where(line.channel_id, user.user_id, user.user_id), text)
            if said:
                await self.sender.deliver([said])
                await self._answered(said)

    async def _answered(self, occurrence: Occurrence) -> None:
        await self.wait_until(lambda: bool(self.answers_to(occurrence)), timeout_seconds=ANSWER_PATIENCE_SECONDS)


def _listed(*occurrences: Occurrence | None) -> list[Occurrence]:
    return [occurrence for occurrence in occurrences if occurrence]
