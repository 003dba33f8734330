"""What the routes and workers of the Partner API work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine import Database
from bot.llm.port import LanguageModel
from bot.security.box import SecretBox
from bot.settings import Settings
from bot.speech.port import Transcriber
from bot.web.idempotency import Idempotency
from bot.web.rate_limit import RateLimiter
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers
from knowledge.engine import Engine
from partner_api.line_side import LineSide
from partner_api.request_log.service import RequestLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The services behind `/api/partner`. `wake` tells the workers which lanes have something due."""

    database: Database
    settings: Settings
    clock: Clock
    box: SecretBox
    sender: SafeSender
    signers: Signers
    idempotency: Idempotency
    limiter: RateLimiter
    request_log: RequestLog
    engine: Engine
    llm: LanguageModel | None
    speech: Transcriber | None
    line: LineSide
    wake: Callable[[Sequence[str]], None]

    @property
    def secret_key(self) -> str:
        return self.settings.secret_key.get_secret_value()
