"""What the documentation says of knowledge entries."""

from __future__ import annotations

from dataclasses import replace

from bot.web.openapi import Operation
from knowledge.errors import AlreadyCustomized, EntryNotFound, NoSuchIntent, SharedIsReadOnly, VendorNotFound
from knowledge.routes.operations import examples
from knowledge.schemas.entries import (
    CustomizeBody,
    DeletedEntry,
    EntriesQuery,
    EntryAnswer,
    EntryChangeBody,
    EntryList,
    HistoryAnswer,
    NewEntryBody,
    WrittenEntry,
)
from knowledge.schemas.fields import PageQuery

TAG = "Knowledge"
_WRITING = "`{{key}}` stands for the vendor's parameter of that key. "
_NO_INTENT = NoSuchIntent("billing")

LIST = Operation(
    summary="List entries, the oldest first",
    tag=TAG,
    description="`vendor_id` lists what that vendor's answers could come from; `q` is looked for in question, answer "
    "and keywords.",
    query=EntriesQuery,
    answers={200: EntryList},
    errors=(VendorNotFound,),
    **examples("entries.list"),
)
CREATE = Operation(
    summary="Create an entry",
    tag=TAG,
    description=f"With `vendor_id` that vendor's own, without it shared by all. {_WRITING}`warnings` and `suggestions` "
    "tell its writer which values are missing, and which stand there as figures.",
    body=NewEntryBody,
    answers={201: WrittenEntry},
    errors=(VendorNotFound, _NO_INTENT, SharedIsReadOnly),
    **examples("entries.create"),
)
GET = Operation(
    summary="Get an entry", tag=TAG, answers={200: EntryAnswer}, errors=(EntryNotFound,), **examples("entries.get")
)
CHANGE = Operation(
    summary="Change an entry",
    tag=TAG,
    description="What isn't given stays. Whose it is can't change.",
    body=EntryChangeBody,
    answers={200: WrittenEntry},
    errors=(EntryNotFound, _NO_INTENT, SharedIsReadOnly),
    **examples("entries.change"),
)
PUT = replace(CHANGE, summary="Change an entry, as PATCH does", description="What isn't given stays, as with PATCH.")
DELETE = Operation(
    summary="Delete an entry",
    tag=TAG,
    description="Its history stays. With a customized one gone, its vendor answers from the shared one again.",
    answers={200: DeletedEntry},
    errors=(EntryNotFound, SharedIsReadOnly),
    **examples("entries.delete"),
)
CUSTOMIZE = Operation(
    summary="Give a vendor its own version of a shared entry",
    tag=TAG,
    description="It takes the shared one's place in that vendor's answers. What isn't given is as there. `vendor_id` "
    "is required unless the credential is bound to a vendor.",
    body=CustomizeBody,
    answers={201: WrittenEntry},
    errors=(EntryNotFound, VendorNotFound, _NO_INTENT, AlreadyCustomized(2)),
    **examples("entries.customize"),
)
HISTORY = Operation(
    summary="List an entry's changes, the newest first",
    tag=TAG,
    description="Also of a deleted one.",
    query=PageQuery,
    answers={200: HistoryAnswer},
    errors=(EntryNotFound,),
)
