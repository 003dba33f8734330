"""Channels as their owners manage them: seen, checked, and given new credentials."""

from handlers.line.channels.service import Channels, ChannelState, Credentials

__all__ = ["ChannelState", "Channels", "Credentials"]
