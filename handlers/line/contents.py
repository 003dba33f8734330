"""The bytes of what people send: from LINE, or guarded from the address that an external provider gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.line.client import (
    AccessRefused,
    ContentGone,
    ContentTooLarge,
    LineClient,
    LineError,
    MessageRefused,
)
from bot.webhooks.errors import AnswerTooLarge, FetchFailed, UnsafeAddress, UnsafeHeaders
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.sender import SafeSender
from handlers.line.responses import Incoming, Later
from handlers.line.timing import Timing

EXTERNAL = "external"
EXTERNAL_SECONDS, EXTERNAL_REDIRECTS = 10.0, 2
FIRST_WAIT = timedelta(seconds=1)
MEGABYTE = 1024 * 1024
_OK = 200


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is nothing to read: the key of a text for its sender, and the text's values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Contents:
    """Fetches contents, outside of any transaction."""

    def __init__(self, line: LineClient, sender: SafeSender, *, clock: Clock, timing: Timing) -> None:
        self._line = line
        self._sender = sender
        self._clock = clock
        self._timing = timing

    async def fetch(self, incoming: Incoming, *, limit: int, otherwise: str) -> bytes | Missing | Later:
        """The content, at most `limit` bytes.

        Later while LINE still prepares it or doesn't answer, as long as its sender may be kept waiting; then
        a Missing with the text `otherwise`.
        """
        content = incoming.media
        if content is None or incoming.message_id is None:
            return Missing(otherwise)
        if content.provider == EXTERNAL:
            return await self._from_outside(content.url or "", limit=limit, otherwise=otherwise)
        try:
            return await self._from_line(incoming, incoming.message_id, limit=limit)
        except (AccessRefused, MessageRefused):
            return Missing(otherwise)
        except LineError:
            # Not ready yet, or LINE doesn't answer: both may be over in a moment.
            wait = self._wait(incoming)
            return Later(wait) if wait is not None else Missing(otherwise)

    async def _from_line(self, incoming: Incoming, message_id: str, *, limit: int) -> bytes | Missing:
        """Raises LineError, but for what can't be had any more or is too large."""
        token = incoming.channel.token
        try:
            return (await self._line.content(token, message_id=message_id, limit_bytes=limit)).data
        except ContentTooLarge:
            return _too_large(limit)
        except ContentGone:
            return Missing("line.content_gone")

    async def _from_outside(self, url: str, *, limit: int, otherwise: str) -> bytes | Missing:
        request = OutgoingRequest(
            url=url, timeout=EXTERNAL_SECONDS, max_answer_bytes=limit, follow_redirects=EXTERNAL_REDIRECTS
        )
        try:
            answer = await self._sender.send(request)
        except AnswerTooLarge:
            return _too_large(limit)
        except (UnsafeAddress, UnsafeHeaders, FetchFailed):
            return Missing(otherwise)
        return answer.body if answer.status == _OK and answer.body else Missing(otherwise)

    def _wait(self, incoming: Incoming) -> timedelta | None:
        """How long to wait for it again: longer each time; None where that would take too long."""
        age = self._clock.now() - incoming.received_at
        wait = max(FIRST_WAIT, age / 2)
        return wait if age + wait < self._timing.patience else None


def _too_large(limit: int) -> Missing:
    return Missing("line.content_too_large", {"limit": limit // MEGABYTE})
