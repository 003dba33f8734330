"""Why usage can't be told as asked."""

from __future__ import annotations

from bot.errors import BadRequest


class WrongPeriod(BadRequest):
    """A period that makes no sense; the message says what to mend."""
