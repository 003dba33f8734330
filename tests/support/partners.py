"""The Partner API's services on a test's store."""

from __future__ import annotations

from typing import Any

from bot.clock import Clock
from bot.db.engine import Database
from bot.security.box import SecretBox
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.web.idempotency import Idempotency
from bot.web.rate_limit import rate_limiter
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers
from knowledge.engine import Engine
from partner_api.api import Api
from partner_api.request_log import RequestLog


def api_on(database: Database, settings: Settings, clock: Clock, **changes: Any) -> Api:
    """The services as the product wires them, without a model, a transcriber or workers unless `changes` has them."""
    secret_key = settings.secret_key.get_secret_value()
    box = SecretBox(secret_key)
    given: dict[str, Any] = {
        "database": database,
        "settings": settings,
        "clock": clock,
        "box": box,
        "sender": SafeSender(allow=settings.ssrf_allow),
        "signers": Signers(settings),
        "idempotency": Idempotency(database, box, clock=clock, hash_key=derive_key(secret_key, Purpose.IDEMPOTENCY)),
        "limiter": rate_limiter(None, clock),
        "request_log": RequestLog(database, clock),
        "engine": Engine(database=database, llm=None, clock=clock),
        "llm": None,
        "speech": None,
        "wake": lambda _lanes: None,
    }
    return Api(**given | changes)
