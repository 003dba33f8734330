"""The platform's state and its rules over time, without I/O: what stands in which chat, which reply
tokens and retry keys are good, what was counted, and a log of every webhook and API call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock, SystemClock
from bot.line.simulator.directory import Directory
from bot.line.simulator.errors import UnknownThing
from bot.line.simulator.identifiers import MessageNumbers, long_token, opaque_token, ulid
from bot.line.simulator.menus import MenuShelf
from bot.line.simulator.model import (
    AcceptedPush,
    ApiCall,
    Blob,
    Bond,
    Channel,
    JsonObject,
    Message,
    ReplyToken,
    Sender,
    WebhookAttempt,
)

Listener = Callable[[str, Any], None]
"""Called with the kind of a change and the thing that changed."""


@dataclass(frozen=True, slots=True)
class PlatformRules:
    """LINE's time limits, which a test may shorten. Sources: Messaging API reference, "Send reply
    message" and "Retrying an API request"."""

    reply_token_life: timedelta = timedelta(seconds=60)
    reply_token_last_use: timedelta = timedelta(minutes=20)
    retry_key_life: timedelta = timedelta(hours=24)
    stranger_push_window: timedelta = timedelta(days=7)
    unsend_window: timedelta = timedelta(hours=24)


class Platform:
    """One LINE platform.

    `log_limit` bounds the log of webhooks and API calls (None keeps everything, as test checkers
    need). Times inside are milliseconds since 1970, as LINE writes them.
    """

    def __init__(
        self, clock: Clock | None = None, *, rules: PlatformRules | None = None, log_limit: int | None = None
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.rules = rules or PlatformRules()
        self.directory = Directory()
        self.menus = MenuShelf()
        self.blobs: dict[str, Blob] = {}
        self.webhooks: deque[WebhookAttempt] = deque(maxlen=log_limit)
        self.calls: deque[ApiCall] = deque(maxlen=log_limit)
        self.loading: dict[tuple[str, str], int] = {}
        self._messages: dict[str, Message] = {}
        self._chats: dict[tuple[str | None, str], list[Message]] = {}
        self._tokens: dict[str, ReplyToken] = {}
        self._token_of_event: dict[str, ReplyToken] = {}
        self._accepted: dict[tuple[str, str], AcceptedPush] = {}
        self._quote_tokens: dict[str, Message] = {}
        self._read_tokens: dict[str, Message] = {}
        self._numbers = MessageNumbers()
        self._listeners: list[Listener] = []
        self._log_number = 0

    # Time and news

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock.now().timestamp() * 1000)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on every change from now on; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, kind: str, thing: Any) -> None:
        for listener in tuple(self._listeners):
            listener(kind, thing)

    # Chats

    def chat_key(self, channel_id: str | None, chat_id: str) -> tuple[str | None, str]:
        """A user's chat belongs to one account; a group's chat is one, whichever account is in it."""
        return (channel_id if chat_id.startswith("U") else None, chat_id)

    def chat(self, channel_id: str | None, chat_id: str) -> list[Message]:
        """Everything in a chat in the order it happened, with what the people there can't see."""
        return self._chats.get(self.chat_key(channel_id, chat_id), [])

    def chats(self) -> Iterable[list[Message]]:
        return self._chats.values()

    def message(self, message_id: str) -> Message:
        try:
            return self._messages[message_id]
        except KeyError:
            raise UnknownThing(f"There is no message {message_id!r}.") from None

    def find_message(self, message_id: str) -> Message | None:
        return self._messages.get(message_id)

    def new_message_id(self) -> str:
        return self._numbers.next()

    def add_message(self, message: Message) -> Message:
        """Put a message into its chat. An account's visible message ends the loading animation."""
        self._messages[message.message_id] = message
        self._chats.setdefault(self.chat_key(message.channel_id, message.chat_id), []).append(message)
        if message.sender is Sender.ACCOUNT and message.visible and message.channel_id:
            self.stop_loading(message.channel_id, message.chat_id)
        self.tell("message", message)
        return message

    def add_notice(self, channel_id: str | None, chat_id: str, *, what: str, **values: object) -> Message:
        """A line in the chat that nobody said, such as "A joined the group"."""
        content = {"type": what, **values}
        notice = Message(
            self.new_message_id(), channel_id, chat_id, Sender.SYSTEM, "", content=content, sent_at=self.now()
        )
        return self.add_message(notice)

    def quote_token_for(self, message: Message) -> str:
        token = long_token()
        self._quote_tokens[token] = message
        return token

    def quoted(self, channel_id: str, quote_token: str) -> Message | None:
        """The message that a quote token names, for the channel that got the token."""
        message = self._quote_tokens.get(quote_token)
        return message if message and message.channel_id == channel_id else None

    def read_token_for(self, message: Message) -> str:
        token = long_token()
        self._read_tokens[token] = message
        return token

    def read_up_to(self, channel: Channel, read_token: str) -> bool:
        """Mark that message and everything before it as read; False for a token that isn't the channel's."""
        message = self._read_tokens.get(read_token)
        if message is None or message.channel_id != channel.channel_id:
            return False
        self.mark_read(message)
        return True

    def mark_read(self, message: Message) -> None:
        for earlier in reversed(self.chat(message.channel_id, message.chat_id)):
            if int(earlier.message_id) > int(message.message_id):
                continue
            if earlier.sender is Sender.USER:
                if earlier.read:
                    break
                earlier.read = True
                self.tell("message", earlier)

    def start_loading(self, channel_id: str, user_id: str, *, seconds: int) -> None:
        self.loading[channel_id, user_id] = self.now() + seconds * 1000
        self.tell("loading", (channel_id, user_id))

    def stop_loading(self, channel_id: str, user_id: str) -> None:
        if self.loading.pop((channel_id, user_id), None) is not None:
            self.tell("loading", (channel_id, user_id))

    def is_loading(self, channel_id: str, user_id: str) -> bool:
        return self.loading.get((channel_id, user_id), 0) > self.now()

    # Reply tokens

    def new_event_id(self) -> str:
        return ulid(self.now())

    def new_reply_token(self, channel_id: str, chat_id: str, *, event_id: str) -> str:
        now = self.now()
        made = ReplyToken(opaque_token(), channel_id, chat_id, event_id=event_id, event_at=now, delivered_at=now)
        self._tokens[made.token] = made
        self._token_of_event[event_id] = made
        return made.token

    def note_delivery(self, event_ids: Iterable[str]) -> None:
        """A reply token lives from the (re)delivery of its webhook."""
        now = self.now()
        for event_id in event_ids:
            if found := self._token_of_event.get(event_id):
                found.delivered_at = now

    def usable_reply_token(self, channel_id: str, token: str) -> ReplyToken | None:
        """The token's record if that channel may use it now."""
        found = self._tokens.get(token)
        if found is None or found.used or found.channel_id != channel_id:
            return None
        now = self.now()
        life, last_use = (_milliseconds(self.rules.reply_token_life), _milliseconds(self.rules.reply_token_last_use))
        alive = now - found.delivered_at <= life and now - found.event_at <= last_use
        return found if alive else None

    # Pushes

    def accepted_push(self, channel_id: str, retry_key: str) -> AcceptedPush | None:
        found = self._accepted.get((channel_id, retry_key))
        if found and self.now() - found.accepted_at > _milliseconds(self.rules.retry_key_life):
            return None
        return found

    def keep_push(self, channel_id: str, retry_key: str, *, accepted: AcceptedPush) -> None:
        self._accepted[channel_id, retry_key] = accepted

    def recipients(self, channel: Channel, chat_id: str) -> int:
        """How many people a push to that chat reaches, which is what LINE counts."""
        if not chat_id.startswith("U"):
            group = self.directory.groups.get(chat_id)
            return len(group.members) if group and group.channel_id == channel.channel_id else 0
        bond = self.directory.bond(channel.channel_id, chat_id)
        if bond is Bond.STRANGER:
            spoke = self.directory.last_spoke(channel.channel_id, chat_id)
            window = _milliseconds(self.rules.stranger_push_window)
            return int(spoke is not None and self.now() - spoke <= window)
        return int(bond is Bond.FRIEND)

    # The log

    def next_log_number(self) -> int:
        self._log_number += 1
        return self._log_number

    def log_webhook(self, attempt: WebhookAttempt) -> None:
        self.webhooks.append(attempt)
        self.tell("webhook", attempt)

    def log_call(self, call: ApiCall) -> None:
        self.calls.append(call)
        self.tell("call", call)


def content_for(message: Message) -> JsonObject:
    """The message object of a webhook event: the content with the message's id."""
    return {"type": message.content["type"], "id": message.message_id, **message.content}


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
