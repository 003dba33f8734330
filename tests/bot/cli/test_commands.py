from __future__ import annotations

import uuid

import pytest

from bot import migrations
from tests.bot.cli.conftest import Shell

SECRETS = ("SECRET_KEY", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")
KEY = "3f1e7a52-9a0c-4d57-8f2e-5b7c1d9e0a63"


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "partner create P --slots 1"])
async def test_missing_secrets_are_named_with_where_to_get_them(bare_shell: Shell, command: str) -> None:
    ended = await bare_shell.run(*command.split())
    assert (ended.code, ended.out) == (2, "")
    for name in SECRETS:
        assert f"{name} is not set. To mend it:" in ended.err


@pytest.mark.parametrize("missing", SECRETS)
async def test_a_single_missing_secret_is_named_alone(bare_shell: Shell, missing: str) -> None:
    given = {name: f"a-value-of-{name.lower()}" for name in SECRETS if name != missing}
    bare_shell.set(**given)
    ended = await bare_shell.run("serve")
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert ended.err.startswith(f"{missing} is not set.")
    assert not any(value in ended.err for value in given.values())


async def test_a_wrong_setting_is_named_without_its_value(shell: Shell) -> None:
    shell.set(SECRET_KEY="tiny-secret")
    ended = await shell.run("migrate")
    assert ended.code == 2
    assert "SECRET_KEY is not usable" in ended.err
    assert "tiny-secret" not in ended.err


@pytest.mark.parametrize("arguments", [["--help"], ["partner", "--help"], ["channel", "add", "--help"]])
async def test_every_command_helps(bare_shell: Shell, arguments: list[str]) -> None:
    ended = await bare_shell.run(*arguments)
    assert (ended.code, "Usage: shopkeeper" in ended.out) == (0, True)


async def test_an_unknown_command_is_refused(shell: Shell) -> None:
    assert (await shell.run("fly")).code == 2


@pytest.mark.parametrize("command", [["worker"], ["serve", "--web-only"]])
async def test_processes_that_share_work_need_stores_to_share(shell: Shell, command: list[str]) -> None:
    ended = await shell.run(*command)
    assert ended.code == 2
    assert "DATABASE_URL" in ended.err
    assert "REDIS_URL" in ended.err


# migrate


async def test_migrate_brings_a_store_up_to_date_and_then_finds_nothing_to_do(shell: Shell) -> None:
    first, second = await shell.run("migrate", "--json"), await shell.run("migrate", "--json")
    assert first.json == {"before": None, "after": migrations.head(), "changed": True}
    assert second.json == {"before": migrations.head(), "after": migrations.head(), "changed": False}
    assert "Nothing to do" in (await shell.run("migrate")).out


# partner create


async def test_a_partner_gets_a_key_that_is_shown_once(shell: Shell) -> None:
    ended = await shell.run("partner", "create", "StockRadar", "--slots", "3")
    made = ended.json
    assert (ended.code, made["name"], made["slots"]) == (0, "StockRadar", 3)
    assert made["api_key"].startswith("pk_provision_")
    assert uuid.UUID(made["partner_id"]) != uuid.UUID(made["tenant_id"])


async def test_a_partner_may_go_on_with_its_uuid_key(shell: Shell) -> None:
    ended = await shell.run("partner", "create", "Old", "--slots", "1", "--import-key", KEY)
    assert ended.json["api_key"] == KEY
    again = await shell.run("partner", "create", "Thief", "--slots", "1", "--import-key", KEY)
    assert (again.code, again.out) == (2, "")
    assert KEY not in again.err


@pytest.mark.parametrize("arguments", [["", "--slots", "1"], ["P", "--slots", "-1"], ["P"]])
async def test_nonsense_makes_no_partner(shell: Shell, arguments: list[str]) -> None:
    ended = await shell.run("partner", "create", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err
