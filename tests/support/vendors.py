"""The vendors of the chat API's documents, over the API's own verbs: A with twelve values, B with its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.db.engine import Database
from bot.models import Intent, Tenant
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge.repository.entries import NewEntry, add_entry, customise
from knowledge.repository.vendors import bump
from knowledge.schemas.vendors import ConfigsBody, NewVendorBody
from knowledge.vendors import Configs, Vendors

SUMMARY = "每月繳費日期"
SHARED_ANSWER = (
    "您的租金繳費日為每月 5 號，請務必在期限前完成繳費。如果超過繳費日 5 天仍未繳納，將加收 300 元的逾期手續費。"
)
OWN_ANSWER = (
    "您的租金繳費日為每月 {{payment_day}}，請務必在期限前完成繳費。"
    "如果超過繳費日 {{grace_days}}仍未繳納，將加收 {{late_fee}}的逾期手續費。"
)
HOTLINE_ANSWER = "客服專線是 {{service_hotline}}，服務時間內都有專人為您服務。"
BILLING = "帳務查詢"
BILLING_EXAMPLES = (
    "每月幾號要繳租金", "租金什麼時候繳", "每月繳費日期是什麼時候", "晚繳會罰多少錢", "逾期手續費怎麼算",
)  # fmt: skip
SERVICE = "客服聯絡"
SERVICE_EXAMPLES = (
    "客服專線是多少",
    "怎麼聯絡客服",
    "客服電話幾號",
    "有沒有真人可以問",
    "客服幾點上班",
    "我要找客服人員",
)

VENDOR_A = {
    "code": "VENDOR_A", "name": "甲山林包租代管股份有限公司", "short_name": "甲山林", "contact_phone": "02-2345-6789",
    "contact_email": "service@vendorA.com", "address": "台北市信義區信義路五段100號", "subscription_plan": "premium",
}  # fmt: skip
VENDOR_B = {
    "code": "VENDOR_B", "name": "信義包租代管股份有限公司", "short_name": "信義", "contact_phone": "02-8765-4321",
    "contact_email": "service@vendorB.com", "address": "台北市大安區仁愛路四段200號", "subscription_plan": "standard",
}  # fmt: skip


def _config(category: str, key: str, value: str, name: str, data_type: str = "string", **more: Any) -> dict[str, Any]:
    about = {"category": category, "param_key": key, "param_value": value, "display_name": name, "data_type": data_type}
    return about | {"description": name} | more


CONFIGS_A = [
    _config("payment", "payment_day", "1", "繳費日期", "number", unit="號", description="每月繳費日期"),
    _config("payment", "late_fee", "200", "逾期手續費", "number", unit="元", description="逾期繳費手續費"),
    _config("payment", "grace_days", "5", "繳費寬限期", "number", unit="天"),
    _config("payment", "payment_method", "銀行轉帳、超商繳費", "繳費方式"),
    _config("contract", "deposit_months", "2", "押金", "number", unit="個月"),
    _config("contract", "min_lease_months", "12", "最短租期", "number", unit="個月"),
    _config("contract", "notice_days", "30", "退租預告期", "number", unit="天"),
    _config("service", "service_hotline", "02-2345-6789", "客服專線", description="24小時客服專線"),
    _config("service", "service_hours", "週一至週五 09:00-18:00", "服務時間"),
    _config("service", "repair_response_hours", "24", "報修回應時間", "number", unit="小時"),
    _config("contact", "line_id", "@vendorA", "LINE 帳號"),
    _config("contact", "office_address", "台北市信義區信義路五段100號", "公司地址"),
]
CONFIGS_B = [
    _config("payment", "payment_day", "5", "繳費日期", "number", unit="號", description="每月繳費日期"),
    _config("payment", "late_fee", "300", "逾期手續費", "number", unit="元", description="逾期繳費手續費"),
    _config("service", "service_hotline", "02-8765-4321", "客服專線", description="24小時客服專線"),
]


@dataclass(frozen=True, slots=True)
class Documented:
    """The ids of what the documents speak of, in one tenant."""

    principal: Principal
    a: int
    b: int
    shared: int
    intent: int


async def new_tenant(database: Database, clock: Clock, name: str = "Tenant") -> Principal:
    """A tenant of its own, as somebody who may do everything in it."""
    tenant_id = uuid.uuid4()
    async with database.unit_of_work() as session:
        session.add(Tenant(id=tenant_id, name=name, created_at=clock.now(), updated_at=clock.now()))
    return Principal(PrincipalKind.API_KEY, f"test:{name}", tenant_id)


async def add_documented(database: Database, clock: Clock, principal: Principal) -> Documented:
    """Set the documented vendors, entries and intents up in the principal's tenant."""
    vendors, configs, now = Vendors(database, clock), Configs(database, clock), clock.now()
    a = (await vendors.create(principal, NewVendorBody(**VENDOR_A))).id
    b = (await vendors.create(principal, NewVendorBody(**VENDOR_B))).id
    await configs.put(principal, a, ConfigsBody.model_validate({"configs": CONFIGS_A}))
    await configs.put(principal, b, ConfigsBody.model_validate({"configs": CONFIGS_B}))
    async with database.unit_of_work() as session:
        shared = await add_entry(session, principal, NewEntry(SUMMARY, SHARED_ANSWER), now=now)
        await customise(session, principal, shared, NewEntry(SUMMARY, OWN_ANSWER, a), now=now)
        await add_entry(session, principal, NewEntry("客服專線是多少？", HOTLINE_ANSWER), now=now)
        intents = [
            Intent(tenant_id=principal.tenant_id, name=name, examples=list(examples), created_at=now, updated_at=now)
            for name, examples in ((BILLING, BILLING_EXAMPLES), (SERVICE, SERVICE_EXAMPLES))
        ]
        session.add_all(intents)
        await session.flush()
        await bump(session, principal)
        intent_id = intents[0].id
    return Documented(principal, a, b, shared, intent_id)
