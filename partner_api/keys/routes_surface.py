"""The surfaces of `/api/partner/v1` and `/api/partner/admin`, and who may call them."""

from __future__ import annotations

from aiohttp import web

from bot.web.responses import code_and_message
from bot.web.surface import Limits, Surface
from partner_api.api import Api
from partner_api.caller import Caller

CALLER = web.RequestKey("partner_caller", Caller)
LIMITS = Limits(body_bytes=256 * 1024, body_seconds=10, handler_seconds=30)


def v1_surface(api: Api | None = None) -> Surface:
    """The surface of `pk_` keys; without an `api` the one that answers while the API is switched off."""
    return Surface("partner_v1", "/api/partner/v1", envelope=code_and_message, limits=LIMITS, challenge="Bearer")


def bots_surface(api: Api | None = None) -> Surface:
    """The surface of `/api/partner/v1/bots`, which management tokens open as well."""
    return Surface("partner_bots", "/api/partner/v1/bots", envelope=code_and_message, limits=LIMITS, challenge="Bearer")


def admin_surface(api: Api | None = None) -> Surface:
    """The surface of the operator's keys."""
    return Surface("partner_admin", "/api/partner/admin", envelope=code_and_message, limits=LIMITS, challenge="Bearer")
