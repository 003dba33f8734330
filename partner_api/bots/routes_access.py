"""Who may call bot management. The credential's form alone says what it is; nothing is tried after something else."""

from __future__ import annotations

import re

from aiohttp import web

from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token
from bot.tenancy import repository
from bot.tenancy.errors import PartnerDisabled
from bot.web.surface import Authenticator
from partner_api.api import Api
from partner_api.bots.errors import InvalidToken
from partner_api.bots.manager import Manager, partner_manager, token_manager
from partner_api.keys.routes_surface import CALLER, count_request, key_authenticator
from partner_api.request_log.routes import WHOSE, Whose

MANAGER = web.RequestKey("bot_manager", Manager)
# Requests a minute with one bot's token; a partner's key has a limit of its own.
TOKEN_RATE_LIMIT = 1_000
_TOKEN = re.compile(r"bearer +([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


def bot_authenticator(api: Api) -> Authenticator:
    """Keeps in `request[MANAGER]` who calls: by a UUID, a bot's management token; by anything else, a `pk_` key."""
    by_key = key_authenticator(api)
    token_key = derive_key(api.secret_key, Purpose.MANAGEMENT)

    async def authenticate(request: web.Request) -> None:
        token = _token_in(request)
        if token is None:
            await by_key(request)
            request[MANAGER] = partner_manager(request[CALLER])
        else:
            await by_token(request, token)

    async def by_token(request: web.Request, token: str) -> None:
        async with api.database.reading() as session:
            bot = await repository.find_bot_by_token(session, hash_token(token_key, token))
            if bot is None:
                raise InvalidToken
            is_open = await repository.has_open_partner(session, bot)
        request[WHOSE] = Whose(bot.tenant_id)
        await count_request(request, api.limiter, f"bot:{bot.id}", limit=TOKEN_RATE_LIMIT)
        if not is_open:
            raise PartnerDisabled
        request[MANAGER] = token_manager(bot)

    return authenticate


def _token_in(request: web.Request) -> str | None:
    """The management token of a request whose one Authorization header holds a UUID."""
    given = request.headers.getall("Authorization", [])
    found = _TOKEN.fullmatch(given[0].strip()) if len(given) == 1 else None
    return found[1].lower() if found else None
