"""Signing secrets: derived, never stored, one for each key unless the operator shares one among all."""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.models import WebhookSigner
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.webhooks.signing import SECRET_PREFIX, derive_secret, signed_with

SIGNATURE_HEADER = "X-Partner-Signature"
PREVIOUS_SIGNATURE_HEADER = "X-Partner-Signature-Previous"


@dataclass(frozen=True, slots=True)
class SignerState:
    """A signer as it was read, for use after its transaction has ended."""

    id: uuid.UUID
    version: int
    previous_until: datetime | None


Signer = WebhookSigner | SignerState


class Signers:
    """Derives the secrets of `WebhookSigner` rows from WEBHOOK_SECRET, or from SECRET_KEY where that isn't set.

    Shared signing gives WEBHOOK_SECRET itself to everybody.
    """

    def __init__(self, settings: Settings) -> None:
        given = settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
        self._shared = given if settings.webhook_signing == "shared" else None
        self._master = given or derive_key(settings.secret_key.get_secret_value(), Purpose.WEBHOOK).hex()

    @property
    def is_shared(self) -> bool:
        """Whether all receivers have one secret, which is the operator's to change and nobody else's."""
        return self._shared is not None

    def secret(self, signer: Signer) -> str:
        """The secret as its owner is shown it: `whsec_` and base64, or the shared one as the operator set it."""
        return self._secret(signer, signer.version)

    def headers(self, signer: Signer, body: bytes, *, message_id: str, at: datetime) -> dict[str, str]:
        """Every header that signs `body`, sent at `at`: the documented one and those of Standard Webhooks.

        Until `signer.previous_until` the secret before signs beside the present one.
        """
        secrets = [self.secret(signer)]
        if not self.is_shared and signer.previous_until is not None and at < signer.previous_until:
            secrets.append(self._secret(signer, signer.version - 1))
        names = (SIGNATURE_HEADER, PREVIOUS_SIGNATURE_HEADER)
        documented = {name: partner_signature(secret, body) for name, secret in zip(names, secrets, strict=False)}
        return documented | signed_with(_keys(secrets), body, message_id=message_id, at=at)

    def _secret(self, signer: Signer, version: int) -> str:
        return self._shared or derive_secret(self._master, f"signer:{signer.id}:{version}")


def partner_signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of `body` in 64 lower-case hex digits, keyed with the secret's own characters.

    A receiver that follows the documented example passes the secret to its HMAC as the text that it was given.
    """
    return hmac.digest(secret.encode(), body, "sha256").hex()


def standard_key(secret: str) -> bytes:
    """The key that the libraries of Standard Webhooks take from `secret`.

    They leave `whsec_` out and read base64. A text that isn't base64 is a key only in their raw form, where its
    bytes are the key.
    """
    text = secret.removeprefix(SECRET_PREFIX)
    try:
        return base64.b64decode(text, validate=True) or secret.encode()
    except (binascii.Error, ValueError):
        return secret.encode()


def _keys(secrets: Sequence[str]) -> list[bytes]:
    return [standard_key(secret) for secret in secrets]
