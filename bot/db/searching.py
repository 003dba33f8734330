"""Finding rows by words that people type."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_

_TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def holding(columns: Sequence[Any], text: str) -> ColumnElement[bool]:
    """Whether any of `columns` holds `text` as it stands, in any case and width that was stored. No wildcards.

    SQLite knows the cases of ASCII letters alone, so that the spellings are made here.
    """
    plain, composed = unicodedata.normalize("NFKC", text), unicodedata.normalize("NFC", text)
    wide = plain.translate(_TO_FULL_WIDTH)
    spellings = {text, composed, wide, wide.lower(), wide.upper()}
    spellings |= {plain, plain.lower(), plain.upper(), plain.title()}
    return or_(*(column.icontains(one, autoescape=True) for column in columns for one in sorted(spellings)))
