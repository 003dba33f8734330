"""The signature of LINE's webhooks: base64(HMAC-SHA256(channel secret, raw body)).

Source: LINE Messaging API reference, "Signature validation".
"""

from __future__ import annotations

import base64
import hmac


def sign_line_webhook(channel_secret: str, body: bytes) -> str:
    """The `x-line-signature` value for `body`: 44 characters of base64."""
    return base64.b64encode(hmac.digest(channel_secret.encode(), body, "sha256")).decode("ascii")


def verify_line_webhook(channel_secret: str, body: bytes, signature: str | None) -> bool:
    """Whether `signature` is the header LINE sends with exactly these bytes. Never raises.

    The encoded forms are compared, in constant time: decoding first would accept several spellings
    of one signature.
    """
    if not signature or not signature.isascii():
        return False
    expected = base64.b64encode(hmac.digest(channel_secret.encode(), body, "sha256"))
    return hmac.compare_digest(expected, signature.encode("ascii"))
