"""`shopkeeper evaluate`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.tenancy.local import LOCAL, LOCAL_TENANT, ensure_local_tenant
from knowledge import repository
from knowledge.parameters import ParameterType
from knowledge.repository import NewParameter
from knowledge.samples import load_samples
from tests.bot.cli.conftest import Shell
from tests.support.settings import MakeSettings

SET = """question,must_contain,vendor,note
押金要付幾個月,2 個月,ANJU,
押金要付幾個月,9 個月,HAOSHI,是錯的
可以帶狗嗎,牽繩,XIANGKOU,[red]
"""


@pytest.fixture
async def shop(sqlite_database: Database, clock: ManualClock) -> Database:
    """A store that holds the sample vendors, in one tenant."""
    async with sqlite_database.unit_of_work() as session:
        await ensure_local_tenant(session, clock)
    await load_samples(sqlite_database, clock, rental=LOCAL_TENANT, cafe=LOCAL_TENANT)
    return sqlite_database


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """The command says where logs go, and the tests run in its process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def there(bare_shell: Shell, settings: MakeSettings, shop: Database, tmp_path: Path, logging_as_before: None) -> Shell:
    """A shell with that store, in a folder with a question set."""
    bare_shell.export(settings(database_url=shop.url.render_as_string()))
    write(tmp_path, SET)
    return bare_shell


async def put_deposit(shop: Database, clock: ManualClock, *, months: str) -> None:
    async with shop.unit_of_work() as session:
        vendor_id = await repository.vendor_id_of(session, LOCAL, "ANJU")
        assert vendor_id is not None
        parameter = NewParameter("contract", "deposit_months", months, ParameterType.NUMBER, "押金月數", unit="個月")
        await repository.put_parameters(session, LOCAL, vendor_id, [parameter], now=clock.now())


def write(folder: Path, text: str) -> None:
    (folder / "set.csv").write_text(text, encoding="utf-8-sig")


async def test_people_read_what_passes_and_why_the_rest_fails(there: Shell) -> None:
    ended = await there.run("evaluate", "set.csv", "--all")
    assert (ended.code, ended.err) == (0, "")
    shown = " ".join(ended.out.replace("│", " ").split())
    for part in (
        "Answers are worded by the embedded composer (no OPENAI_API_KEY).",
        "- does not say “9 個月”",
        "retrieved: #4 押金要付幾個月 (1.00);",
        "intents: 帳務查詢 (",
        "values: deposit_months = 1 個月",
        "extractive, answered: 簽約時須支付押金 1 個月租金",
        "Nothing to compare with",
        "0.0%",
        "66.7%",
    ):
        assert part in shown


async def test_machines_read_one_object(there: Shell) -> None:
    ended = await there.run("evaluate", "set.csv", "--json")
    report = ended.json
    assert (report["set"], report["model"], report["ok"]) == ("set", None, True)
    assert (report["passed"], report["total"], report["share"]) == (2, 3, 0.6667)
    assert [(one["code"], one["share"]) for one in report["vendors"]] == [("ANJU", 1), ("HAOSHI", 0), ("XIANGKOU", 1)]
    [result] = report["vendors"][1]["results"]
    assert (result["line"], result["change"], result["why"]) == (3, "new", ["does not say “9 個月”"])


async def test_a_share_that_is_too_low_ends_with_status_1(there: Shell) -> None:
    ended = await there.run("evaluate", "set.csv", "--all", "--fail-under", "0.9", "--json")
    assert (ended.code, ended.json["misses"]) == (1, ["HAOSHI: 0.0% pass, and 90.0% must."])
    assert (await there.run("evaluate", "set.csv", "--vendor", "ANJU", "--fail-under", "1")).code == 0


async def test_a_regression_stays_one_until_it_is_mended(there: Shell, shop: Database, clock: ManualClock) -> None:
    command = ["evaluate", "set.csv", "--vendor", "ANJU", "--no-regressions"]
    assert (await there.run(*command)).code == 0
    await put_deposit(shop, clock, months="3")
    for _ in range(2):
        ended = await there.run(*command)
        assert ended.code == 1
        assert "regressed: 押金要付幾個月" in ended.out
        assert "ANJU: 1 regressed, and nothing may." in ended.out
    await put_deposit(shop, clock, months="2")
    assert (await there.run(*command)).code == 0


async def test_a_bad_file_names_every_bad_row(there: Shell, tmp_path: Path) -> None:
    write(tmp_path, "question,outcome\n,unknown\n好嗎,perhaps\n")
    ended = await there.run("evaluate", "set.csv", "--all")
    assert (ended.code, ended.out) == (2, "")
    assert [line.partition(":")[0] for line in ended.err.splitlines()] == ["line 2", "line 3"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vendor", "NOBODY"], "There is no vendor 'NOBODY'. There are: ANJU (id 1), HAOSHI (id 2)"),
        (["--vendor", "ANJU", "--all"], "not both"),
        (["--audience", "all"], "renter or staff"),
        (["--fail-under", "90"], "--fail-under"),
    ],
)
async def test_what_can_not_be_evaluated_is_said(there: Shell, arguments: list[str], said: str) -> None:
    ended = await there.run("evaluate", "set.csv", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


@pytest.mark.usefixtures("logging_as_before")
async def test_a_store_that_is_not_up_to_date_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path, SET)
    ended = await shell.run("evaluate", "set.csv", "--all")
    assert (ended.code, "shopkeeper migrate" in ended.err) == (2, True)
