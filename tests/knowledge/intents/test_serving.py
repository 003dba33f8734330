"""The engine with vendors' own systems: what they are asked, what they answer, and what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.llm.port import LanguageModel
from bot.security.box import SecretBox
from knowledge.answers import Answer, Outcome, Question, Turn
from knowledge.engine import Engine
from knowledge.entries import IntentType
from knowledge.intents import catalog
from knowledge.intents.systems import VendorSystems
from knowledge.repository.changes import Author
from knowledge.retrieval.encoder import SentenceEncoder
from tests.knowledge.conftest import Shops
from tests.knowledge.intents.conftest import OwnSystem

ORDER = {"name": "order_no", "description": "訂單編號", "pattern": r"[A-Z]\d{5}"}
STATUS = ("查訂單進度", "我的訂單到哪了", "幫我查一下訂單", "包裹什麼時候會到", "訂單出貨了沒", "查詢訂單狀態")
CANCEL = ("我要取消訂單", "訂單可以幫我取消嗎", "幫我把訂單取消掉", "不想買了要取消訂單", "取消這筆訂單")

Adding = Callable[..., Awaitable[int]]
Talking = Callable[..., Awaitable[Answer]]


@pytest.fixture
def add_intent(shops: Shops, own_system: OwnSystem, box: SecretBox, clock: ManualClock) -> Adding:
    """`await add_intent("XIANGKOU", "order_status", STATUS, answer="...")`: a data_query unless `kind=` says else."""

    async def add(
        code: str,
        name: str,
        examples: tuple[str, ...],
        *,
        kind: str = "data_query",
        **endpoint: Any,
    ) -> int:
        new = catalog.NewIntent(
            name, shops.vendors[code], IntentType(kind), examples=examples,
            endpoint={"url": own_system.url, "parameters": [ORDER], **endpoint},
        )  # fmt: skip
        author = Author(shops.principal_of(code))
        async with shops.database.unit_of_work() as session:
            saved = await catalog.create(session, author, new, box=box, now=clock.now())
            return saved.row.id

    return add


@pytest.fixture
async def talk(
    shops: Shops, clock: ManualClock, encoder: SentenceEncoder, systems: VendorSystems
) -> AsyncIterator[Talking]:
    """`await talk("我的訂單呢", "A12345")`: says one after the other to 巷口咖啡 and gives the last answer."""
    engines: list[Engine] = []

    async def talking(*texts: str, code: str = "XIANGKOU", llm: LanguageModel | None = None, **more: Any) -> Answer:
        engine = Engine(database=shops.database, llm=llm, clock=clock, systems=systems, make_encoder=lambda: encoder)
        engines.append(engine)
        history: tuple[Turn, ...] = ()
        for text in texts:
            question = Question(shops.vendors[code], text, history=history, **more)
            answer = await engine.answer(shops.principal_of(code), question)
            history += (Turn(text, from_customer=True), Turn(answer.text, from_customer=False))
        return answer

    yield talking
    for engine in engines:
        await engine.close()


async def test_an_order_is_looked_up_over_two_turns(add_intent: Adding, talk: Talking, own_system: OwnSystem) -> None:
    intent = await add_intent("XIANGKOU", "order_status", STATUS, answer="訂單 {{order_no}} 目前{{status}}。")
    own_system.answer = {"status": "配送中"}
    first = await talk("我的訂單到哪了？")
    assert (first.text, first.outcome) == ("請提供您的訂單編號。", Outcome.ASKING)
    assert own_system.received == []
    second = await talk("我的訂單到哪了？", "ａ１２３４５")
    assert (second.text, second.outcome, second.called) == ("訂單 A12345 目前配送中。", Outcome.ANSWERED, (intent,))
    assert own_system.received[-1]["parameters"] == {"order_no": "A12345"}
