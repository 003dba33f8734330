from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.bot.cli.conftest import Ended, Shell
from tests.support.settings import MakeSettings

TABLES = ("partner_api_requests", "webhook_logs", "webhook_deliveries", "webhook_endpoints")
ONCE = ("api_key", "api_secret", "webhook_secret")


@pytest.fixture
def shell(bare_shell: Shell, settings: MakeSettings, sqlite_url: str) -> Shell:
    """A shell whose store is there already, since none of this is about making it."""
    bare_shell.export(settings(database_url=sqlite_url))
    return bare_shell


async def made_by(shell: Shell, *arguments: str) -> dict[str, Any]:
    ended = await shell.run(*arguments, "--json")
    assert ended.code == 0, ended.err
    return dict(ended.json)


async def key_of(shell: Shell, *more: str, name: str = "CompanyX") -> dict[str, Any]:
    assert (await shell.run("partner", "create", name, "--slots", "1")).code == 0
    return await made_by(shell, "partner", "key", "create", "--partner", name, "--environment", "sandbox", *more)


async def test_a_key_is_printed_with_its_secrets_once(shell: Shell) -> None:
    made = await key_of(
        shell, "--expires-days", "30", "--rate-limit", "5", "--allow-ip", "::1", "--allow-ip", "10.0.0.0/8"
    )
    assert made["api_key"].startswith("pk_sandbox_")
    assert made["api_secret"].startswith("sk_")
    assert made["webhook_secret"].startswith("whsec_")
    assert (made["rate_limit"], made["allowed_ips"], made["status"]) == (5, ["::1", "10.0.0.0/8"], "active")
    listed = (await shell.run("partner", "key", "list")).out + str(await made_by(shell, "partner", "key", "list"))
    assert made["id"] in listed
    assert not any(made[name] in listed for name in ONCE)


async def test_a_key_is_shown_to_people_line_by_line(shell: Shell) -> None:
    await key_of(shell)
    ended = await shell.run("partner", "key", "create", "--partner", "CompanyX", "--environment", "production")
    assert [line.partition(":")[0] for line in ended.out.splitlines()] == list(ONCE)
    assert "not shown again" in ended.err


