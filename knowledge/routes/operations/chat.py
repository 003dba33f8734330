"""What the documentation says of the chat."""

from __future__ import annotations

from typing import Any

from bot.errors import Forbidden
from bot.web.openapi import Media, Operation
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.schemas.chat import ChatBody, ChatView, ReloadedView, VendorTestView

TAG = "Chat"
_QUESTION = {
    "message": "每月繳費日期是什麼時候？",
    "vendor_id": 1,
    "mode": "tenant",
    "include_sources": True,
}
_ANSWER: dict[str, Any] = {
    "answer": "您的租金繳費日為每月 1 號，請務必在期限前完成繳費。"
    "如果超過繳費日 5 天仍未繳納，將加收 200 元的逾期手續費。",
    "intent_name": "帳務查詢",
    "intent_type": "knowledge",
    "confidence": 0.95,
    "all_intents": ["帳務查詢"],
    "secondary_intents": [],
    "intent_ids": [5],
    "sources": [
        {
            "id": 123,
            "question_summary": "每月繳費日期",
            "answer": "您的租金繳費日為每月 5 號，請務必在期限前完成繳費。",
            "scope": "global",
        }
    ],
    "source_count": 1,
    "vendor_id": 1,
    "mode": "tenant",
    "session_id": None,
    "timestamp": "2026-01-01T12:00:00.000000",
    "llm_optimization": {
        "optimization_applied": False,
        "tokens_used": 0,
        "processing_time_ms": 12,
        "vendor_params_injected": True,
    },
    "outcome": "answered",
    "values": {"payment_day": "1 號", "late_fee": "200 元"},
    "suggestions": ["可以用信用卡繳費嗎？"],
}
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
    example={"event": "delta", "data": '{"text":"您的租金繳費日為每月 1 號，請務必在期限前完成繳費。"}'},
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
    example=_QUESTION,
    answer_example=_ANSWER,
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
    example=_QUESTION,
)
TEST = Operation(
    summary="Look at a vendor's values, and at a template filled with them",
    tag=TAG,
    description="A placeholder without a value stays as it is, and its key is in `test_template.missing`.",
    answers={200: VendorTestView},
    errors=(VendorNotFound(999),),
    answer_example={
        "vendor": {
            "id": 1,
            "code": "VENDOR_A",
            "name": "甲山林包租代管股份有限公司",
            "short_name": "甲山林",
            "contact_phone": "02-2345-6789",
            "contact_email": "service@vendorA.com",
            "is_active": True,
            "subscription_plan": "premium",
        },
        "param_count": 2,
        "parameters": {
            "payment_day": {
                "value": "1",
                "data_type": "number",
                "unit": "號",
                "display_name": "繳費日期",
                "description": "每月繳費日期",
            },
            "late_fee": {
                "value": "200",
                "data_type": "number",
                "unit": "元",
                "display_name": "逾期手續費",
                "description": "逾期繳費手續費",
            },
        },
        "test_template": {
            "original": "繳費日為 {{payment_day}}，逾期費 {{late_fee}}。",
            "resolved": "繳費日為 1 號，逾期費 200 元。",
            "missing": [],
        },
    },
)
RELOAD = Operation(
    summary="Have every process read the caller's vendors anew",
    tag=TAG,
    description="What is changed over this API is seen at once without it.",
    answers={200: ReloadedView},
    answer_example={"success": True, "message": "多業者服務已重新載入", "timestamp": "2026-01-01T12:00:00.000000"},
)
