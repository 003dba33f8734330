"""Shops to ask: the sample vendors in a store of the test's own, and engines over it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.llm.port import LanguageModel
from bot.models import Tenant
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge.engine import Answer, Engine, Question
from knowledge.retrieval.encoder import SentenceEncoder
from knowledge.samples import load_samples
from tests.support.encoder import shared_encoder


@dataclass(frozen=True, slots=True)
class Shops:
    """The sample vendors, and a principal for each of the two tenants."""

    database: Database
    vendors: Mapping[str, int]
    rental: Principal
    cafe: Principal

    def principal_of(self, code: str) -> Principal:
        return self.cafe if code == "XIANGKOU" else self.rental


Ask = Callable[..., Awaitable[Answer]]
MakeEngine = Callable[[LanguageModel | None], Engine]


async def new_tenant(database: Database, clock: ManualClock) -> Principal:
    tenant_id = uuid.uuid4()
    async with database.unit_of_work() as session:
        session.add(Tenant(id=tenant_id, name="Tenant", created_at=clock.now(), updated_at=clock.now()))
    return Principal(PrincipalKind.BOT, f"test:{tenant_id}", tenant_id)


@pytest.fixture
async def tenants(database: Database, clock: ManualClock) -> tuple[Principal, Principal]:
    """Two tenants that have nothing yet, on each kind of store."""
    return await new_tenant(database, clock), await new_tenant(database, clock)


@pytest.fixture
async def shops(sqlite_database: Database, clock: ManualClock) -> Shops:
    rental, cafe = await new_tenant(sqlite_database, clock), await new_tenant(sqlite_database, clock)
    assert rental.tenant_id is not None
    assert cafe.tenant_id is not None
    vendors = await load_samples(sqlite_database, clock, rental=rental.tenant_id, cafe=cafe.tenant_id)
    return Shops(sqlite_database, vendors, rental, cafe)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The real encoder."""
    return shared_encoder()


@pytest.fixture
async def make_engine(shops: Shops, clock: ManualClock, encoder: SentenceEncoder) -> AsyncIterator[MakeEngine]:
    made: list[Engine] = []

    def make(llm: LanguageModel | None = None) -> Engine:
        made.append(Engine(database=shops.database, llm=llm, clock=clock, make_encoder=lambda: encoder))
        return made[-1]

    yield make
    for engine in made:
        await engine.close()


@pytest.fixture
def ask(shops: Shops, make_engine: MakeEngine) -> Ask:
    """`await ask("ANJU", "押金多少")`; `llm=` gives the engine a model, the rest goes into the question."""
    engines: dict[int, Engine] = {}

    async def asking(code: str, text: str, *, llm: LanguageModel | None = None, **more: Any) -> Answer:
        engine = engines.setdefault(id(llm), make_engine(llm))
        question = Question(shops.vendors[code], text, **more)
        return await engine.answer(shops.principal_of(code), question)

    return asking
