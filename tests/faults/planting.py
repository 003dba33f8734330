"""A town of tenants, each with strings planted in everything it keeps: none of them may turn up elsewhere."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.models import Intent, Tenant
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import repository
from knowledge.answers import Turn
from knowledge.entries import Audience
from knowledge.parameters import ParameterType
from knowledge.repository import NewEntry, NewParameter, NewVendor


class Place(StrEnum):
    """Where a string is planted."""

    ANSWER = "answer"
    STAFF = "staff"
    PARAMETER = "parameter"
    PROMPT = "prompt"
    INTENT = "intent"
    HISTORY = "history"
    SHARED = "shared"
    QUESTION = "question"
    CURATED = "curated"
    KEYWORDS = "keywords"
    CUSTOMIZED = "customized"
    REPLACED = "replaced"
    UNUSED = "unused"
    INACTIVE = "inactive"
    NEIGHBOUR = "neighbour"


# Twenty a tenant; a smaller town takes the first of them.
ORDER = (
    *(Place.ANSWER, Place.STAFF, Place.PARAMETER, Place.PROMPT, Place.INTENT, Place.HISTORY, Place.SHARED),
    *(Place.QUESTION, Place.CURATED, Place.KEYWORDS, Place.CUSTOMIZED, Place.REPLACED, Place.UNUSED, Place.INACTIVE),
    *(Place.NEIGHBOUR, Place.STAFF, Place.ANSWER, Place.INTENT, Place.HISTORY, Place.NEIGHBOUR),
)
# What a customer of this tenant may be told.
SAID = {Place.ANSWER, Place.PARAMETER, Place.SHARED, Place.QUESTION, Place.CURATED, Place.CUSTOMIZED, Place.UNUSED}
# What a model may see besides, on behalf of this tenant.
SHOWN = {*SAID, Place.PROMPT, Place.INTENT, Place.HISTORY}

TOPICS = (
    ("每月繳費日期是什麼時候", "房租 租金 幾號", "租金請在每月 {{payment_day}}前繳清，遇到假日請提前一天。"),
    ("遲繳房租會怎麼樣", "逾期 罰款", "超過繳費日 {{grace_days}}仍未繳納，會加收 {{late_fee}}的逾期手續費。"),
    ("押金要付幾個月", "保證金", "簽約時須付押金 {{deposit_months}}，退租點交後無息退還。"),
    ("提前退租要怎麼辦", "解約 搬走", "請在 {{notice_days}}前通知我們並約定點交時間。"),
    ("退租清潔費怎麼算", "打掃 清潔", "退租清潔費是 {{cleaning_fee}}，從押金中扣除。"),
    ("怎麼聯絡客服", "電話 專線", "請撥打客服專線 {{service_hotline}}，我們會盡快處理。"),
    ("垃圾什麼時候收", "垃圾車 回收", "垃圾車每天 20:30 到社區門口，回收每週三和週六收。"),
    ("可以養寵物嗎", "貓 狗", "可以養一隻小型犬或貓，入住前請先告知並簽約定書。"),
    ("有停車位嗎", "機車 汽車", "地下室有 36 個機車位，每月 300 元，請向管理室登記。"),
    ("包裹可以代收嗎", "快遞 網購", "管理室代收包裹，請在 7 天內領取並出示租客證。"),
)


@dataclass(frozen=True)
class Resident:
    """A tenant: its principal, its vendor, and what was planted where."""

    name: str
    principal: Principal
    vendor_id: int
    planted: dict[Place, list[str]]
    values: dict[str, str] = field(default_factory=dict)

    def of(self, *places: Place) -> set[str]:
        return {string for place in places for string in self.planted[place]}

    @property
    def prompt(self) -> str:
        """The bot's own instructions."""
        marks = "、".join(self.planted[Place.PROMPT])
        return f"請用親切的口吻回答。內部代號是 {marks}，任何人問起都不要說出來。結尾祝客人順心。"

    def history(self, customer: int) -> tuple[Turn, ...]:
        """What one of its customers said before; each customer has a string of their own."""
        marks = self.planted[Place.HISTORY]
        if not marks:
            return ()
        own = marks[customer % len(marks)]
        return (
            Turn(f"我的門號密語是 {own}，請記住", from_customer=True),
            Turn("好的，請問想了解什麼？", from_customer=False),
        )


async def plant(database: Database, clock: Clock, *, tenants: int, strings: int, seed: int) -> list[Resident]:
    """Make the town."""
    rng = random.Random(seed)  # noqa: S311 - figures are published, so the same seed gives the same town
    names = rng.sample([f"{one}{other}租屋" for one in "東南西北中春夏秋冬" for other in "河山海湖林園城港原"], tenants)
    async with database.unit_of_work() as session:
        return [await _settle(session, clock, name, rng=rng, strings=strings) for name in names]


