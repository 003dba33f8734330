"""What the documentation says of the chat."""

from __future__ import annotations

from typing import Any

from bot.errors import Forbidden
from bot.web.openapi import Media, Operation
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.routes.operations import examples
from knowledge.schemas.chat import ChatBody, ChatView, ReloadedView, VendorTestView

TAG = "Chat"
_EVENTS: dict[str, dict[str, Any]] = {
    "intent": {"$ref": "#/components/schemas/IntentView"},
    "sources": {"$ref": "#/components/schemas/SourcesView"},
    "delta": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "done": {"$ref": "#/components/schemas/ChatView"},
    "error": {"$ref": "#/components/schemas/ErrorDetail"},
}


def _event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    told = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "title": name,
        "type": "object",
        "properties": {"event": {"const": name}, "data": told},
        "required": ["event", "data"],
    }


# OpenAPI 3.1 has no word for the items of a stream: as its readers have it, the schema is that of each event.
_STREAM = Media(
    types=("text/event-stream",),
    schema={"oneOf": [_event(name, data) for name, data in _EVENTS.items()]},
    example={"event": "delta", "data": '{"text":"Your rent is due on the 1st of each month."}'},
)
_REQUEST_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Names the message to a vendor's own system, so that the same message sent again is known there. "
    "The question is answered anew each time.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}
_REFUSALS = (VendorNotFound(999), VendorInactive(1), Forbidden("This API key may only ask in mode tenant."))

MESSAGE = Operation(
    summary="Ask for an answer from a vendor's knowledge",
    tag=TAG,
    description="Shared entries are answered with the vendor's own values. Types are taken as they are sent, and null "
    "means the default. A key that may only ask is never shown `sources`.",
    body=ChatBody,
    parameters=(_REQUEST_KEY,),
    answers={200: ChatView},
    errors=_REFUSALS,
    **examples("chat.message"),
)
STREAM = Operation(
    summary="Ask for an answer as server-sent events",
    tag=TAG,
    description="""\
The same answer, sentence by sentence once all of it is checked. Until then comments keep the connection alive. What
fails within the first second has its ordinary status and no stream.

| event | data |
|---|---|
| `intent` | `IntentView` |
| `sources` | `SourcesView` |
| `delta` | `{"text": "..."}`: a sentence. All of them together are the answer |
| `done` | `ChatView`: the whole answer, as without streaming |
| `error` | `{"detail": "..."}`; nothing follows |
""",
    body=ChatBody,
    parameters=(_REQUEST_KEY,),
    answers={200: _STREAM},
    errors=_REFUSALS,
    **examples("chat.stream"),
)
TEST = Operation(
    summary="Look at a vendor's values, and at a template filled with them",
    tag=TAG,
    description="A placeholder without a value stays as it is, and its key is in `test_template.missing`.",
    answers={200: VendorTestView},
    errors=(VendorNotFound(999),),
    **examples("chat.test"),
)
RELOAD = Operation(
    summary="Have every process read the caller's vendors anew",
    tag=TAG,
    description="What is changed over this API is seen at once without it.",
    answers={200: ReloadedView},
    **examples("chat.reload"),
)
