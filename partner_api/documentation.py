"""What partners read about the API as a whole: a chapter of `/openapi.json`, beside what each route says of itself.

The operator's routes (`/api/partner/admin`) are not part of it: they are described in `docs/api/partner/`.
"""

from __future__ import annotations

from typing import Any

from bot.tenancy.errors import PartnerDisabled
from bot.web.documentation import Guide, SurfaceGuide
from partner_api.callbacks.events import BotOwnerEvent, EndpointPausedEvent
from partner_api.calls.results import CallEnded, CallResults
from partner_api.keys.errors import (
    InvalidKey,
    IpNotAllowed,
    KeyExpired,
    KeyInactive,
    KeyRevoked,
    MissingKey,
    MissingSecret,
    RateLimited,
)
from partner_api.provisioning.errors import InvalidKey as InvalidProvisioningKey
from partner_api.provisioning.errors import MissingKey as MissingProvisioningKey

NAME = "Partner API"
DESCRIPTION = """\
What a partner's back end builds on: bots for its customers, and the analysis of recorded calls, without a user
interface.

**Credentials.** `POST /api/partner/provision` takes a provisioning key alone. Everything under `/api/partner/v1`
takes a key and its secret together, and what is under `/api/partner/v1/bots` also a bot's own `mgmt_token`. A
`pk_sandbox_` key and a `pk_production_` key never see each other's data.

**Errors** are `{"error": {"code", "message"}}`; provisioning answers `{"success": false, "error"}`. Codes stay, while
messages may be worded anew. What doesn't exist and what isn't yours are the same 404.

**Repeating a request.** A POST that makes something takes an `Idempotency-Key`: send one, and repeat the request
after a timeout, a 409 with `Retry-After`, a 429 or a 5xx.

**Times** are UTC, `2026-11-22T03:00:00Z`; ids are UUIDs.
"""
TAGS = {
    "Health": "What a key can act on, until when.",
    "Companies": "The companies whose calls are analysed, and their agents.",
    "Calls": "Hand in a recording or a transcript to be analysed.",
    "Jobs": "Watch and end the analyses.",
    "Callbacks": "What was delivered to your URL, attempt by attempt, and the secret that signs it.",
    "Usage": "What a key was used for.",
    "Provisioning": "Make a bot for a customer.",
    "Bots": "Manage the bots that were provisioned.",
}
SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "A `pk_sandbox_...` or `pk_production_...` key."},
    "apiSecret": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Secret",
        "description": "The `sk_...` secret that was shown with the key.",
    },
    "provisioningKey": {"type": "http", "scheme": "bearer", "description": "A `pk_provision_...` key."},
    "managementToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `mgmt_token` that provisioning a bot answered with. It opens that bot alone.",
    },
}
_COUNT = {"type": "integer", "minimum": 0}
HEADERS: dict[str, dict[str, Any]] = {
    "X-RateLimit-Limit": {"description": "How many requests the key may make in 60 seconds.", "schema": _COUNT},
    "X-RateLimit-Remaining": {"description": "How many are left now.", "schema": _COUNT},
    "X-RateLimit-Reset": {"description": "In how many seconds there is room for one more.", "schema": _COUNT},
    "RateLimit": {"description": 'The same, as `"...";r=<remaining>;t=<seconds>`.', "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": 'The limit, as `"...";q=<limit>;w=60`.', "schema": {"type": "string"}},
}
_KEY_ERRORS = (MissingKey, MissingSecret, InvalidKey, KeyExpired, KeyRevoked, KeyInactive)
_REFUSALS = (*_KEY_ERRORS, IpNotAllowed, PartnerDisabled, RateLimited)
_ID = {"type": "string", "format": "uuid"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "agent_id": {"description": "An agent, by the `id` that creating it answered with.", "schema": _ID},
    "bot_id": {
        "description": "A bot, by the `bot_id` of its provisioning, which is its `id` in the list.",
        "schema": _ID,
    },
    "company_id": {"description": "A company, by its `id` in `GET /api/partner/v1/companies`.", "schema": _ID},
    "delivery_id": {"description": "A delivery, by its `id` in the job's deliveries.", "schema": _ID},
    "entry_id": {"description": "An entry, by its `id` in the bot's knowledge.", "schema": {"type": "integer"}},
    "endpoint_id": {"description": "A callback endpoint, by its `id` in the list of them.", "schema": _ID},
    "job_id": {"description": "A job, by the `job_id` that handing in the call answered with.", "schema": _ID},
}


