"""A message that its sender took back, or changed: every place that keeps its words follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import DeliveryState
from bot.line.events import MessageEditedEvent, MessageEvent, TextContent, UnreadableEvent, UnsendEvent, parse_event
from bot.models import LineEvent
from bot.texts import say
from handlers.line import repository
from handlers.line.addressing import addressed_text
from handlers.line.handover import withdraw
from handlers.line.repository import taken_back
from handlers.line.responses import Incoming, Response, Silent
from handlers.line.router import Turn
from handlers.line.taken_back import message_of
from knowledge.unanswered import service as unanswered

# Where a conversation is only looked at, its messages are cut; so much of their beginning is never cut.
_ENOUGH = 100
# The parts of a message that people see.
_SHOWN = frozenset({"text", "altText", "label", "displayText"})


async def blank_unsent(session: AsyncSession, turn: Turn) -> Response:
    """Remove the words of a message that its sender took back, and what was made of them, wherever it was kept."""
    incoming, event = turn.incoming, turn.incoming.event
    if not isinstance(event, UnsendEvent) or event.message_id is None:
        return Silent("unsend_of_nothing")
    return Silent("unsent" if await _forget(session, incoming, event.message_id) else "unsend_of_unknown")


async def drop(session: AsyncSession, turn: Turn) -> Response:
    """A message whose unsend has come before its turn, or before itself: it is kept nowhere, and not answered."""
    await _forget(session, turn.incoming, message_of(turn.incoming) or "")
    return Silent("unsent")


async def _forget(session: AsyncSession, incoming: Incoming, message_id: str) -> bool:
    """Take a message's words out of the store; False where the message hasn't arrived."""
    told = await taken_back.events_of_message(session, incoming.channel.id, message_id)
    words = [text for one in told if (text := _text_in(one.payload))]
    for one in told:
        await repository.replace_payload(session, one.id, without_text(one.payload))
    brought = _brought(told)
    if brought is not None:
        await _blank_what_was_made(session, incoming, brought, words)
    return brought is not None


async def _blank_what_was_made(session: AsyncSession, incoming: Incoming, brought: LineEvent, words: list[str]) -> None:
    """What came of a message, and of all that was answered together with it, since the answer may repeat any of it."""
    together = [brought.id]
    answer_id = await taken_back.answer_to(session, brought)
    if answer_id is not None:
        together = [*{*together, *await taken_back.events_answered_by(session, answer_id)}]
    message_ids = await taken_back.messages_of_events(session, together)
    for message_id in message_ids:
        await unanswered.forget(session, message_id)
    for delivery_id in await taken_back.told_late(session, incoming.lane, together, message_ids):
        await taken_back.cancel_delivery(session, delivery_id)
    await taken_back.drop_late_answers(session, together, message_ids)
    await _reword_notices(session, brought, words)
    await _blank_what_staff_saw(session, brought, [*words, *await taken_back.texts_of_events(session, together)])
    await withdraw(session, brought.id)
    await repository.blank_messages(session, brought.id, at=incoming.now)
    await taken_back.blank_answers(session, together, at=incoming.now)
    if answer_id is not None:
        await taken_back.cancel_delivery(session, answer_id)


async def _reword_notices(session: AsyncSession, brought: LineEvent, words: list[str]) -> None:
    """Take the words out of what the people of the shop were told, or are about to be told."""
    mark = say("line.taken_back")
    for notice, delivery in await taken_back.notices_about(session, brought.id, since=brought.received_at):
        for text in words:
            notice.text = notice.text.replace(text, mark)
            if delivery is not None:
                delivery.messages = _replaced(delivery.messages, text, mark)
    await session.flush()


async def _blank_what_staff_saw(session: AsyncSession, brought: LineEvent, words: list[str]) -> None:
    """Take out of the ledger what showed the words to the people of the shop: who waits, a conversation, a summary."""
    mark = say("line.taken_back")
    written = {form for text in words for form in (text, " ".join(text.split())) if form}
    forms = sorted({*written, *(form[:_ENOUGH] for form in written)}, key=len, reverse=True)
    for delivery in await taken_back.told_to_staff(session, brought):
        texts = list(_texts_in(delivery.messages))
        if not any(form in text for form in forms for text in texts):
            continue
        # What may have to be sent once more keeps its form.
        is_over, reworded = delivery.state == DeliveryState.SENT, delivery.messages
        for form in forms:
            reworded = _replaced(reworded, form, mark)
        delivery.messages = [] if is_over else reworded
    for dialog in await taken_back.dialogs_about(session, brought):
        # The question that somebody is answering; what they write themselves is theirs.
        if "cluster" in dialog.data and any(text in str(dialog.data.get("question")) for text in words if text):
            dialog.data = {**dialog.data, "question": say("line.taken_back")}
    await session.flush()


async def follow_edit(session: AsyncSession, turn: Turn) -> Response:
    """Keep the newest text of a message that its sender changed. That is no new question: nothing is answered."""
    incoming, event = turn.incoming, turn.incoming.event
    if not isinstance(event, MessageEditedEvent) or event.message_id is None:
        return Silent("edit_of_nothing")
    told = await taken_back.events_of_message(session, incoming.channel.id, event.message_id)
    brought = _brought(told)
    if brought is None:
        return Silent("edit_of_unknown")
    if not _text_in(brought.payload):
        for one in told:
            await repository.replace_payload(session, one.id, without_text(one.payload))
        return Silent("edit_of_unsent")
    edits = [one for one in told if one.type == taken_back.EDITED]
    if edits and edits[-1].id != incoming.event_id:
        return Silent("edited_again")
    if not isinstance(event.content, TextContent):
        return Silent("edited")
    text = event.content.text.strip()
    said = text if incoming.in_private else addressed_text(event.content, *turn.situation.names) or text
    await repository.replace_payload(session, brought.id, with_text(brought.payload, event.content.text))
    message_id = await taken_back.change_words(session, brought.id, said)
    if message_id is not None:
        await unanswered.reword(session, message_id, said)
    return Silent("edited")


def without_text(payload: str) -> str:
    """An event's JSON with everything the user wrote taken out of its message."""
    event = _decoded(payload)
    message = event.get("message")
    if not isinstance(message, dict):
        return "{}"
    event["message"] = {name: message[name] for name in ("id", "type") if name in message}
    return msgspec.json.encode(event).decode()


def with_text(payload: str, text: str) -> str:
    """An event's JSON with another text in its message, and without what marked places in the old one."""
    event = _decoded(payload)
    message = event.get("message")
    if not isinstance(message, dict):
        return payload
    kept = {name: value for name, value in message.items() if name not in ("mention", "emojis")}
    event["message"] = {**kept, "text": text}
    return msgspec.json.encode(event).decode()


def _brought(told: Sequence[LineEvent]) -> LineEvent | None:
    """The event with which a message arrived, of all that told of it."""
    return next((one for one in told if one.type == taken_back.MESSAGE), None)


def _decoded(payload: str) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return {}
    return event if isinstance(event, dict) else {}


def _text_in(payload: str) -> str:
    """What a text message's event says."""
    try:
        event = parse_event(payload)
    except UnreadableEvent:
        return ""
    content = event.content if isinstance(event, MessageEvent | MessageEditedEvent) else None
    return content.text.strip() if isinstance(content, TextContent) else ""


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(one)


def _replaced(value: Any, old: str, new: str) -> Any:
    """A JSON value with a text replaced wherever a message shows it."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    if isinstance(value, dict):
        return {
            name: _replaced(one, old, new) if name in _SHOWN or isinstance(one, list | dict) else one
            for name, one in value.items()
        }
    return value
