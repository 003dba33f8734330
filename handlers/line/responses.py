"""What a behaviour gets, and what it gives back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from bot.line.channels import ChannelAccess
from bot.line.events import Event, SourceType
from bot.line.messages import TextMessage
from bot.texts import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One event to be worked on. `source_id` names the contact; `now` is when this work began."""

    event_id: int
    event: Event
    channel: ChannelAccess
    lane: str
    source_id: str
    language: Language
    now: datetime

    @property
    def in_private(self) -> bool:
        """Whether this is a one-to-one chat."""
        return self.event.source.type is SourceType.USER

    @property
    def user_id(self) -> str | None:
        return self.event.source.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Say these messages, in the name of this bot where one speaks."""

    messages: tuple[TextMessage, ...]
    bot_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing, for this reason (a short stable word kept on the event)."""

    reason: str


Response = Reply | Silent
