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
from knowledge.routes.operations import examples
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
_WRITING = (
    IntentNameTaken("billing"),
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
    **examples("intents.list"),
)
CREATE = Operation(
    summary="Create an intent",
    tag=TAG,
    description="With `vendor_id` that vendor's own, without it shared by all. An `endpoint` has the answer asked of "
    "the vendor's own system: requests to it are signed with `endpoint_secret`, which is shown once.",
    body=NewIntentBody,
    answers={201: WrittenIntent},
    errors=(VendorNotFound, *_WRITING),
    **examples("intents.create"),
)
GET = Operation(
    summary="Get an intent", tag=TAG, answers={200: IntentAnswer}, errors=(IntentNotFound,), **examples("intents.get")
)
CHANGE = Operation(
    summary="Change an intent",
    tag=TAG,
    description="What isn't given stays. An `endpoint` of null takes it and its secret away. Whose it is can't change.",
    body=IntentChangeBody,
    answers={200: WrittenIntent},
    errors=(IntentNotFound, *_WRITING),
    **examples("intents.change"),
)
PUT = replace(CHANGE, summary="Change an intent, as PATCH does", description="What isn't given stays, as with PATCH.")
DELETE = Operation(
    summary="Delete an intent",
    tag=TAG,
    description="It is taken out of the entries that served it.",
    answers={200: DeletedIntent},
    errors=(IntentNotFound, SharedIsReadOnly),
    **examples("intents.delete"),
)
ADD_EXAMPLES = Operation(
    summary="Add examples to an intent",
    tag=TAG,
    description="Those that say the same count once.",
    body=ExamplesBody,
    answers={200: WrittenIntent},
    errors=(IntentNotFound, TooManyExamples(MAX_EXAMPLES), SharedIsReadOnly),
    **examples("intents.add_examples"),
)
ROTATE_SECRET = Operation(
    summary="Make a new secret for an intent's endpoint",
    tag=TAG,
    description="The old one is void at once. The new one is shown once.",
    answers={200: WrittenIntent},
    errors=(IntentNotFound, NothingToSign, SharedIsReadOnly),
)
