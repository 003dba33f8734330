"""Signing secrets: derived, never stored, one for each key unless the operator shares one among all."""

from __future__ import annotations

from bot.settings import Settings


class Signers:
    """Derives the secrets of `WebhookSigner` rows."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
