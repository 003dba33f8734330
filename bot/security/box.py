"""Authenticated encryption at rest: AES-256-GCM, with the key's id in front so that keys can rotate.

A box is: version (1 byte), key id (8 bytes), nonce (12 bytes), ciphertext with its tag. Everything
before the ciphertext, and the caller's context, is authenticated with it.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.security.keys import Purpose, derive_key

_VERSION = b"\x01"
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = len(_VERSION) + _KEY_ID_BYTES
_SHORTEST = _HEADER_BYTES + _NONCE_BYTES + 16


class BoxError(Exception):
    """A box can't be opened. The message says why and never holds what is inside."""


class UnknownBoxKey(BoxError):
    """The box was made under a SECRET_KEY that this process doesn't have."""


class SecretBox:
    """Encrypts with the current key; decrypts with it or with any of the previous ones."""

    def __init__(self, secret_key: str, *previous: str) -> None:
        self._key_id = _key_id(secret_key)
        self._ciphers = {_key_id(key): AESGCM(derive_key(key, Purpose.BOX)) for key in (secret_key, *previous)}

    def seal(self, plain: bytes, *, context: bytes = b"") -> bytes:
        """Encrypt `plain`. The same `context` (where the box is kept) is needed to open it again."""
        header, nonce = _VERSION + self._key_id, secrets.token_bytes(_NONCE_BYTES)
        return header + nonce + self._ciphers[self._key_id].encrypt(nonce, plain, header + context)

    def open(self, box: bytes, *, context: bytes = b"") -> bytes:
        """Decrypt `box`.

        Raises UnknownBoxKey when it was made under another SECRET_KEY, and BoxError when it was
        changed, cut off, or made for another context.
        """
        if len(box) < _SHORTEST or not box.startswith(_VERSION):
            raise BoxError("This is not an encrypted value of this platform.")
        header, rest = box[:_HEADER_BYTES], box[_HEADER_BYTES:]
        cipher = self._ciphers.get(header[len(_VERSION) :])
        if cipher is None:
            raise UnknownBoxKey("The value was encrypted under another SECRET_KEY: set that key again to read it.")
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + context)
        except InvalidTag:
            raise BoxError("The encrypted value was changed, or belongs to another place.") from None

    def needs_rotation(self, box: bytes) -> bool:
        """Whether `box` was made under a previous key and should be sealed again."""
        return box[len(_VERSION) : _HEADER_BYTES] != self._key_id


def _key_id(secret_key: str) -> bytes:
    return derive_key(secret_key, Purpose.BOX_ID)[:_KEY_ID_BYTES]
