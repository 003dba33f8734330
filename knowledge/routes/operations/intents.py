"""What the documentation says of intents."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import BadRequest
from bot.web.openapi import Operation
from knowledge.errors import (
    IntentNameTaken,
    IntentNotFound,
    NothingToSign,
    SharedIsReadOnly,
    TooManyExamples,
    UncallableIntent,
    VendorNotFound,
)
from knowledge.intents.catalog import MAX_EXAMPLES
from knowledge.schemas.intents import (
    DeletedIntent,
    ExamplesBody,
    IntentAnswer,
    IntentChangeBody,
    IntentList,
    IntentsQuery,
    NewIntentBody,
    WrittenIntent,
)

TAG = "Intents"
_NEW = {
    "name": "帳務查詢",
    "type": "knowledge",
    "description": "繳費日期、金額與逾期",
    "examples": ["每月幾號要繳租金", "逾期手續費怎麼算"],
    "vendor_id": 1,
}
_SHOWN = {
    "id": 5,
    **_NEW,
    "enabled": True,
    "endpoint": None,
    "created_at": "2026-01-01T00:00:00",
    "updated_at": "2026-01-01T00:00:00",
}
_WRITING = (
    IntentNameTaken("帳務查詢"),
    UncallableIntent,
    TooManyExamples(MAX_EXAMPLES),
    BadRequest("endpoint.url: The URL can't be used."),
    SharedIsReadOnly,
)

LIST = Operation(
    summary="List intents",
    tag=TAG,
    description="With `vendor_id` those that the vendor uses: its own and the shared ones.",
    query=IntentsQuery,
    answers={200: IntentList},
    errors=(VendorNotFound,),
    answer_example={"items": [_SHOWN], "total": 1, "limit": 50, "offset": 0},
)
CREATE = Operation(
    summary="Create an intent",
    tag=TAG,
    description="With `vendor_id` that vendor's own, without it shared by all. An `endpoint` has the answer asked of "
    "the vendor's own system: requests to it are signed with `endpoint_secret`, which is shown once.",
    body=NewIntentBody,
    answers={201: WrittenIntent},
    errors=(VendorNotFound, *_WRITING),
    example=_NEW,
    answer_example=_SHOWN,
)
GET = Operation(
    summary="Get an intent", tag=TAG, answers={200: IntentAnswer}, errors=(IntentNotFound,), answer_example=_SHOWN
)
CHANGE = Operation(
    summary="Change an intent",
    tag=TAG,
    description="What isn't given stays. An `endpoint` of null takes it and its secret away. Whose it is can't change.",
    body=IntentChangeBody,
    answers={200: WrittenIntent},
    errors=(IntentNotFound, *_WRITING),
    example={"description": "繳費日期、金額、方式與逾期"},
    answer_example=_SHOWN | {"description": "繳費日期、金額、方式與逾期"},
)
PUT = replace(CHANGE, summary="Change an intent, as PATCH does", description="What isn't given stays, as with PATCH.")
DELETE = Operation(
    summary="Delete an intent",
    tag=TAG,
    description="It is taken out of the entries that served it.",
    answers={200: DeletedIntent},
    errors=(IntentNotFound, SharedIsReadOnly),
    answer_example={"id": 5, "deleted": True},
)
ADD_EXAMPLES = Operation(
    summary="Add examples to an intent",
    tag=TAG,
    description="Those that say the same count once.",
    body=ExamplesBody,
    answers={200: WrittenIntent},
    errors=(IntentNotFound, TooManyExamples(MAX_EXAMPLES), SharedIsReadOnly),
    example={"examples": ["租金什麼時候繳"]},
)
ROTATE_SECRET = Operation(
    summary="Make a new secret for an intent's endpoint",
    tag=TAG,
    description="The old one is void at once. The new one is shown once.",
    answers={200: WrittenIntent},
    errors=(IntentNotFound, NothingToSign, SharedIsReadOnly),
)
