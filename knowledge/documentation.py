"""What vendors read about the chat engine's API as a whole: a chapter of `/openapi.json`.

What each route says of itself stands beside it: in `knowledge.routes`, and for channels in `handlers.line`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.errors import Forbidden, Unauthenticated
from bot.web.documentation import Guide, SurfaceGuide
from knowledge.schemas.chat import IntentView, SourcesView
from knowledge.schemas.fields import LARGEST_ID

NAME = "Chat API"
DESCRIPTION = """\
Answers from a vendor's knowledge, and everything that they are made of: vendors with their parameters, entries,
intents, imports, and the questions that nobody could answer yet.

**Credentials.** An API key (`vk_...`) or a bot's `mgmt_token`, as `Authorization: Bearer` or as `X-API-Key`. It opens
one vendor, or all vendors of a tenant; anybody else's are 404. A key may manage, or only ask: the latter is for a web
site's chat window, and is refused with 403 under `/api/v1`.

**Errors** are `{"detail": "..."}`, with the field's name where one is wrong.

**Times** are UTC and carry no offset, `2026-01-01T12:00:00`; ids are integers, but for imports and channels.
Fields that aren't known are ignored.
"""
TAGS = {
    "Chat": "Ask, and look at what is answered with.",
    "Vendors": "Whose customers ask.",
    "Parameters": "A vendor's own values, which answers are filled with.",
    "Knowledge": "Questions with their answers: shared by all vendors, or a vendor's own.",
    "Imports": "Knowledge from files and web pages, and back into a file.",
    "Intents": "What customers want, and where a vendor's own system knows the answer.",
    "Unanswered questions": "What got no answer, gathered by what it asks.",
    "Model usage": "What the language model cost.",
    "Channels": "A tenant's LINE Official Accounts.",
}
SECURITY_SCHEMES: dict[str, dict[str, Any]] = {
    "vendorKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A `vk_...` API key, or a bot's `mgmt_token`.",
    },
    "vendorKeyHeader": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "The same in a header of its own.",
    },
}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
_ID = {"type": "string", "format": "uuid"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "vendor_id": {"description": "A vendor, by its `id` in the list.", "schema": _NUMBER},
    "entry_id": {"description": "An entry, by its `id` in the list.", "schema": _NUMBER},
    "intent_id": {"description": "An intent, by its `id` in the list.", "schema": _NUMBER},
    "question_id": {"description": "An unanswered question, by its `id` in the list.", "schema": _NUMBER},
    "import_id": {"description": "An import, by the `id` that beginning it answered with.", "schema": _ID},
    "channel_id": {"description": "A channel, by its `id` in the list.", "schema": _ID},
}
_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?$"
TEXTS: dict[str, dict[str, Any]] = {
    ".*_at|timestamp": {"pattern": _MOMENT, "examples": ["2026-01-01T12:00:00"]},
    "id": {"format": "uuid"},
}
# The Partner API shows these with another form of times.
NAMES = {
    "ConfigView": "ParameterView",
    "EntryAnswer": "EntryView",
    "EntryList": "EntryViewList",
    "WrittenEntry": "WrittenEntryView",
}


def chat_guide(*, is_open: bool = False) -> Guide:
    """The chat engine's chapter of the document; `is_open` where calls from this machine need no key."""
    security = (("vendorKey",), ("vendorKeyHeader",), *(((),) if is_open else ()))
    unknown = Unauthenticated("The API key or management token is unknown, expired or revoked.")
    asking = SurfaceGuide(security=security, parameters=PARAMETERS, errors=(unknown,), error_schema="ErrorDetail")
    return Guide(
        name=NAME,
        description=DESCRIPTION,
        tags=TAGS,
        security_schemes=SECURITY_SCHEMES,
        types=(IntentView, SourcesView),
        texts=TEXTS,
        names=NAMES,
        surfaces={
            "chat": asking,
            "vendors": replace(asking, errors=(unknown, Forbidden("This API key may only ask questions."))),
        },
    )
