"""Channels as the runtime needs them: with their secrets open, and kept at hand."""

from bot.line.channels.directory import ChannelAccess, ChannelDirectory

__all__ = ["ChannelAccess", "ChannelDirectory"]
