"""The surfaces of `/api/partner/v1` and `/api/partner/admin`, and who may call them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.tenancy.errors import PartnerDisabled
from bot.web.client_ip import client_ip
from bot.web.rate_limit import RateLimiter, rate_limit_headers
from bot.web.responses import code_and_message
from bot.web.surface import ANSWER_HEADERS, Authenticator, Limits, Surface
from partner_api.api import Api
from partner_api.caller import Caller
from partner_api.keys.allow_list import is_allowed
from partner_api.keys.errors import IpNotAllowed, RateLimited
from partner_api.keys.operators import OperatorKeys
from partner_api.keys.service import DEFAULT_RATE_LIMIT
from partner_api.keys.verifying import EndedKey, KeyHashes, Verified, credentials, verify
from partner_api.request_log.routes import WHOSE, Whose, logged_by


@dataclass(frozen=True, slots=True)
class Operator:
    """The bearer of an operator's key; `name` is what the key was called."""

    id: uuid.UUID
    name: str


OPERATOR = web.RequestKey("partner_operator", Operator)
CALLER = web.RequestKey("partner_caller", Caller)
LIMITS = Limits(body_bytes=256 * 1024, body_seconds=10, handler_seconds=30)


def v1_surface(api: Api | None = None) -> Surface:
    """The surface of `pk_` keys; without an `api` it lets everybody in, for what only looks at its routes."""
    return _surface("v1", "/api/partner/v1", api, authenticator=key_authenticator)


def bots_surface(api: Api | None = None, *, authenticator: Callable[[Api], Authenticator] | None = None) -> Surface:
    """The surface of `/api/partner/v1/bots`, which management tokens open as well.

    `authenticator` makes what says who calls; `pk_` keys alone unless given.
    """
    return _surface("bots", "/api/partner/v1/bots", api, authenticator=authenticator or key_authenticator)


def admin_surface(api: Api | None = None) -> Surface:
    """The surface of the operator's keys."""
    return _surface("admin", "/api/partner/admin", api, authenticator=operator_authenticator)


def _surface(name: str, prefix: str, api: Api | None, *, authenticator: Callable[[Api], Authenticator]) -> Surface:
    return Surface(
        f"partner_{name}",
        prefix,
        envelope=code_and_message,
        authenticator=authenticator(api) if api else None,
        limits=LIMITS,
        challenge="Bearer",
        observer=logged_by(api.request_log) if api else None,
    )


def key_authenticator(api: Api) -> Authenticator:
    """Keeps the Caller of a `pk_` key and its secret in `request[CALLER]`.

    A recognised key's request is counted before anything else is asked, so that refused and repeated ones count.
    """
    hashes = KeyHashes(api.secret_key)

    async def authenticate(request: web.Request) -> None:
        headers = request.headers
        given = credentials(headers.getall("Authorization", []), headers.getall("X-API-Secret", []))
        try:
            async with api.database.reading() as session:
                found = await verify(session, given, hashes, clock=api.clock)
        except EndedKey as ended:
            request[WHOSE] = _whose(ended.caller)
            raise ended.error from None
        request[WHOSE] = _whose(found.caller)
        await count_request(request, api.limiter, f"key:{found.caller.key_id}", limit=found.rate_limit)
        _check_circumstances(request, api, found)
        request[CALLER] = found.caller

    return authenticate


def operator_authenticator(api: Api) -> Authenticator:
    """Keeps the bearer of an operator's key in `request[OPERATOR]`."""
    keys = OperatorKeys(api.secret_key, clock=api.clock)

    async def authenticate(request: web.Request) -> None:
        async with api.database.reading() as session:
            row = await keys.verify(session, request.headers.getall("Authorization", []))
        request[WHOSE] = Whose(operator_id=row.id)
        await count_request(request, api.limiter, f"operator:{row.id}", limit=DEFAULT_RATE_LIMIT)
        request[OPERATOR] = Operator(row.id, row.name)

    return authenticate


async def count_request(request: web.Request, limiter: RateLimiter, key: str, *, limit: int) -> None:
    """Count the request and tell in the answer's headers what is left. Raises RateLimited (429)."""
    verdict = await limiter.hit(key, limit=limit)
    request.setdefault(ANSWER_HEADERS, {}).update(rate_limit_headers(verdict))
    if not verdict.allowed:
        raise RateLimited(f"More than {limit} requests were made within a minute.", retry_after=verdict.retry_after)


def _check_circumstances(request: web.Request, api: Api, found: Verified) -> None:
    if not found.partner_is_active:
        raise PartnerDisabled
    forwarded = request.headers.getall("X-Forwarded-For", ())
    if not is_allowed(client_ip(request.remote, forwarded, api.settings.trusted_proxies), found.allowed_ips):
        raise IpNotAllowed


def _whose(caller: Caller) -> Whose:
    return Whose(caller.principal.tenant_id, caller.key_id)
