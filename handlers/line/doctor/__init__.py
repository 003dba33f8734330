"""The webhook doctor: named checks of a channel, each with how to mend what it finds."""

from handlers.line.doctor.channel import ChannelDoctor, Subject
from handlers.line.doctor.findings import CODES, Finding, Level, found, is_healthy

__all__ = ["CODES", "ChannelDoctor", "Finding", "Level", "Subject", "found", "is_healthy"]
