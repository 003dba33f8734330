"""The documented examples of vendors and their parameters, as written; told like those of the chat."""

from __future__ import annotations

from typing import Any

from tests.contracts.chat_examples import Example

VENDOR_1 = {
    "id": 1,
    "code": "VENDOR_A",
    "name": "甲山林包租代管股份有限公司",
    "short_name": "甲山林",
    "contact_phone": "02-2345-6789",
    "contact_email": "service@vendorA.com",
    "address": "台北市信義區信義路五段100號",
    "subscription_plan": "premium",
    "subscription_status": "active",
    "is_active": True,
    "created_at": "2024-01-01T00:00:00",
    "updated_at": "2024-01-01T00:00:00",
}
VENDOR_2 = {"id": 2, "code": "VENDOR_B", "name": "信義包租代管股份有限公司"}
VENDOR_3 = {
    "id": 3,
    "code": "VENDOR_C",
    "name": "永慶包租代管股份有限公司",
    "short_name": "永慶",
    "contact_phone": "02-1234-5678",
    "contact_email": None,
    "address": None,
    "subscription_plan": "standard",
    "subscription_status": "active",
    "is_active": True,
    "created_at": "2024-01-01T12:00:00",
    "updated_at": "2024-01-01T12:00:00",
}
PAYMENT_DAY = {
    "category": "payment",
    "param_key": "payment_day",
    "param_value": "1",
    "data_type": "number",
    "display_name": "繳費日期",
    "description": "每月繳費日期",
    "unit": "號",
}
LATE_FEE = {
    "category": "payment",
    "param_key": "late_fee",
    "param_value": "200",
    "data_type": "number",
    "display_name": "逾期手續費",
    "description": "逾期繳費手續費",
    "unit": "元",
}
KEPT = {"is_active": True, "created_at": "2024-01-01T00:00:00", "updated_at": None}
CONFIGS = {"payment": [{"id": 1} | PAYMENT_DAY | KEPT, {"id": 2} | LATE_FEE | KEPT]}

EXAMPLES = [
    Example(
        "all vendors",
        "curl http://localhost:8100/api/v1/vendors",
        [VENDOR_1, VENDOR_2],
        open=("1",),
    ),
    Example(
        "active vendors",
        'curl "http://localhost:8100/api/v1/vendors?is_active=true"',
        [VENDOR_1, VENDOR_2],
        open=("1",),
    ),
    Example(
        "vendors with the plan premium",
        'curl "http://localhost:8100/api/v1/vendors?subscription_plan=premium"',
        [VENDOR_1],
    ),
    Example(
        "a new vendor",
        """curl -X POST http://localhost:8100/api/v1/vendors \\
  -H "Content-Type: application/json" \\
  -d '{
    "code": "VENDOR_C",
    "name": "永慶包租代管股份有限公司",
    "short_name": "永慶",
    "contact_phone": "02-1234-5678",
    "subscription_plan": "standard"
  }'""",
        VENDOR_3,
    ),
    Example("one vendor", "curl http://localhost:8100/api/v1/vendors/1", VENDOR_1),
    Example(
        "a changed vendor",
        """curl -X PUT http://localhost:8100/api/v1/vendors/1 \\
  -H "Content-Type: application/json" \\
  -d '{
    "contact_phone": "02-9999-8888",
    "subscription_plan": "premium"
  }'""",
        VENDOR_1 | {"contact_phone": "02-9999-8888", "subscription_plan": "premium"},
    ),
    Example(
        "a vendor out of service",
        "curl -X DELETE http://localhost:8100/api/v1/vendors/1",
        {"message": "業者已停用", "vendor_id": 1},
    ),
    Example("all parameters", "curl http://localhost:8100/api/v1/vendors/1/configs", CONFIGS, open=("", "payment")),
    Example(
        "the parameters of one category",
        'curl "http://localhost:8100/api/v1/vendors/1/configs?category=payment"',
        CONFIGS,
        open=("payment",),
    ),
    Example(
        "a changed parameter",
        """curl -X PUT http://localhost:8100/api/v1/vendors/1/configs \\
  -H "Content-Type: application/json" \\
  -d '{
    "configs": [
      {
        "category": "payment",
        "param_key": "payment_day",
        "param_value": "1",
        "data_type": "number",
        "display_name": "繳費日期",
        "unit": "號"
      }
    ]
  }'""",
        {"message": "配置已更新", "vendor_id": 1, "updated_count": 1},
    ),
    Example(
        "figures of a vendor",
        "curl http://localhost:8100/api/v1/vendors/1/stats",
        {
            "vendor": {"id": 1, "code": "VENDOR_A", "name": "甲山林包租代管股份有限公司", "is_active": True},
            "config_counts": {"payment": 4, "contract": 3, "service": 3, "contact": 2},
            "total_configs": 12,
            "knowledge": {"total_knowledge": 1, "vendor_knowledge": 0, "customized_knowledge": 1},
        },
        open=("vendor",),
    ),
]

# Request bodies that the document shows without a curl line, with their status and answer.
BODIES: list[tuple[str, str, Any, int, Any]] = [
    (
        "POST",
        "/api/v1/vendors",
        {
            "code": "VENDOR_C",
            "name": "永慶包租代管股份有限公司",
            "short_name": "永慶",
            "contact_phone": "02-1234-5678",
            "contact_email": "service@vendorc.com",
            "address": "台北市松山區南京東路三段200號",
            "subscription_plan": "standard",
            "created_by": "admin",
        },
        201,
        VENDOR_3 | {"contact_email": "service@vendorc.com", "address": "台北市松山區南京東路三段200號"},
    ),
    (
        "PUT",
        "/api/v1/vendors/1",
        {"contact_phone": "02-9999-8888", "subscription_plan": "premium", "updated_by": "admin"},
        200,
        {
            "id": 1,
            "code": "VENDOR_A",
            "name": "甲山林包租代管股份有限公司",
            "contact_phone": "02-9999-8888",
            "subscription_plan": "premium",
        },
    ),
    (
        "PUT",
        "/api/v1/vendors/1/configs",
        {
            "configs": [
                PAYMENT_DAY,
                LATE_FEE,
                {
                    "category": "service",
                    "param_key": "service_hotline",
                    "param_value": "02-2345-6789",
                    "data_type": "string",
                    "display_name": "客服專線",
                    "description": "24小時客服專線",
                    "unit": None,
                },
            ]
        },
        200,
        {"message": "配置已更新", "vendor_id": 1, "updated_count": 3},
    ),
]

# Requests that fail as documented: what is done first, the request, its status and answer.
ERRORS: list[tuple[str, tuple[str, str, Any] | None, tuple[str, str, Any], int, str]] = [
    (
        "code taken",
        ("POST", "/api/v1/vendors", {"code": "VENDOR_C", "name": "x"}),
        ("POST", "/api/v1/vendors", {"code": "VENDOR_C", "name": "x"}),
        400,
        "業者代碼已存在: VENDOR_C",
    ),
    ("no such vendor to manage", None, ("GET", "/api/v1/vendors/999", None), 404, "業者不存在"),
]
