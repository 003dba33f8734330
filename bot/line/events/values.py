"""Values that LINE sends, and the forms in which every store takes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_MS = 253_402_300_800_000
"""Milliseconds at the start of the year 10000, where datetime ends."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def storable(text: str) -> str:
    """`text` with NUL (PostgreSQL refuses it) and lone surrogates (no encoding has them) as U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def is_identifier(text: str) -> bool:
    """Whether `text` has the form of a LINE id: letters, digits, `_` and `-`, at most 64."""
    return _IDENTIFIER.fullmatch(text) is not None


def moment(milliseconds: int | None) -> datetime | None:
    """An aware datetime from milliseconds since 1970, None where there is none or datetime has no such year."""
    if milliseconds is None or not 0 <= milliseconds < _END_MS:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)
