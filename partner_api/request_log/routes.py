"""Who a request turned out to be from, for the log of requests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from aiohttp import web

from bot.web.surface import Answered, Observer
from partner_api.request_log.service import Caught, RequestLog


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose request it is: of which tenant, and by which `pk_` key or operator's key where it was one."""

    tenant_id: uuid.UUID | None = None
    key_id: uuid.UUID | None = None
    operator_id: uuid.UUID | None = None


_NOBODY = Whose()
# Set by an authenticator as soon as it knows, so that what it then refuses has its owner too.
WHOSE = web.RequestKey("partner_whose", Whose)


def logged_by(request_log: RequestLog) -> Observer:
    """An observer of a surface that takes note of each of its requests."""

    def observe(request: web.Request, answered: Answered) -> None:
        whose = request.get(WHOSE, _NOBODY)
        request_log.note(
            Caught(answered=answered, key_id=whose.key_id, tenant_id=whose.tenant_id, operator_id=whose.operator_id)
        )

    return observe
