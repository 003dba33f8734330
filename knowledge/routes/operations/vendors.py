"""What the documentation says of vendors and their parameters."""

from __future__ import annotations

from typing import Any

from bot.errors import BadRequest, Forbidden
from bot.web.openapi import Operation
from knowledge.errors import VendorCodeTaken, VendorNotFound
from knowledge.schemas.vendors import (
    ConfigsBody,
    ConfigsQuery,
    ConfigsUpdatedView,
    ConfigView,
    DeactivatedView,
    NewVendorBody,
    StatsView,
    VendorChangeBody,
    VendorsQuery,
    VendorView,
)

TAG, PARAMETERS = "Vendors", "Parameters"
_NEW = {
    "code": "VENDOR_C",
    "name": "永慶包租代管股份有限公司",
    "short_name": "永慶",
    "contact_phone": "02-1234-5678",
    "contact_email": "service@vendorc.com",
    "address": "台北市松山區南京東路三段200號",
    "subscription_plan": "standard",
}
_SHOWN: dict[str, Any] = {
    "id": 3,
    **_NEW,
    "subscription_status": "active",
    "is_active": True,
    "created_at": "2026-01-01T12:00:00",
    "updated_at": "2026-01-01T12:00:00",
}
_CONFIG = {
    "category": "payment",
    "param_key": "late_fee",
    "param_value": "200",
    "data_type": "number",
    "display_name": "逾期手續費",
    "description": "逾期繳費手續費",
    "unit": "元",
}
_CONFIG_SHOWN = {"id": 2, **_CONFIG, "is_active": True, "created_at": "2026-01-01T00:00:00", "updated_at": None}
_NOT_FOUND = (VendorNotFound(),)

LIST = Operation(
    summary="List the vendors",
    tag=TAG,
    description="All that the credential opens, as a plain list.",
    query=VendorsQuery,
    answers={200: list[VendorView]},
    answer_example=[_SHOWN],
)
CREATE = Operation(
    summary="Create a vendor",
    tag=TAG,
    description="`code` is taken once in a tenant and stays. A key that is bound to a vendor can't make another.",
    body=NewVendorBody,
    answers={201: VendorView},
    errors=(
        VendorCodeTaken("VENDOR_C"),
        Forbidden("This credential is bound to one vendor and can't make another."),
    ),
    example={**_NEW, "created_by": "admin"},
    answer_example=_SHOWN,
)
GET = Operation(summary="Get a vendor", tag=TAG, answers={200: VendorView}, errors=_NOT_FOUND, answer_example=_SHOWN)
CHANGE = Operation(
    summary="Change a vendor",
    tag=TAG,
    description="What isn't given stays. Null clears an optional field. `is_active` puts it out of service and back.",
    body=VendorChangeBody,
    answers={200: VendorView},
    errors=_NOT_FOUND,
    example={"contact_phone": "02-9999-8888", "subscription_plan": "premium", "updated_by": "admin"},
    answer_example=_SHOWN | {"contact_phone": "02-9999-8888", "subscription_plan": "premium"},
)
DEACTIVATE = Operation(
    summary="Put a vendor out of service",
    tag=TAG,
    description="Nothing is deleted: questions to it are 403 until `is_active` is set again.",
    answers={200: DeactivatedView},
    errors=_NOT_FOUND,
    answer_example={"message": "業者已停用", "vendor_id": 1},
)
CONFIGS = Operation(
    summary="Get a vendor's parameters by category",
    tag=PARAMETERS,
    query=ConfigsQuery,
    answers={200: dict[str, list[ConfigView]]},
    errors=_NOT_FOUND,
    answer_example={"payment": [_CONFIG_SHOWN]},
)
PUT_CONFIGS = Operation(
    summary="Add and change parameters of a vendor",
    tag=PARAMETERS,
    description="All of them, or none where one can't be kept. What isn't given of one that exists stays. `data_type` "
    "is `string`, `number`, `money`, `date`, `phone` or `bool`; a value is checked by it.",
    body=ConfigsBody,
    answers={200: ConfigsUpdatedView},
    errors=(*_NOT_FOUND, BadRequest("configs.0.param_value (late_fee): ...")),
    example={"configs": [_CONFIG]},
    answer_example={"message": "配置已更新", "vendor_id": 1, "updated_count": 1},
)
STATS = Operation(
    summary="Count a vendor's parameters and entries",
    tag=TAG,
    description="Entries that all vendors share aren't counted.",
    answers={200: StatsView},
    errors=_NOT_FOUND,
    answer_example={
        "vendor": _SHOWN,
        "config_counts": {"payment": 4, "contract": 3, "service": 3, "contact": 2},
        "total_configs": 12,
        "knowledge": {"total_knowledge": 1, "vendor_knowledge": 0, "customized_knowledge": 1},
    },
)
