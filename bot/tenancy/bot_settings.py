"""What a bot's settings may be, whichever door they are set by: its owner's desk or the Partner API. Pure."""

from __future__ import annotations

import unicodedata
from typing import Literal, get_args

LateReply = Literal["postback", "push", "drop"]
OwnerPushes = Literal["none", "urgent", "all"]
LATE_REPLIES: tuple[LateReply, ...] = get_args(LateReply)
OWNER_PUSHES: tuple[OwnerPushes, ...] = get_args(OwnerPushes)
# Hours of the shop's day at which nobody is woken by a summary.
EARLIEST_SUMMARY, LATEST_SUMMARY = 8, 22
MOST_PUSHES = 10_000_000
MOST_DAILY_TOKENS = 1_000_000_000
LEAST_WORD, MOST_WORD = 2, 20


def trigger_word(text: str) -> str | None:
    """The word that calls a bot in groups as it is kept, without an @; None for what can't be one."""
    word = unicodedata.normalize("NFKC", text).strip().lstrip("@").strip()
    plain = all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in word)
    return word if LEAST_WORD <= len(word) <= MOST_WORD and plain else None
