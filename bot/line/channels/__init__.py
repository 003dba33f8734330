"""Channels as the runtime needs them: with their secrets open, and kept at hand."""

from bot.line.channels.directory import FRESH_FOR, REREAD_AFTER, ChannelAccess, ChannelDirectory
from bot.line.channels.rotation import SecretPromoter

__all__ = ["FRESH_FOR", "REREAD_AFTER", "ChannelAccess", "ChannelDirectory", "SecretPromoter"]
