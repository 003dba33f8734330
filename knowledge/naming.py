"""When two names or sentences are the same to people. Pure."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """What is equal for names that differ in case, width or spaces alone."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
