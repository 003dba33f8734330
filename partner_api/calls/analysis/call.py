"""A call that is to be analysed, as its job asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is known of a call: its recording (`audio`), its transcript, or both.

    `language` is a tag such as `zh-TW`, `en` or `he`, None where it is to be told from the words. On a recording
    with one voice a channel, `agent_channel` (0 or 1) is the agent's. With `mask` personal numbers are masked
    before anything else sees the words.
    """

    call_type: str
    language: str | None = None
    agent_channel: int = 0
    mask: bool = False
    audio: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    transcript: str | Sequence[Any] | None = field(default=None, repr=False)
