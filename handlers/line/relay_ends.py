"""What follows once a relayed message arrived, or didn't."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.channels import ChannelDirectory
from bot.line.client import LineClient, LineError
from bot.line.delivery import DeliveryState, Purpose
from bot.models import Bot, Delivery
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.notices import Notice, NoticeKind, lasting_key, tell
from handlers.line.repository import Talk


class RelayEnds:
    """A hook of `OutgoingWorker`. The customer's words show as read once somebody's answer arrived."""

    def __init__(self, channels: ChannelDirectory, line: LineClient) -> None:
        self._channels = channels
        self._line = line
        self._marking: set[asyncio.Task[None]] = set()

    async def note(self, session: AsyncSession, delivery: Delivery) -> None:
        """A delivery is final, in this transaction."""
        if delivery.purpose != Purpose.RELAY or delivery.bot_id is None or delivery.to_id is None:
            return
        bot = await session.get(Bot, delivery.bot_id)
        talk = await repository.talk_of(session, delivery.bot_id, delivery.to_id)
        said = await repository.relayed_by(session, talk.id, delivery.id) if talk is not None else []
        # What goes to the people of the shop is no part of their own conversation with the bot.
        if bot is None or talk is None or not said:
            return
        if delivery.state == DeliveryState.SENT:
            self._mark_read(delivery, talk)
            await repository.change_conversation(session, talk.id, read_token=None)
        elif delivery.state == DeliveryState.REFUSED:
            await repository.note_failed(session, [one.id for one in said], delivery.id)
            name = talk.name or say("handover.somebody", Language.ZH_TW)
            text = say("handover.failed_later", name=name, text="\n".join(one.text for one in said))
            key = lasting_key(NoticeKind.RELAY, delivery.id)
            notice = Notice(kind=NoticeKind.RELAY, key=key, text=text, urgent=True, conversation_id=talk.id)
            await tell(session, bot, notice, now=delivery.updated_at)

    async def close(self) -> None:
        """Give up what isn't done yet: a read mark is no promise."""
        for task in self._marking:
            task.cancel()
        await asyncio.gather(*self._marking, return_exceptions=True)

    def _mark_read(self, delivery: Delivery, talk: Talk) -> None:
        """Call LINE once the transaction is over: nothing is held open for it."""
        if talk.read_token is None:
            return
        marking = asyncio.create_task(self._mark(delivery, talk.read_token))
        self._marking.add(marking)
        marking.add_done_callback(self._marking.discard)

    async def _mark(self, delivery: Delivery, read_token: str) -> None:
        channel = await self._channels.find(delivery.channel_id)
        if channel is not None and channel.reads_by_hand:
            with suppress(LineError):
                await self._line.mark_as_read(channel.token, mark_as_read_token=read_token)
