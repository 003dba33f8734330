"""The surfaces of `/api/partner/v1` and `/api/partner/admin`, and who may call them."""

from __future__ import annotations

from aiohttp import web

from bot.tenancy.errors import PartnerDisabled
from bot.web.responses import code_and_message
from bot.web.surface import Authenticator, Limits, Surface
from partner_api.api import Api
from partner_api.caller import Caller
from partner_api.keys.verifying import EndedKey, KeyHashes, credentials, verify

CALLER = web.RequestKey("partner_caller", Caller)
LIMITS = Limits(body_bytes=256 * 1024, body_seconds=10, handler_seconds=30)


def v1_surface(api: Api | None = None) -> Surface:
    """The surface of `pk_` keys; without an `api` the one that answers while the API is switched off."""
    return Surface(
        "partner_v1",
        "/api/partner/v1",
        envelope=code_and_message,
        authenticator=key_authenticator(api) if api else None,
        limits=LIMITS,
        challenge="Bearer",
    )


def bots_surface(api: Api | None = None, *, authenticator: Authenticator | None = None) -> Surface:
    """The surface of `/api/partner/v1/bots`, which management tokens open as well.

    `authenticator` is who says who calls; `pk_` keys alone unless given.
    """
    return Surface(
        "partner_bots",
        "/api/partner/v1/bots",
        envelope=code_and_message,
        authenticator=authenticator or (key_authenticator(api) if api else None),
        limits=LIMITS,
        challenge="Bearer",
    )


def admin_surface(api: Api | None = None) -> Surface:
    """The surface of the operator's keys."""
    return Surface("partner_admin", "/api/partner/admin", envelope=code_and_message, limits=LIMITS, challenge="Bearer")


def key_authenticator(api: Api) -> Authenticator:
    """Keeps the Caller of a `pk_` key and its secret in `request[CALLER]`."""
    hashes = KeyHashes(api.secret_key)

    async def authenticate(request: web.Request) -> None:
        headers = request.headers
        given = credentials(headers.getall("Authorization", []), headers.getall("X-API-Secret", []))
        try:
            async with api.database.reading() as session:
                found = await verify(session, given, hashes, clock=api.clock)
        except EndedKey as ended:
            raise ended.error from None
        if not found.partner_is_active:
            raise PartnerDisabled
        request[CALLER] = found.caller

    return authenticate