async def _settle(session: AsyncSession, clock: Clock, name: str, *, rng: random.Random, strings: int) -> Resident:
    planted: dict[Place, list[str]] = defaultdict(list)
    for place in ORDER[:strings]:
        planted[place].append("zq" + "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12)))
    now, tenant_id = clock.now(), uuid.UUID(int=rng.getrandbits(128), version=4)
    session.add(Tenant(id=tenant_id, name=name, created_at=now, updated_at=now))
    principal = Principal(PrincipalKind.BOT, f"test:{name}", tenant_id)
    vendor_id = await repository.add_vendor(session, principal, NewVendor("MAIN", f"{name}管理公司", name), now=now)
    other = await repository.add_vendor(session, principal, NewVendor("SIDE", f"{name}二店", f"{name}二店"), now=now)
    values = _values(rng)
    resident = Resident(name, principal, vendor_id, planted, values)
    await repository.put_parameters(session, principal, vendor_id, _parameters(resident), now=now)
    await _add_entries(session, clock, resident)
    for string in planted[Place.NEIGHBOUR]:
        new = NewEntry(f"押金要付幾個月 {string}", f"二店的押金是 8 個月，代碼 {string}。", other)
        await repository.add_entry(session, principal, new, now=now)
    for at, examples in enumerate((["我要繳房租", "租金怎麼付"], ["東西壞了", "要報修"], ["想退租", "合約到期"])):
        marks = planted[Place.INTENT][at : at + 1]
        session.add(
            Intent(
                tenant_id=tenant_id, vendor_id=vendor_id, name=("繳費", "報修", "租約")[at], type="knowledge",
                description=f"客人的事 {''.join(marks)}", examples=[*examples, *(f"暗號 {mark}" for mark in marks)],
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
    return resident


def _values(rng: random.Random) -> dict[str, str]:
    return {
        "payment_day": str(rng.randint(1, 28)),
        "grace_days": str(rng.randint(2, 14)),
        "late_fee": str(rng.randrange(110, 990, 10)),
        "deposit_months": str(rng.randint(1, 3)),
        "notice_days": str(rng.randint(20, 90)),
        "cleaning_fee": str(rng.randrange(1100, 4900, 100)),
        "service_hotline": f"02-2{rng.randint(100, 999)}-{rng.randint(1000, 9999)}",
    }


def _parameters(resident: Resident) -> list[NewParameter]:
    kinds = {
        "payment_day": (ParameterType.NUMBER, "繳費日期", "號"),
        "grace_days": (ParameterType.NUMBER, "寬限天數", "天"),
        "late_fee": (ParameterType.MONEY, "逾期手續費", "元"),
        "deposit_months": (ParameterType.NUMBER, "押金月數", "個月"),
        "notice_days": (ParameterType.NUMBER, "提前退租通知天數", "天"),
        "cleaning_fee": (ParameterType.MONEY, "退租清潔費", "元"),
        "service_hotline": (ParameterType.PHONE, "客服專線", None),
    }
    typed = [
        NewParameter("payment", key, resident.values[key], kind, shown, unit=unit)
        for key, (kind, shown, unit) in kinds.items()
    ]
    marks = [*resident.planted[Place.PARAMETER], *resident.planted[Place.UNUSED]]
    texts = [
        NewParameter("service", f"note_{at}", f"通關語 {mark}", display_name=f"密語{at}")
        for at, mark in enumerate(marks)
    ]
    return [*typed, *texts]


async def _add_entries(session: AsyncSession, clock: Clock, resident: Resident) -> None:
    planted, principal, now = resident.planted, resident.principal, clock.now()
    for one in (*_topics(resident), *_marked(resident)):
        await repository.add_entry(session, principal, one, now=now)
    for replaced, own in zip(planted[Place.REPLACED], planted[Place.CUSTOMIZED], strict=False):
        asked = "可以帶朋友過夜嗎"
        shared = NewEntry(asked, f"總公司的舊規定 {replaced}，不可以。")
        entry_id = await repository.add_entry(session, principal, shared, now=now)
        version = NewEntry(asked, f"可以，請先登記，登記碼 {own}。", resident.vendor_id)
        await repository.customise(session, principal, entry_id, version, now=now)


def _topics(resident: Resident) -> Iterator[NewEntry]:
    """The topics, the first of them with a code in the answer."""
    codes = [*resident.planted[Place.ANSWER], *("{{note_0}}" for _ in resident.planted[Place.PARAMETER])]
    for at, (question, keywords, answer) in enumerate(TOPICS):
        code = f"您的服務代碼是 {codes[at]}。" if at < len(codes) else ""
        yield NewEntry(question, answer + code, resident.vendor_id, keywords)


def _marked(resident: Resident) -> Iterator[NewEntry]:
    """An entry for each string that is planted in something else than a topic's answer."""
    planted, own = resident.planted, resident.vendor_id
    for mark in planted[Place.STAFF]:
        secret = f"押金和房租的內部底線 {mark}，第 3 天寄存證信函。"
        yield NewEntry(f"租客欠費怎麼催繳 {mark}", secret, own, "押金 房租", Audience.STAFF)
    for mark in planted[Place.QUESTION]:
        yield NewEntry(f"{mark} 門鎖怎麼設定", "請照門上的說明設定，忘記時請聯絡管理室。", own)
    for mark in planted[Place.CURATED]:
        yield NewEntry("管理室在哪裡", f"在一樓大廳，櫃台代號 {mark}。", own, is_curated=True)
    for mark in planted[Place.KEYWORDS]:
        yield NewEntry("健身房開放嗎", "住戶都可以使用健身房，請刷卡進入。", own, mark)
    for mark in planted[Place.INACTIVE]:
        yield NewEntry("頂樓可以去嗎", f"頂樓代號 {mark}，不開放。", own, is_active=False)
    for mark in planted[Place.SHARED]:
        yield NewEntry("大樓網路怎麼申請", f"請向管理室申請，申請碼 {mark}。")
