"""Ids and tokens in the shapes that LINE gives them.

Sources: LINE's `webhook.yml` (webhookEventId is a ULID) and the Messaging API reference (user, group
and room ids are `U`, `C`, `R` and 32 hexadecimal digits).
"""

from __future__ import annotations

import itertools
import re
import secrets
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIRST_MESSAGE_ID = 561_000_000_000_000_000
CHAT_ID = re.compile(r"[UCR][0-9a-f]{32}")
USER_ID = re.compile(r"U[0-9a-f]{32}")


def line_id(prefix: str) -> str:
    """A user (`U`), group (`C`) or room (`R`) id."""
    return prefix + secrets.token_hex(16)


def ulid(milliseconds: int) -> str:
    """A ULID for that time: 48 bits of time and 80 random bits in Crockford's base 32."""
    number = (milliseconds << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def opaque_token() -> str:
    """A reply token: 32 characters whose meaning is LINE's own."""
    return secrets.token_hex(16)


def long_token() -> str:
    """A quote or mark-as-read token."""
    return secrets.token_urlsafe(48)


def channel_number() -> str:
    return str(1_650_000_000 + secrets.randbelow(340_000_000))


def basic_id() -> str:
    """A LINE ID such as `@123abcde`."""
    return f"@{secrets.randbelow(1000):03d}" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(5))


def request_id() -> str:
    """The `x-line-request-id` of an answer."""
    return str(uuid.uuid4())


class MessageNumbers:
    """Message ids: decimal strings of 18 digits, each higher than the one before."""

    def __init__(self) -> None:
        self._numbers = itertools.count(_FIRST_MESSAGE_ID)

    def next(self) -> str:
        return str(next(self._numbers))
