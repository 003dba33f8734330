from __future__ import annotations

from typing import Any

import pytest

from bot.line.simulator import FaultMode
from tests.bot.cli.conftest import Shell
from tests.support.running import Running


async def failing(shell: Shell) -> dict[str, Any]:
    """The one check that fails; its status is 1 and it says how to mend it."""
    ended = await shell.run("doctor", "--json")
    report = ended.json
    assert (ended.code, report["ok"]) == (1, False)
    [finding] = [check for check in report["checks"] if not check["ok"]]
    assert finding["mend"]
    assert isinstance(finding, dict)
    return finding


@pytest.mark.usefixtures("product")
async def test_a_healthy_installation_has_nothing_to_mend(there: Shell) -> None:
    ended = await there.run("doctor", "--json")
    report = ended.json
    assert (ended.code, report["ok"]) == (0, True)
    assert [check["check"] for check in report["checks"]] == ["settings", "database", "channel token", "webhook"]
    assert all(check["mend"] == "" for check in report["checks"])


async def test_it_speaks_to_people_as_well(there: Shell, product: Running) -> None:
    assert "ok   webhook" in (await there.run("doctor")).out
    product.central.webhook_active = False
    ended = await there.run("doctor")
    assert ended.code == 1
    assert "FAIL webhook" in ended.out
    assert "To mend it:" in ended.out


async def test_missing_settings_are_a_finding(bare_shell: Shell) -> None:
    finding = await failing(bare_shell)
    assert finding["check"] == "settings"
    assert "LINE_CHANNEL_SECRET is not set" in finding["detail"]


async def test_a_store_that_is_not_up_to_date(there: Shell) -> None:
    there.set(DATABASE_URL="sqlite:///empty.db")
    finding = await failing(there)
    assert (finding["check"], "shopkeeper migrate" in finding["mend"]) == ("database", True)


async def test_a_store_that_can_not_be_reached(there: Shell) -> None:
    there.set(DATABASE_URL="postgresql://someone:quite-secret@127.0.0.1:1/x")
    finding = await failing(there)
    assert (finding["check"], "DATABASE_URL" in finding["mend"]) == ("database", True)
    assert "quite-secret" not in finding["detail"]


async def test_a_redis_that_can_not_be_reached(there: Shell) -> None:
    there.set(REDIS_URL="redis://:quite-secret@127.0.0.1:1/0")
    finding = await failing(there)
    assert (finding["check"], "REDIS_URL" in finding["mend"]) == ("redis", True)
    assert "quite-secret" not in finding["detail"]


async def test_a_redis_that_answers(there: Shell, redis_url: str) -> None:
    there.set(REDIS_URL=redis_url)
    checks = (await there.run("doctor", "--json")).json["checks"]
    assert [check["ok"] for check in checks if check["check"] == "redis"] == [True]


async def test_a_wrong_token(there: Shell) -> None:
    there.set(LINE_CHANNEL_ACCESS_TOKEN="wrong-token")
    report = (await there.run("doctor", "--json")).json
    wrong = {check["check"]: check for check in report["checks"] if not check["ok"]}
    assert list(wrong) == ["channel token", "webhook"]
    assert "LINE_CHANNEL_ACCESS_TOKEN" in wrong["channel token"]["mend"]
    assert "wrong-token" not in str(report)


async def test_a_wrong_secret(there: Shell, product: Running) -> None:
    product.central.secret = "0" * 32
    finding = await failing(there)
    assert (finding["check"], "LINE_CHANNEL_SECRET" in finding["mend"]) == ("webhook", True)


@pytest.mark.parametrize("url", [None, "https://elsewhere.example/hook"])
async def test_a_webhook_url_that_is_not_ours(there: Shell, product: Running, url: str | None) -> None:
    product.central.webhook_url = url
    finding = await failing(there)
    assert finding["check"] == "webhook"
    assert f"{product.url}/line/webhook" in finding["mend"]


async def test_webhooks_that_are_switched_off(there: Shell, product: Running) -> None:
    product.central.webhook_active = False
    finding = await failing(there)
    assert (finding["check"], "switch" in finding["mend"]) == ("webhook", True)


async def test_a_server_that_does_not_run(there: Shell, product: Running) -> None:
    there.set(PUBLIC_BASE_URL="http://127.0.0.1:1")
    product.central.webhook_url = "http://127.0.0.1:1/line/webhook"
    finding = await failing(there)
    assert (finding["check"], "shopkeeper serve" in finding["mend"]) == ("webhook", True)


async def test_a_line_that_does_not_answer(there: Shell, product: Running) -> None:
    product.line.fail(FaultMode.STATUS, status=503, times=None)
    report = (await there.run("doctor", "--json")).json
    wrong = {check["check"]: check["mend"] for check in report["checks"] if not check["ok"]}
    assert list(wrong) == ["channel token", "webhook"]
    assert "LINE_API_BASE_URL" in wrong["channel token"]