_ANY_TEXT = {"type": "string"}
_MOMENT = {"format": "date-time", "examples": ["2026-11-22T03:00:00Z"]}
TEXTS: dict[str, dict[str, Any]] = {
    ".*_at|.*_until|timestamp": _MOMENT,
    "id|(agent|bot|call|company|delivery|endpoint|job|message|webhook)_id|mgmt_token": {"format": "uuid"},
}
CALLBACK_HEADERS: dict[str, str] = {
    "X-Partner-Signature": "HMAC-SHA256 of the body in hex, keyed with your signing secret as text.",
    "X-Partner-Signature-Previous": "The same with the secret before, while a rotated one still counts.",
    "X-Webhook-ID": "What it tells of: the id of the job, bot or endpoint.",
    "X-Webhook-Attempt": "1, 2 or 3.",
    "X-Webhook-Redelivery": "Counts the redeliveries that were asked for; not there in a first delivery.",
    "webhook-id": "The message's id, the same in every attempt and redelivery.",
    "webhook-timestamp": "When it was sent, in seconds since 1970.",
    "webhook-signature": "Standard Webhooks: `v1,` and base64, over id, time and body.",
}


def callback(summary: str, body: str, description: str) -> dict[str, Any]:
    """A request that this server makes to a partner's."""
    headers = [
        {"name": name, "in": "header", "description": text, "schema": _ANY_TEXT}
        for name, text in CALLBACK_HEADERS.items()
    ]
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}
    answers = {
        "2XX": {"description": "Received. Anything else, and no answer within 30 seconds, is a failed attempt."},
        "410": {"description": "Send nothing here any more."},
    }
    return {
        "post": {
            "summary": summary,
            "tags": ["Callbacks"],
            "description": description,
            "parameters": headers,
            "requestBody": {"content": content},
            "responses": answers,
            "security": [],
        }
    }


CALL_ENDED = callback(
    "A call's analysis has ended",
    CallEnded.__name__,
    "Sent to the call's `webhook_url`, at about 0 s, 30 s and 5 min until it is received.",
)


BOT_OWNER_CHANGED = callback(
    "A bot's owner has changed",
    BotOwnerEvent.__name__,
    "Sent to the URL of `PUT /webhooks/events`. Events may overtake each other: ask for the bot to see how it stands.",
)
ENDPOINT_PAUSED = callback(
    "An endpoint gets nothing any more",
    EndpointPausedEvent.__name__,
    "Sent to the URL of `PUT /webhooks/events`, unless that is at the endpoint which was paused.",
)


def partner_guide() -> Guide:
    """The partners' chapter of the document."""
    with_key = (("apiKey", "apiSecret"),)
    return Guide(
        name=NAME,
        description=DESCRIPTION,
        tags=TAGS,
        security_schemes=SECURITY_SCHEMES,
        webhooks={
            "callEnded": CALL_ENDED,
            "botOwnerChanged": BOT_OWNER_CHANGED,
            "endpointPaused": ENDPOINT_PAUSED,
        },
        types=(CallEnded, CallResults, BotOwnerEvent, EndpointPausedEvent),
        texts=TEXTS,
        surfaces={
            "partner": SurfaceGuide(
                security=(("provisioningKey",),),
                errors=(MissingProvisioningKey, InvalidProvisioningKey, PartnerDisabled),
            ),
            "partner_v1": SurfaceGuide(security=with_key, errors=_REFUSALS, headers=HEADERS, parameters=PARAMETERS),
            "partner_bots": SurfaceGuide(
                security=(*with_key, ("managementToken",)), errors=_REFUSALS, headers=HEADERS, parameters=PARAMETERS
            ),
        },
    )
