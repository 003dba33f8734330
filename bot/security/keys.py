"""Subkeys of `SECRET_KEY`, one per purpose, so that no key ever serves two ends.

HKDF-SHA256 (RFC 5869): what is made for one purpose tells nothing about another's key.
"""

from __future__ import annotations

from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_SALT = b"shopkeeper/v1"


class Purpose(StrEnum):
    """What a subkey is for. A value must never be changed: everything made with it would be lost."""

    API_KEY = "api-key"
    BOX = "box"
    BOX_ID = "box-id"
    CLAIM_CODE = "claim-code"
    IDEMPOTENCY = "idempotency"
    MANAGEMENT = "management-token"
    OPERATOR_KEY = "operator-key"
    PARTNER_API_KEY = "partner-api-key"
    PARTNER_API_SECRET = "partner-api-secret"  # noqa: S105 - the name of a purpose
    PARTNER_KEY = "partner-key"
    WEBHOOK = "webhook"


def derive_key(secret_key: str, purpose: Purpose) -> bytes:
    """The 32-byte subkey of `secret_key` for `purpose`. The same inputs always give the same key."""
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=_SALT, info=purpose.value.encode())
    return hkdf.derive(secret_key.encode())
