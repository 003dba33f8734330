"""The chat API's documented examples, as written: the curl lines, and the JSON that they are answered with.

What the document leaves out with `...` is left out here; those lists may go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ANSWER = "您的租金繳費日為每月 1 號，請務必在期限前完成繳費。如果超過繳費日 5 天仍未繳納，將加收 200 元的逾期手續費。"


@dataclass(frozen=True)
class Example:
    """`answer` is the documented JSON. `free` are paths whose documented value is only an example's;
    `more` are fields that we add, and `open` are lists and objects of which the document shows a part."""

    name: str
    curl: str
    answer: Any
    free: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


CHAT_FREE = (
    "confidence", "intent_ids.0", "sources.0.id", "llm_optimization.tokens_used",
    "llm_optimization.processing_time_ms", "llm_optimization.optimization_applied",
)  # fmt: skip
CHAT_MORE = ("outcome", "values", "suggestions")

CHAT = {
    "answer": ANSWER,
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
            "answer": "您的租金繳費日為每月 5 號...",
            "scope": "global",
        }
    ],
    "source_count": 1,
    "vendor_id": 1,
    "mode": "tenant",
    "session_id": None,
    "timestamp": "2024-01-01T12:00:00.000000",
    "llm_optimization": {
        "optimization_applied": True,
        "tokens_used": 456,
        "processing_time_ms": 1234,
        "vendor_params_injected": True,
    },
}

CHAT_A = Example(
    "message: vendor A asks for the payment day",
    """curl -X POST http://localhost:8100/chat/v1/message \\
  -H "Content-Type: application/json" \\
  -d '{
    "message": "每月繳費日期是什麼時候？",
    "vendor_id": 1,
    "mode": "tenant",
    "include_sources": true
  }'""",
    CHAT,
    # Its text is shortened in the document; whose it is, is compared on its own.
    free=(*CHAT_FREE, "sources.0.answer", "sources.0.scope"),
    more=CHAT_MORE,
)
CHAT_B = Example(
    "message: vendor B asks for the hotline",
    """curl -X POST http://localhost:8100/chat/v1/message \\
  -H "Content-Type: application/json" \\
  -d '{
    "message": "客服專線是多少？",
    "vendor_id": 2,
    "mode": "tenant"
  }'""",
    CHAT | {"vendor_id": 2},
    free=(
        *CHAT_FREE, "answer", "intent_name", "all_intents.0", "sources.0.question_summary", "sources.0.answer",
        "sources.0.scope",
    ),
    more=CHAT_MORE,
)  # fmt: skip
EXAMPLES = [
    CHAT_A,
    CHAT_B,
    Example(
        "test of a vendor",
        "curl http://localhost:8100/chat/v1/vendors/1/test",
        {
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
            "param_count": 12,
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
            },
        },
        more=("test_template.missing",),
        open=("parameters",),
    ),
    Example(
        "reload",
        "curl -X POST http://localhost:8100/chat/v1/reload",
        {"success": True, "message": "多業者服務已重新載入", "timestamp": "2024-01-01T12:00:00.000000"},
    ),
]

# Request bodies that the document shows without a curl line, with their status and answer.
BODIES: list[tuple[str, str, Any, int, Any]] = [
    (
        "POST",
        "/chat/v1/message",
        {"message": "每月繳費日期是什麼時候？", "vendor_id": 1, "mode": "tenant", "include_sources": True},
        200,
        {"answer": ANSWER},
    ),
]

# Requests that fail as documented: what is done first, the request, its status and answer.
ERRORS: list[tuple[str, tuple[str, str, Any] | None, tuple[str, str, Any], int, str]] = [
    ("no such vendor", None, ("POST", "/chat/v1/message", {"message": "x", "vendor_id": 999}), 404, "業者不存在: 999"),
    (
        "inactive vendor",
        ("DELETE", "/api/v1/vendors/1", None),
        ("POST", "/chat/v1/message", {"message": "x", "vendor_id": 1}),
        403,
        "業者未啟用: 1",
    ),
]

SCRIPT = r"""#!/bin/bash
# test-api.sh - API 測試腳本

BASE_URL="http://localhost:8100"

echo "=== 測試 1: 業者 A 詢問繳費日 ==="
curl -X POST "$BASE_URL/chat/v1/message" \
  -H "Content-Type: application/json" \
  -d '{
    "message": "每月繳費日期是什麼時候？",
    "vendor_id": 1
  }' | jq '.answer'

echo -e "\n=== 測試 2: 業者 B 詢問繳費日 ==="
curl -X POST "$BASE_URL/chat/v1/message" \
  -H "Content-Type: application/json" \
  -d '{
    "message": "每月繳費日期是什麼時候？",
    "vendor_id": 2
  }' | jq '.answer'

echo -e "\n=== 測試 3: 獲取業者列表 ==="
curl "$BASE_URL/api/v1/vendors" | jq '.[].name'

echo -e "\n=== 測試 4: 測試業者配置 ==="
curl "$BASE_URL/chat/v1/vendors/1/test" | jq '.test_template'
"""
