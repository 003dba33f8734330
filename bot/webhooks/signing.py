"""Signatures of outgoing requests by Standard Webhooks 1.0 (symmetric, `v1`). Pure.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of such secrets, not one of them
MIN_SECRET_BYTES = 24
MAX_SECRET_BYTES = 64
# Enough until the year 30,000,000, and never too much for a calculation.
MOST_DIGITS = 15
TOLERANCE = timedelta(minutes=5)
ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"


def derive_secret(master: str, subject: str) -> str:
    """The `whsec_` secret of one receiver, such as `vendor:5`. The same inputs always give the same.

    Receivers that shared a secret could sign in each other's name.
    """
    digest = hmac.digest(master.encode(), b"standard-webhooks/" + subject.encode(), "sha256")
    return SECRET_PREFIX + base64.b64encode(digest).decode("ascii")


def sign(secret: str, body: bytes, *, message_id: str, at: datetime) -> dict[str, str]:
    """The three headers for `body`, sent at `at` (aware) under an id that stays the same over attempts.

    Raises ValueError for a secret that is not `whsec_` and base64 of 24 to 64 bytes, and for an id
    with a dot in it or with anything but visible ASCII.
    """
    return signed_with((key_of(secret),), body, message_id=message_id, at=at)


def signed_with(keys: Sequence[bytes], body: bytes, *, message_id: str, at: datetime) -> dict[str, str]:
    """The same three headers, with a signature by each of `keys`; raises ValueError for the id alone."""
    if not (message_id.isascii() and message_id.isprintable()) or not message_id or set(message_id) & set(". "):
        raise ValueError("a message id is visible ASCII without dots")
    timestamp = str(int(at.timestamp()))
    signatures = " ".join(f"v1,{_signature(key, (message_id, timestamp), body)}" for key in keys)
    return {ID_HEADER: message_id, TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signatures}


def verify(secret: str, body: bytes, *, headers: Mapping[str, str], now: datetime) -> bool:
    """Whether `headers` (lower-case names) hold a signature of `body` that is not off by over 5 minutes.

    Raises ValueError for a secret that is none; never for what the headers hold.
    """
    key = key_of(secret)
    message_id, timestamp = headers.get(ID_HEADER, ""), headers.get(TIMESTAMP_HEADER, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MOST_DIGITS and message_id.isascii()):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = f"v1,{_signature(key, (message_id, timestamp), body)}".encode()
    given = headers.get(SIGNATURE_HEADER, "").encode("utf-8", "surrogatepass").split(b" ")
    return any(hmac.compare_digest(expected, one) for one in given)


def key_of(secret: str) -> bytes:
    """The bytes that `secret` stands for. Raises ValueError where it isn't `whsec_` and base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or not MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES:
        raise ValueError(f"a signing secret is {SECRET_PREFIX} and base64 of 24 to 64 bytes")
    return key


def _signature(key: bytes, stamp: tuple[str, str], body: bytes) -> str:
    signed = ".".join(stamp).encode("ascii") + b"." + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")
