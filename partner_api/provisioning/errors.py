"""What only the Partner API can say."""

from __future__ import annotations

from bot.errors import NotFound, Unauthenticated


class MissingKey(Unauthenticated):
    message = "Missing Bearer token: send your API key as `Authorization: Bearer <API_KEY>`."


class InvalidKey(Unauthenticated):
    message = "Invalid Bearer token: provisioning takes a whole `pk_provision_` key, or a UUID that you had before."


class NoSuchCode(NotFound):
    code = "no_such_code"
    message = "There is no QR code here."
