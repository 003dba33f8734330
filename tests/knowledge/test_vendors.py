"""The verbs on vendors below HTTP: texts with values in them, and having all read anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge.engine import Engine, Question
from knowledge.parameters import Parameter, ParameterType
from knowledge.repository import vendor_card
from knowledge.schemas.vendors import ConfigsBody
from knowledge.vendors import Configs
from knowledge.vendors.preview import MOST_CALLERS, Reload, filled
from tests.support.vendors import SUMMARY, Documented, add_documented, new_tenant

DAY = Parameter("payment_day", "1", ParameterType.NUMBER, "號")
FEE = Parameter("late_fee", "200", ParameterType.NUMBER, "元")
TEMPLATE = "繳費日為 {{payment_day}}，逾期費 {{late_fee}}。"


@pytest.mark.parametrize(
    ("parameters", "resolved", "missing"),
    [
        ([DAY, FEE], "繳費日為 1 號，逾期費 200 元。", []),
        ([DAY], "繳費日為 1 號，逾期費 {{late_fee}}。", ["late_fee"]),
        ([DAY, Parameter("late_fee", " ")], "繳費日為 1 號，逾期費 {{late_fee}}。", ["late_fee"]),
        ([DAY, Parameter("late_fee", "{{payment_day}}")], "繳費日為 1 號，逾期費 {{payment_day}}。", []),
        ([], TEMPLATE, ["late_fee", "payment_day"]),
    ],
)
def test_a_preview_shows_what_has_no_value(parameters: list[Parameter], resolved: str, missing: list[str]) -> None:
    shown = filled(TEMPLATE, {item.key: item for item in parameters})
    assert (shown.original, shown.resolved, shown.missing) == (TEMPLATE, resolved, missing)


async def versions(database: Database, documented: Documented) -> list[int]:
    async with database.reading() as session:
        cards = [await vendor_card(session, documented.principal, one) for one in (documented.a, documented.b)]
    return [card.knowledge_version for card in cards if card]


@pytest.fixture
async def documented(database: Database, clock: ManualClock) -> Documented:
    return await add_documented(database, clock, await new_tenant(database, clock))


async def test_a_reload_raises_the_versions_of_the_callers_vendors_alone(
    database: Database, clock: ManualClock, documented: Documented
) -> None:
    before, tenant_id = await versions(database, documented), documented.principal.tenant_id
    stranger = await new_tenant(database, clock, "other")
    bound = Principal(PrincipalKind.BOT, "b", tenant_id, documented.b)
    reload = Reload(database, clock)
    assert await reload(stranger)
    assert await versions(database, documented) == before
    assert await reload(bound)
    assert await versions(database, documented) == [before[0], before[1] + 1]
    assert await reload(documented.principal)
    assert await versions(database, documented) == [before[0] + 1, before[1] + 2]


async def test_one_caller_reloads_once_in_a_few_seconds(
    database: Database, clock: ManualClock, documented: Documented
) -> None:
    reload = Reload(database, clock)
    done = [await reload(documented.principal) for _ in range(3)]
    clock.advance(timedelta(seconds=5))
    assert [*done, await reload(documented.principal)] == [True, False, False, True]


async def test_callers_are_not_remembered_without_end(sqlite_database: Database, clock: ManualClock) -> None:
    reload, tenant = Reload(sqlite_database, clock), await new_tenant(sqlite_database, clock)
    for number in range(MOST_CALLERS):
        reload._reloaded[str(number)] = clock.now()
    assert await reload(tenant)
    assert len(reload._reloaded) == MOST_CALLERS


async def test_a_reload_has_other_processes_read_what_was_changed_behind_the_api(
    database: Database, clock: ManualClock, documented: Documented
) -> None:
    other = Engine(database=database, llm=None, clock=clock, make_encoder=None)
    question = Question(documented.a, SUMMARY)
    said = [(await other.answer(documented.principal, question)).text]
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE vendor_parameters SET param_value = '9' WHERE param_key = 'payment_day'"))
    said.append((await other.answer(documented.principal, question)).text)
    await Reload(database, clock)(documented.principal)
    said.append((await other.answer(documented.principal, question)).text)
    await other.close()
    assert ["每月 9 號" in one for one in said] == [False, False, True]


async def test_a_changed_value_is_answered_with_at_once_everywhere(
    database: Database, clock: ManualClock, documented: Documented
) -> None:
    other = Engine(database=database, llm=None, clock=clock, make_encoder=None)
    await other.answer(documented.principal, Question(documented.a, SUMMARY))
    changed = {"configs": [{"category": "payment", "param_key": "payment_day", "param_value": "9"}]}
    await Configs(database, clock).put(documented.principal, documented.a, ConfigsBody.model_validate(changed))
    said = await other.answer(documented.principal, Question(documented.a, SUMMARY))
    await other.close()
    assert "每月 9 號" in said.text
