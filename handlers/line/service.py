"""What the runtime does with an event: one behaviour a kind, each in a file of its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import (
    FollowEvent,
    JoinEvent,
    MediaContent,
    MessageEvent,
    PostbackEvent,
    TextContent,
    UnfollowEvent,
    UnsendEvent,
)
from handlers.line import lifecycle, repository, shops
from handlers.line.binding import KEEP, RELEASE, OwnerBinding
from handlers.line.chat import Answered, Chat, answer_media, answer_unknown
from handlers.line.commands import Command, CommandName, read_command
from handlers.line.repository import ContactRow
from handlers.line.responses import Incoming, Response, Silent


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found out before the transaction: a command, an answer, or nothing."""

    command: Command | None = None
    answered: Answered | Silent | None = None


class LineService:
    """`prepare` does what is slow, with no transaction open; `respond` does the rest in one."""

    def __init__(self, chat: Chat, binding: OwnerBinding) -> None:
        self._chat = chat
        self._binding = binding

    async def prepare(self, incoming: Incoming) -> Prepared:
        event = incoming.event
        if not isinstance(event, MessageEvent) or not isinstance(event.content, TextContent):
            return Prepared()
        command = read_command(event.content.text)
        if command is not None:
            return Prepared(command=command)
        return Prepared(answered=await self._chat.prepare(incoming, event, event.content))

    async def respond(self, session: AsyncSession, incoming: Incoming, prepared: Prepared) -> Response:
        """Have the event's effects in `session` and say what to answer."""
        event = incoming.event
        contact = await self._contact(session, incoming)
        match event:
            case MessageEvent():
                return await self._on_message(session, incoming, contact, event, prepared)
            case PostbackEvent():
                return await self._on_postback(session, incoming, event)
        return await self._on_change(session, incoming, contact)

    async def _on_change(self, session: AsyncSession, incoming: Incoming, contact: ContactRow) -> Response:
        """Something around the conversation happened; nobody said anything."""
        match event := incoming.event:
            case FollowEvent():
                return await lifecycle.greet(session, incoming, contact, event)
            case UnfollowEvent():
                return await lifecycle.mark_unfollowed(session, incoming, contact)
            case UnsendEvent():
                return await lifecycle.blank_unsent(session, incoming, event)
            case JoinEvent():
                return await lifecycle.greet_group(session, incoming, contact, event)
            case _:
                return Silent("nothing_to_say")

    async def _on_message(
        self, session: AsyncSession, incoming: Incoming, contact: ContactRow, event: MessageEvent, prepared: Prepared
    ) -> Response:
        if prepared.command is not None:
            return await self._on_command(session, incoming, contact, prepared.command)
        if isinstance(prepared.answered, Silent):
            return prepared.answered
        if prepared.answered is not None:
            return await self._chat.record(session, incoming, contact, event, prepared.answered)
        if not incoming.in_private:
            return Silent("not_called")
        if isinstance(event.content, MediaContent):
            return answer_media(incoming, event.content)
        return answer_unknown(incoming)

    async def _on_command(
        self, session: AsyncSession, incoming: Incoming, contact: ContactRow, command: Command
    ) -> Response:
        match command.name:
            case CommandName.CLAIM:
                return await self._binding.claim(session, incoming, command.argument)
            case CommandName.RELEASE:
                return await self._binding.ask_release(session, incoming)
            case CommandName.ENTER_SHOP:
                return await shops.enter_shop(session, incoming, contact, command.argument)
            case CommandName.CHANGE_SHOP:
                return await shops.offer_known_shops(session, incoming, contact)

    async def _on_postback(self, session: AsyncSession, incoming: Incoming, event: PostbackEvent) -> Response:
        verb, _, argument = event.data.partition(":")
        if verb == KEEP:
            return self._binding.keep(incoming)
        if verb == RELEASE:
            try:
                return await self._binding.release(session, incoming, uuid.UUID(argument))
            except ValueError:
                return Silent("unknown_postback")
        return Silent("unknown_postback")

    async def _contact(self, session: AsyncSession, incoming: Incoming) -> ContactRow:
        return await repository.upsert_contact(
            session,
            incoming.channel.id,
            incoming.source_id,
            source_type=incoming.event.source.type,
            now=incoming.now,
        )
