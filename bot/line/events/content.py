"""What a message of a user holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class MediaKind(StrEnum):
    """The types of message that are not text."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    LOCATION = "location"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A mention in a text. `index` and `length` count UTF-16 code units, as LINE sends them.

    `type` is `user` or `all`; `is_self` says that the bot which received the event is meant.
    """

    type: str | None
    index: int | None
    length: int | None
    user_id: str | None
    is_self: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Emoji:
    """A LINE emoji, which stands in the text as a name in brackets."""

    index: int | None
    length: int | None
    product_id: str | None
    emoji_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    """A text, with what LINE marked in it and the message that it quotes."""

    text: str
    mentions: tuple[Mention, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    quote_token: str | None = None
    quoted_message_id: str | None = None

    @property
    def mentions_bot(self) -> bool:
        return any(mention.is_self for mention in self.mentions)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaContent:
    """Anything a user sends that is not text. A field that the kind doesn't have is None.

    Where `provider` is `external`, `url` and `preview_url` are addresses that the user's side
    chose; they must not be fetched without a guard. Durations are milliseconds, sizes bytes.
    """

    kind: MediaKind
    provider: str | None = None
    url: str | None = None
    preview_url: str | None = None
    duration: int | None = None
    image_set_id: str | None = None
    image_set_index: int | None = None
    image_set_total: int | None = None
    file_name: str | None = None
    file_size: int | None = None
    title: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    package_id: str | None = None
    sticker_id: str | None = None
    sticker_resource_type: str | None = None
    keywords: tuple[str, ...] = ()
    text: str | None = None
    quote_token: str | None = None
    quoted_message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownContent:
    """A message type that LINE added later, or a content that can't be read."""

    type: str | None = None


Content: TypeAlias = TextContent | MediaContent | UnknownContent
