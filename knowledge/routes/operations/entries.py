"""What the documentation says of knowledge entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.web.openapi import Operation
from knowledge.errors import AlreadyCustomized, EntryNotFound, NoSuchIntent, SharedIsReadOnly, VendorNotFound
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
_TEXTS = {
    "question_summary": "每月幾號繳租金？",
    "answer": "請於每月5號前繳納，逾期加收 {{late_fee}}。",
    "keywords": ["房租", "繳費日"],
    "audience": "renter",
}
ENTRY: dict[str, Any] = {
    "id": 1,
    **_TEXTS,
    "scope": "vendor",
    "vendor_id": 1,
    "intents": [],
    "intent_ids": [],
    "is_curated": False,
    "is_active": True,
    "replaces_id": None,
    "origin": "manual",
    "created_at": "2026-01-01T00:00:00",
    "updated_at": "2026-01-01T00:00:00",
}
WRITTEN: dict[str, Any] = {
    **ENTRY,
    "warnings": [],
    "suggestions": [
        {
            "key": "payment_day",
            "written": "5號",
            "start": 4,
            "end": 6,
            "confidence": 1.0,
            "answer": "請於每月{{payment_day}}前繳納，逾期加收 {{late_fee}}。",
        }
    ],
}
_WRITING = "`{{key}}` stands for the vendor's parameter of that key. "
_NO_INTENT = NoSuchIntent("帳務查詢")

LIST = Operation(
    summary="List entries, the oldest first",
    tag=TAG,
    description="`vendor_id` lists what that vendor's answers could come from; `q` is looked for in question, answer "
    "and keywords.",
    query=EntriesQuery,
    answers={200: EntryList},
    errors=(VendorNotFound,),
    answer_example={"items": [ENTRY], "total": 1, "limit": 50, "offset": 0},
)
CREATE = Operation(
    summary="Create an entry",
    tag=TAG,
    description=f"With `vendor_id` that vendor's own, without it shared by all. {_WRITING}`warnings` and `suggestions` "
    "tell its writer which values are missing, and which stand there as figures.",
    body=NewEntryBody,
    answers={201: WrittenEntry},
    errors=(VendorNotFound, _NO_INTENT, SharedIsReadOnly),
    example={"vendor_id": 1, **_TEXTS},
    answer_example=WRITTEN,
)
GET = Operation(
    summary="Get an entry", tag=TAG, answers={200: EntryAnswer}, errors=(EntryNotFound,), answer_example=ENTRY
)
CHANGE = Operation(
    summary="Change an entry",
    tag=TAG,
    description="What isn't given stays. Whose it is can't change.",
    body=EntryChangeBody,
    answers={200: WrittenEntry},
    errors=(EntryNotFound, _NO_INTENT, SharedIsReadOnly),
    example={"answer": "請於每月 {{payment_day}}前繳納。", "updated_by": "小明"},
    answer_example=WRITTEN | {"answer": "請於每月 {{payment_day}}前繳納。", "suggestions": []},
)
PUT = replace(CHANGE, summary="Change an entry, as PATCH does", description="What isn't given stays, as with PATCH.")
DELETE = Operation(
    summary="Delete an entry",
    tag=TAG,
    description="Its history stays. With a customized one gone, its vendor answers from the shared one again.",
    answers={200: DeletedEntry},
    errors=(EntryNotFound, SharedIsReadOnly),
    answer_example={"id": 1, "deleted": True, "replaces_id": None},
)
CUSTOMIZE = Operation(
    summary="Give a vendor its own version of a shared entry",
    tag=TAG,
    description="It takes the shared one's place in that vendor's answers. What isn't given is as there. `vendor_id` "
    "is required unless the credential is bound to a vendor.",
    body=CustomizeBody,
    answers={201: WrittenEntry},
    errors=(EntryNotFound, VendorNotFound, _NO_INTENT, AlreadyCustomized(2)),
    example={"vendor_id": 1, "answer": "本社區不可以養寵物。"},
)
HISTORY = Operation(
    summary="List an entry's changes, the newest first",
    tag=TAG,
    description="Also of a deleted one.",
    query=PageQuery,
    answers={200: HistoryAnswer},
    errors=(EntryNotFound,),
)
