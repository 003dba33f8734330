"""What happens around a conversation: following, leaving, unsending."""

from __future__ import annotations

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery.repository import blank_delivery
from bot.line.events import FollowEvent, UnsendEvent
from bot.line.messages import text_messages
from bot.texts import say
from handlers.line import repository
from handlers.line.responses import Reply, Response, Silent
from handlers.line.router import Turn
from handlers.line.shops import offer_shops
from knowledge.unanswered import service as unanswered


async def greet(session: AsyncSession, turn: Turn) -> Response:
    """Somebody added the account or unblocked it: say where they are and what to do."""
    incoming, route = turn.incoming, turn.situation.route
    event = incoming.event
    await repository.mark_follow(session, turn.contact.id, follows=True, at=incoming.now)
    if route.bot is None:
        if route.choices:
            return offer_shops(incoming, route.choices)
        return Reply(messages=tuple(text_messages(say("line.greeting_no_shop", incoming.language))))
    again = isinstance(event, FollowEvent) and event.is_unblocked
    text = say("line.greeting_again" if again else "line.greeting", incoming.language, shop=route.bot.store_name)
    return Reply(messages=tuple(text_messages(text)), bot_id=route.bot.id)


async def mark_unfollowed(session: AsyncSession, turn: Turn) -> Response:
    """The account was blocked; there is nobody to say anything to."""
    await repository.mark_follow(session, turn.contact.id, follows=False, at=turn.incoming.now)
    return Silent("unfollowed")


async def greet_group(_session: AsyncSession, turn: Turn) -> Response:
    """Invited into a group: say once how to call the bot, if it is clear which one it is."""
    incoming, route = turn.incoming, turn.situation.route
    if route.bot is None:
        return Silent("no_bot")
    text = say("line.joined_group", incoming.language, shop=route.bot.store_name)
    return Reply(messages=tuple(text_messages(text)), bot_id=route.bot.id)


async def blank_unsent(session: AsyncSession, turn: Turn) -> Response:
    """Remove the text of a message that its sender took back, wherever it was kept."""
    incoming, event = turn.incoming, turn.incoming.event
    if not isinstance(event, UnsendEvent) or event.message_id is None:
        return Silent("unsend_of_nothing")
    brought = await repository.event_of_message(session, incoming.channel.id, event.message_id)
    if brought is None:
        return Silent("unsend_of_unknown")
    await repository.replace_payload(session, brought.id, without_text(brought.payload))
    message_id = await repository.asked_message(session, brought.id)
    if message_id is not None:
        await unanswered.forget(session, message_id)
    await repository.drop_answers_to(session, brought.id, message_id)
    await repository.blank_messages(session, brought.id, at=incoming.now)
    if brought.delivery_id is not None:
        await blank_delivery(session, brought.delivery_id)
    return Silent("unsent")


def without_text(payload: str) -> str:
    """An event's JSON with everything the user wrote taken out of its message."""
    try:
        event = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return "{}"
    message = event.get("message") if isinstance(event, dict) else None
    if not isinstance(message, dict):
        return "{}"
    event["message"] = {name: message[name] for name in ("id", "type") if name in message}
    return msgspec.json.encode(event).decode()
