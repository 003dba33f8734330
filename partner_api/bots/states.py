"""What state a bot is in, as its partner sees it. Pure."""

from __future__ import annotations

from enum import StrEnum

from bot.models import Bot


class BotStatus(StrEnum):
    """`paused` is its owner's doing, `suspended` its partner's, which comes first where both are."""

    ACTIVE = "active"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    DELETED = "deleted"


def status_of(bot: Bot) -> BotStatus:
    if not bot.is_active:
        return BotStatus.DELETED
    if bot.suspended_at is not None:
        return BotStatus.SUSPENDED
    return BotStatus.ACTIVE if bot.paused_at is None else BotStatus.PAUSED
