"""What the routes work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.db.engine import Database
from bot.security.box import SecretBox
from bot.settings import Settings
from bot.webhooks.sender import SafeSender
from knowledge.engine import Engine


def _nobody(_lanes: Sequence[str]) -> None:
    """The workers' sweep finds what is due."""


@dataclass(frozen=True, slots=True)
class Api:
    """The services behind the chat engine's routes. `wake` tells the workers which lanes have something due."""

    database: Database
    engine: Engine
    clock: Clock
    settings: Settings
    box: SecretBox
    sender: SafeSender = field(default_factory=SafeSender)
    wake: Callable[[Sequence[str]], None] = _nobody
