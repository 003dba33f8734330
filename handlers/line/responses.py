"""What a behaviour gets, and what it gives back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.line.channels import ChannelAccess
from bot.line.events import Event, MediaContent, MessageEvent, PostbackEvent, SourceType, TextContent
from bot.texts import Language
from handlers.line.commands import Command, read_command


class Message(Protocol):
    """A message that goes out (`bot.line.messages`)."""

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message that was made before, as it was stored."""

    contents: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return self.contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One event to be worked on. `source_id` names the contact; `now` is when this work began.

    `following` are the texts that the same person wrote after this one and that wait behind it; `is_newest` says
    that nothing at all waits there.
    """

    event_id: int
    event: Event
    channel: ChannelAccess
    lane: str
    source_id: str
    language: Language
    received_at: datetime
    now: datetime
    following: tuple[Incoming, ...] = ()
    is_newest: bool = True

    @property
    def in_private(self) -> bool:
        """Whether this is a one-to-one chat."""
        return self.event.source.type is SourceType.USER

    @property
    def user_id(self) -> str | None:
        return self.event.source.user_id

    @property
    def message_id(self) -> str | None:
        return self.event.message_id if isinstance(self.event, MessageEvent) else None

    @property
    def content(self) -> TextContent | None:
        """The text message that this is, if it is one."""
        if isinstance(self.event, MessageEvent) and isinstance(self.event.content, TextContent):
            return self.event.content
        return None

    @property
    def media(self) -> MediaContent | None:
        """The picture, voice message, sticker or whatever else this is, if it is a message that isn't text."""
        content = self.event.content if isinstance(self.event, MessageEvent) else None
        return content if isinstance(content, MediaContent) else None

    @property
    def kind(self) -> str:
        """What kind of message this is, as a conversation keeps it."""
        if self.media is not None:
            return str(self.media.kind)
        return "unknown" if isinstance(self.event, MessageEvent) and self.content is None else "text"

    @property
    def text(self) -> str:
        """What was written; nothing where it isn't a text."""
        return self.content.text if self.content else ""

    @property
    def command(self) -> Command | None:
        """The `@` command that was written."""
        return read_command(self.content.text) if self.content else None

    @property
    def tapped(self) -> tuple[str, str]:
        """Verb and argument of a postback's data; two empty texts where this is none."""
        if not isinstance(self.event, PostbackEvent):
            return "", ""
        verb, _, argument = self.event.data.partition(":")
        return verb, argument

    @property
    def picked(self) -> Mapping[str, str]:
        """What LINE adds to a tap: `date`, `time` or `datetime` of a picker, or a rich menu's switch."""
        return dict(self.event.params) if isinstance(self.event, PostbackEvent) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Say these messages, in the name of this bot where one speaks.

    `covers` are further events that this answers too. `wake` are lanes with something new to do once this
    is on the disk. `told` are the notices that it shows to the owner.
    """

    messages: tuple[Message, ...]
    bot_id: uuid.UUID | None = None
    covers: tuple[Incoming, ...] = ()
    wake: tuple[str, ...] = ()
    told: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing, for this reason (a short stable word kept on the event)."""

    reason: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Say nothing: a person of the shop has the conversation. `wake` is as for a Reply."""

    reason: str = "person_has_it"
    wake: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """Look at the event again after a while, or with `or_more` as soon as something follows it; nothing has
    happened yet."""

    delay: timedelta = field(default_factory=timedelta)
    or_more: bool = False


Response = Reply | Silent | HandedOver | Later
