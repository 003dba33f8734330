"""Contacts on a channel, and what was said between each and a bot."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import TenantOwned


class Contact(Base):
    """A person, group or room on a channel, keyed (channel, source id).

    On the central channel a contact belongs to no tenant; its conversations do. `entered_bot_id`
    is the shop it last entered there. `display_name` is what LINE last said, `language` what the group's
    owner chose, and `muted_at` is set where the owner switched the bot off in a group.
    """

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel_id", "source_id"),)

    id: Mapped[IntKey]
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    source_id: Mapped[str] = mapped_column(String(80))
    source_type: Mapped[str] = mapped_column(String(16))
    entered_bot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bots.id"))
    created_at: Mapped[datetime]
    followed_at: Mapped[datetime | None]
    unfollowed_at: Mapped[datetime | None]
    display_name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(8))
    muted_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class Conversation(Base, TenantOwned):
    """What one contact and one bot have said to each other, and who speaks for the shop in it.

    `state` is `bot`, `waiting` (the contact asked for a person) or `person`. `staff_contact_id` is the
    owner or helper who took it over, and `state_until` when it goes back to the bot by itself.
    `read_token` is LINE's for the contact's newest message, to mark it read once somebody has answered.
    """

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("contact_id", "bot_id"),)

    id: Mapped[IntKey]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), index=True)
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="bot", server_default="bot")
    state_since: Mapped[datetime | None]
    state_until: Mapped[datetime | None]
    staff_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    read_token: Mapped[str | None] = mapped_column(Text)


class Message(Base, TenantOwned):
    """One message of a conversation.

    `direction` is `in` (from the contact) or `out`, and `author` is `staff` where a person of the shop
    said it. `sources` are the ids and values an answer was
    made from. `unsent_at` is set, and every derived text blank, once the sender took it back.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_conversation", "conversation_id", "id"),)

    id: Mapped[IntKey]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("line_events.id"), index=True)
    direction: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(32))
    author: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    sources: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    unsent_at: Mapped[datetime | None]
