"""What the routes work with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine import Database
from bot.security.box import SecretBox
from bot.settings import Settings
from knowledge.engine import Engine


@dataclass(frozen=True, slots=True)
class Api:
    """The services behind the chat engine's routes."""

    database: Database
    engine: Engine
    clock: Clock
    settings: Settings
    box: SecretBox
