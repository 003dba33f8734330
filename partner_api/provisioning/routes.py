"""HTTP in and out of the Partner API."""

from __future__ import annotations

from aiohttp import web

from bot.clock import Clock
from bot.db.engine import Database
from bot.security.keys import Purpose, derive_key
from bot.tenancy.errors import NoCentralChannel, SlotsExhausted
from bot.tenancy.partners import Partners, VerifiedPartner
from bot.web.idempotency import idempotency_key
from bot.web.once import once_response
from bot.web.openapi import Operation
from bot.web.requests import read_body, read_model
from bot.web.surface import Authenticator, Limits, Observer, Route, Surface
from partner_api.api import Api
from partner_api.provisioning.auth import ProvisioningAuth
from partner_api.provisioning.binding import QrCodes
from partner_api.provisioning.schemas import ProvisionAnswer, ProvisionRequest
from partner_api.provisioning.service import MESSAGE, ProvisionCall, Provisioning
from partner_api.request_log.routes import WHOSE, Whose, logged_by

CALLER = web.RequestKey("partner", VerifiedPartner)
# The longest prompt and name as JSON escapes, twelve bytes for each character outside the BMP.
LIMITS = Limits(body_bytes=128 * 1024, body_seconds=10, handler_seconds=30)
QR_SURFACE = Surface("line_qr", "/line/qr")
PROVISION = Operation(
    summary="Provision a bot",
    tag="Provisioning",
    description="Makes a bot for a customer and uses one of your purchased slots. Keep `bot_id` and `mgmt_token`, and "
    "send the customer to `binding.line_url`: sending the message that is typed there makes them the bot's owner.",
    body=ProvisionRequest,
    answers={201: ProvisionAnswer},
    errors=(SlotsExhausted, NoCentralChannel),
    idempotent=True,
    example={
        "store_name": "StockRadar Assistant - User123",
        "system_prompt": "Speak of the user's watch list first.",
    },
    answer_example={
        "success": True,
        "bot_id": "1b9498a4-62c0-4f9f-994a-74664a1a4d16",
        "mgmt_token": "f2cc9eb1-a649-49c8-adcd-0248bbf4b012",
        "store_name": "StockRadar Assistant - User123",
        "message": MESSAGE,
        "binding": {
            "code": "2N9Z-9EGD-W9EP",
            "expires_at": "2026-11-29T03:00:00Z",
            "line_url": "https://line.me/R/oaMessage/%40bots/?%40%E6%88%91%E6%98%AF%E5%BA%97%E9%95%B7%202N9Z-9EGD-W9EP",
            "qr_url": "https://bots.example.com/line/qr/2N9Z-9EGD-W9EP.svg",
        },
    },
)


def provisioning_surface(authenticator: Authenticator | None = None, *, observer: Observer | None = None) -> Surface:
    """The surface of provisioning keys. It answers all of `/api/partner`, also when switched off."""
    return Surface(
        "partner", "/api/partner", authenticator=authenticator, limits=LIMITS, challenge="Bearer", observer=observer
    )


def provisioning_routes(api: Api) -> list[Route]:
    """The route that makes bots."""
    partners = Partners(clock=api.clock, key_hash_key=derive_key(api.secret_key, Purpose.PARTNER_KEY))
    auth = ProvisioningAuth(api.database, partners)
    provisioning = Provisioning(
        api.idempotency, clock=api.clock, secret_key=api.secret_key, base_url=api.settings.base_url
    )

    async def authenticate(request: web.Request) -> None:
        request[CALLER] = await auth.verify(request.headers.getall("Authorization", []))
        request[WHOSE] = Whose(request[CALLER].tenant_id)

    async def provision(request: web.Request) -> web.Response:
        wanted = await read_model(request, ProvisionRequest)
        key = idempotency_key(request.headers)
        answer = await provisioning.provision(
            ProvisionCall(request[CALLER], wanted, key, body=await read_body(request))
        )
        return once_response(answer)

    surface = provisioning_surface(authenticate, observer=logged_by(api.request_log))
    return [surface.route("POST", "/api/partner/provision", provision, operation=PROVISION)]


def qr_routes(database: Database, *, clock: Clock) -> list[Route]:
    """The public QR code of a claim code's link."""
    codes = QrCodes(database, clock)

    async def qr(request: web.Request) -> web.Response:
        # The code is a secret that happens to stand in a path: no cache, no referrer, no log.
        headers = {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        }
        svg = await codes.svg(request.match_info["code"])
        return web.Response(body=svg, headers=headers, content_type="image/svg+xml")

    return [QR_SURFACE.route("GET", "/line/qr/{code}.svg", qr)]
