"""Webhook events exactly as LINE writes them (LINE's `webhook.yml`, "Webhook Event Objects")."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.line.simulator.model import JsonObject, Message, Occurrence
from bot.line.simulator.platform import Platform, content_for

REPLYABLE = frozenset(
    {"message", "messageEdited", "follow", "join", "memberJoined", "postback", "videoPlayComplete", "beacon"}
)
QUOTABLE = frozenset({"text", "image", "video", "sticker"})


def source_of(chat_id: str, user_id: str | None) -> JsonObject:
    """The `source` of an event: a user, or a group or room with the user where one acted."""
    if chat_id.startswith("U"):
        return {"type": "user", "userId": chat_id}
    kind, field = ("group", "groupId") if chat_id.startswith("C") else ("room", "roomId")
    source: JsonObject = {"type": kind, field: chat_id}
    if user_id:
        source["userId"] = user_id
    return source


@dataclass(frozen=True, slots=True)
class Where:
    """The account that is told, the chat (a user, group or room id), and who acted there."""

    channel_id: str
    chat_id: str
    user_id: str | None = None


def event_of(
    platform: Platform, where: Where, *, kind: str, fields: JsonObject, message: Message | None = None
) -> Occurrence:
    """A new event with its own webhookEventId and, where its kind has one, a fresh reply token."""
    event_id = platform.new_event_id()
    event: JsonObject = {
        "type": kind,
        **fields,
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "timestamp": platform.now(),
        "source": source_of(where.chat_id, where.user_id),
        "mode": "active",
    }
    if kind in REPLYABLE:
        event["replyToken"] = platform.new_reply_token(where.channel_id, where.chat_id, event_id=event_id)
    if message:
        message.event_id = event_id
    return Occurrence(where.channel_id, where.chat_id, event, message)


def message_content(platform: Platform, message: Message) -> JsonObject:
    """The `message` object of an event, with the tokens that let the bot quote it and mark it as read."""
    content = content_for(message)
    if content["type"] in QUOTABLE:
        content["quoteToken"] = platform.quote_token_for(message)
    content["markAsReadToken"] = platform.read_token_for(message)
    return content


def webhook_body(destination: str, events: list[JsonObject]) -> bytes:
    """The bytes that are signed and sent."""
    body = {"destination": destination, "events": events}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def redelivered(event: JsonObject) -> JsonObject:
    """The same event, marked as a redelivery; nothing else in it changes."""
    return {**event, "deliveryContext": {"isRedelivery": True}}
