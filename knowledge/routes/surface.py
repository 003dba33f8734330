"""The two surfaces of the chat engine, `/chat/v1` and `/api/v1`, and who may call them.

A credential is an API key (`vk_...`) or a bot's management token (a UUID), as `Authorization: Bearer`
or `X-API-Key`; its form alone says which of the two it is. With `CHAT_API_AUTH=open` a call without
one acts for the local tenant, and must come from this machine to this machine: by its address, by
the host that it names, and, from a browser, by the page that it comes from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import Forbidden, PlatformError, Unauthenticated
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token
from bot.settings import is_loopback
from bot.tenancy import repository
from bot.tenancy.api_keys import KEY_PREFIX, ApiKeys, Rights
from bot.tenancy.errors import PartnerDisabled
from bot.tenancy.local import LOCAL
from bot.tenancy.principal import Principal, PrincipalKind
from bot.texts import say
from bot.web.responses import detail
from bot.web.surface import Authenticator, Limits, Surface
from knowledge.routes.api import Api

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CHAT_LIMITS = Limits(body_bytes=64 * 1024, body_seconds=10, handler_seconds=60)
VENDOR_LIMITS = Limits(body_bytes=2 * 1024 * 1024, body_seconds=30, handler_seconds=60)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and whether it may do more than ask. `daily_tokens` is a bot's own budget, if it has one."""

    principal: Principal
    rights: Rights
    daily_tokens: int | None = None


CALLER = web.RequestKey("chat_caller", Caller)


def chat_surface(api: Api) -> Surface:
    """`/chat/v1`: every credential may ask."""
    return Surface(
        "chat",
        "/chat/v1",
        envelope=_chat_detail,
        authenticator=_authenticator(api),
        limits=CHAT_LIMITS,
        challenge="Bearer",
    )


def vendors_surface(api: Api) -> Surface:
    """`/api/v1`: what vendors, knowledge and intents are managed by; not for keys that may only ask."""
    return Surface(
        "vendors",
        "/api/v1",
        envelope=detail,
        authenticator=_authenticator(api, managing=True),
        limits=VENDOR_LIMITS,
        challenge="Bearer",
    )


def caller_of(request: web.Request) -> Caller:
    """Who calls, as the surface's authenticator found out."""
    return request[CALLER]


def needs_manage(request: web.Request) -> Principal:
    """The principal, where it may manage. Raises Forbidden for a key that may only ask."""
    caller = request[CALLER]
    if caller.rights is not Rights.MANAGE:
        raise Forbidden("This API key may only ask questions.")
    return caller.principal


def _chat_detail(error: PlatformError) -> object:
    """Errors of ours are told as the chat API words them, and without a word about the inside."""
    return {"detail": say("api.chat_failed")} if error.status == PlatformError.status else detail(error)


def _authenticator(api: Api, *, managing: bool = False) -> Authenticator:
    secret_key = api.settings.secret_key.get_secret_value()
    keys = ApiKeys(clock=api.clock, hash_key=derive_key(secret_key, Purpose.API_KEY))
    management_key = derive_key(secret_key, Purpose.MANAGEMENT)
    is_open = api.settings.chat_api_auth == "open"

    async def verify(token: str) -> Caller:
        async with api.database.reading() as session:
            if token.startswith(KEY_PREFIX):
                found = await keys.verify(session, token)
                return Caller(found.principal, found.rights)
            bot = None
            if _UUID.fullmatch(token):
                bot = await repository.find_bot_by_token(session, hash_token(management_key, token.lower()))
            if bot is None:
                raise Unauthenticated("The API key or management token is unknown, expired or revoked.")
            if not await repository.has_open_partner(session, bot):
                raise PartnerDisabled
        principal = Principal(PrincipalKind.BOT, str(bot.id), bot.tenant_id, bot.vendor_id)
        return Caller(principal, Rights.MANAGE, bot.llm_daily_tokens)

    async def authenticate(request: web.Request) -> None:
        token = _credential(request)
        if token is not None:
            request[CALLER] = await verify(token)
        elif is_open and _is_from_here(request):
            request[CALLER] = Caller(LOCAL, Rights.MANAGE)
        else:
            raise Unauthenticated("An API key is needed: send `Authorization: Bearer vk_...` or `X-API-Key`.")
        if managing:
            needs_manage(request)

    return authenticate


def _credential(request: web.Request) -> str | None:
    """The one credential of a request; None where it has none. Raises Unauthenticated for a confused one."""
    given = [*request.headers.getall("Authorization", []), *request.headers.getall("X-API-Key", [])]
    if not given:
        return None
    if len(given) > 1:
        raise Unauthenticated("Send one credential, as `Authorization: Bearer ...` or as `X-API-Key`.")
    if "X-API-Key" in request.headers:
        return given[0].strip()
    scheme, _, token = given[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must read `Bearer <key>`.")
    return token.strip()


def _is_from_here(request: web.Request) -> bool:
    """Whether caller, named host and, for a browser, the calling page are all this machine.

    The host's name matters too: a tunnel or a rebound name would bring the whole world here.
    """
    origin = request.headers.get("Origin")
    named = [urlsplit(f"//{request.host}").hostname, urlsplit(origin).hostname if origin else "localhost"]
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and all(is_loopback(one or "") for one in (request.remote, *named))
