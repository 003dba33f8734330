"""What the desk's parts work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.clock import Clock
from bot.db.engine import Database
from bot.line.client import LineClient
from handlers.line.asking import Asker
from knowledge.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The store, the engine as bots ask it, what is held of each vendor, LINE, the time, and the key of claim codes."""

    database: Database
    asker: Asker
    library: Library
    line: LineClient
    clock: Clock
    claim_code_key: bytes = field(repr=False)