async def test_keys_are_listed_with_their_end(shell: Shell) -> None:
    empty = (await shell.run("partner", "key", "list")).out
    assert "partner key create --partner NAME --environment sandbox" in empty
    made = await key_of(shell, "--expires-days", "30")
    assert f"active   until {made['expires_at']}  {made['key']}" in (await shell.run("partner", "key", "list")).out
    revoked = await made_by(shell, "partner", "key", "revoke", made["id"])
    assert f"revoked  until {revoked['revoked_at']}" in (await shell.run("partner", "key", "list")).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--partner", "nobody"), "no partner with this id or name. `shopkeeper partner list`"),
        (("--partner", str(uuid.uuid4())), "no partner"),
        (("--partner", "CompanyX", "--allow-ip", "localhost"), "localhost"),
        (("--partner", "CompanyX", "--company", str(uuid.uuid4())), "no company"),
        (("--partner", "CompanyX", "--company", str(uuid.uuid4()), "--all-companies"), "not both"),
    ],
)
async def test_what_cannot_be_made_is_told_in_a_sentence(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    await key_of(shell)
    ended: Ended = await shell.run("partner", "key", "create", "--environment", "sandbox", *arguments)
    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("name", ["", "  ", "\udcff", "a\nb", "x" * 201])
async def test_no_name_that_shows_nothing_or_can_not_be_kept_is_taken(shell: Shell, name: str) -> None:
    made = await key_of(shell)
    for command in (
        ("partner", "create", name, "--slots", "1"),
        ("partner", "update", "CompanyX", "--name", name),
        ("partner", "key", "update", made["id"], "--name", name),
        ("operator", "create", "--name", name),
    ):
        ended = await shell.run(*command)
        assert (ended.code, "Traceback" in ended.err, ended.out) == (2, False, "")
        assert "name" in ended.err


@pytest.mark.parametrize("slots", ["9999999999", "1000001"])
async def test_nobody_has_more_slots_than_the_store_can_count(shell: Shell, slots: str) -> None:
    await key_of(shell)
    for command in (("partner", "create", "Y"), ("partner", "update", "CompanyX")):
        ended = await shell.run(*command, "--slots", slots)
        assert (ended.code, ended.err.startswith("slots ")) == (2, True)


async def test_a_list_of_addresses_is_not_lost_in_every_address(shell: Shell) -> None:
    made = await key_of(shell, "--allow-ip", "::1")
    ended = await shell.run("partner", "key", "update", made["id"], "--allow-ip", "10.0.0.0/8", "--any-ip")
    assert ended.code == 2
    assert (await made_by(shell, "partner", "key", "list"))["keys"][0]["allowed_ips"] == ["::1"]


async def test_a_name_that_two_partners_have_is_refused(shell: Shell) -> None:
    await key_of(shell)
    await shell.run("partner", "create", "CompanyX", "--slots", "1")
    ended = await shell.run("partner", "key", "create", "--partner", "CompanyX", "--environment", "sandbox")
    partners = (await made_by(shell, "partner", "list"))["partners"]
    assert ended.code == 2
    assert all(one["id"] in ended.err for one in partners)
    by_id = await shell.run("partner", "key", "create", "--partner", partners[0]["id"], "--environment", "sandbox")
    assert by_id.code == 0


async def test_a_key_is_rolled_changed_and_revoked(shell: Shell) -> None:
    old = await key_of(shell, "--all-companies")
    new = await made_by(shell, "partner", "key", "roll", old["id"], "--overlap-hours", "0")
    assert (new["replaces_id"], new["all_companies"]) == (old["id"], True)
    assert (new["webhook_secret"], new["api_key"] == old["api_key"]) == (old["webhook_secret"], False)
    changed = await made_by(shell, "partner", "key", "update", new["id"], "--inactive", "--allow-ip", "::1")
    assert (changed["status"], changed["allowed_ips"]) == ("inactive", ["::1"])
    again = await made_by(shell, "partner", "key", "update", new["id"], "--active", "--any-ip")
    assert (again["status"], again["allowed_ips"]) == ("active", [])
    assert (await made_by(shell, "partner", "key", "revoke", new["id"]))["status"] == "revoked"
    listed = (await made_by(shell, "partner", "key", "list", "--partner", "CompanyX"))["keys"]
    assert {one["id"]: one["status"] for one in listed} == {new["id"]: "revoked", old["id"]: "expired"}


async def test_a_partner_is_changed(shell: Shell) -> None:
    await shell.run("partner", "create", "CompanyX", "--slots", "1")
    changed = await made_by(shell, "partner", "update", "CompanyX", "--slots", "5", "--disabled", "--name", "Y")
    assert (changed["slots_total"], changed["is_active"], changed["name"]) == (5, False, "Y")
    assert "disabled  0/5 slots  Y" in (await shell.run("partner", "list")).out


async def test_a_partner_gets_another_provisioning_key(shell: Shell) -> None:
    first = (await shell.run("partner", "create", "CompanyX", "--slots", "1")).json["api_key"]
    made = await made_by(shell, "partner", "provisioning-key", "CompanyX")
    assert made["api_key"].startswith("pk_provision_")
    assert made["api_key"] != first
    plain = await shell.run("partner", "provisioning-key", made["partner_id"], "--keep-old")
    assert plain.out.startswith("pk_provision_")
    assert (await shell.run("partner", "provisioning-key", "nobody")).code == 2


async def test_usage_and_cleanup_say_what_there_is(shell: Shell) -> None:
    made = await key_of(shell)
    shown = await made_by(shell, "partner", "usage", made["id"], "--from", "2026-01-01", "--to", "2026-01-31")
    assert (shown["from"], shown["to"]) == ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    assert "requests 0" in (await shell.run("partner", "usage", made["id"])).out
    assert (await shell.run("partner", "usage", str(uuid.uuid4()))).code == 2
    cleaned = await made_by(shell, "partner", "cleanup", "--days", "7")
    assert cleaned == {"deleted": dict.fromkeys(TABLES, 0), "days": 7}


async def test_an_operators_key_is_made_listed_and_revoked(shell: Shell) -> None:
    made = await made_by(shell, "operator", "create", "--name", "ops", "--expires-days", "5")
    assert made["api_key"].startswith("op_")
    assert (made["created_at"][-1], made["expires_at"][-1]) == ("Z", "Z")
    listed = await shell.run("operator", "list")
    assert made["id"] in listed.out
    assert made["api_key"] not in listed.out
    assert (await made_by(shell, "operator", "revoke", made["id"]))["status"] == "revoked"
    assert (await shell.run("operator", "revoke", str(uuid.uuid4()))).code == 2
