from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.line.simulator import FaultMode
from bot.models import Channel
from bot.texts import Language, say
from tests.bot.cli.conftest import Shell
from tests.support.running import Running


async def examined(shell: Shell) -> tuple[int, dict[str, dict[str, Any]]]:
    """The status, and the checks by what they look at."""
    ended = await shell.run("doctor", "--json")
    checks = ended.json["checks"]
    assert ended.json["ok"] == (ended.code == 0) == all(check["level"] != "problem" for check in checks)
    assert all(bool(check["mend"]) == (check["level"] != "ok") for check in checks)
    return ended.code, {check["check"]: check for check in checks}


async def failing(shell: Shell) -> dict[str, Any]:
    """The one check that fails; its status is 1 and it says how to mend it."""
    status, checks = await examined(shell)
    [finding] = [check for check in checks.values() if check["level"] == "problem"]
    assert status == 1
    return finding


HEALTHY = {
    "settings": "settings_complete", "database": "database_ready", "secrets": "secrets_readable",
    "token": "token_accepted", "account": "account_matches", "webhook_url": "url_matches",
    "webhook_use": "webhook_on", "self_test": "test_passed", "redelivery": "redelivery_untold",
    "auto_reply": "auto_reply_untold", "answer_times": "answers_in_time", "quota": "quota_unlimited",
    "events": "events_fine",
}  # fmt: skip


@pytest.mark.usefixtures("product")
async def test_a_healthy_installation_has_nothing_to_mend(there: Shell) -> None:
    status, checks = await examined(there)
    assert (status, {name: check["code"] for name, check in checks.items()}) == (0, HEALTHY)
    assert {check["level"] for check in checks.values()} == {"ok", "unknown"}


async def test_it_speaks_to_people_in_their_language(there: Shell, product: Running) -> None:
    assert "ok   self_test" in (await there.run("doctor")).out
    product.central.webhook_active = False
    ended, chinese = await there.run("doctor"), await there.run("doctor", "--language", "zh-TW")
    assert (ended.code, chinese.code) == (1, 1)
    assert "FAIL webhook_use" in ended.out
    assert f"→ {say('doctor.webhook_off_mend', Language.EN)}" in ended.out
    assert say("doctor.webhook_off_mend") in chinese.out


async def test_missing_settings_are_a_finding(bare_shell: Shell) -> None:
    finding = await failing(bare_shell)
    assert finding["check"] == "settings"
    assert "LINE_CHANNEL_SECRET is not set" in finding["detail"]


async def test_a_store_that_is_not_up_to_date(there: Shell) -> None:
    there.set(DATABASE_URL="sqlite:///empty.db")
    finding = await failing(there)
    assert (finding["code"], "shopkeeper migrate" in finding["mend"]) == ("database_outdated", True)


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
    assert (await examined(there))[1]["redis"]["code"] == "redis_ready"


async def test_a_wrong_token(there: Shell) -> None:
    there.set(LINE_CHANNEL_ACCESS_TOKEN="wrong-token")
    finding = await failing(there)
    assert (finding["code"], "LINE_CHANNEL_ACCESS_TOKEN" in finding["mend"]) == ("token_refused", True)
    assert "wrong-token" not in (await there.run("doctor")).out


@pytest.mark.usefixtures("product")
async def test_settings_that_the_server_does_not_use_yet(there: Shell) -> None:
    there.set(LINE_CHANNEL_SECRET="f" * 32)
    _, checks = await examined(there)
    assert checks["secrets"]["code"] == "settings_not_in_use"
    assert "f" * 32 not in str(checks)


async def test_a_wrong_secret(there: Shell, product: Running) -> None:
    product.central.secret = "0" * 32
    finding = await failing(there)
    assert (finding["code"], "LINE_CHANNEL_SECRET" in finding["mend"]) == ("test_wrong_secret", True)


async def test_a_secret_that_is_right_in_the_settings_alone(there: Shell, product: Running) -> None:
    product.central.secret = "0" * 32
    there.set(LINE_CHANNEL_SECRET="0" * 32)
    finding = await failing(there)
    assert (finding["code"], "Restart" in finding["mend"]) == ("test_outdated_secret", True)


@pytest.mark.parametrize("url", [None, "https://elsewhere.example/hook"])
async def test_a_webhook_url_that_is_not_ours(there: Shell, product: Running, url: str | None) -> None:
    product.central.webhook_url = url
    finding = await failing(there)
    assert finding["code"] == ("url_elsewhere" if url else "url_missing")
    assert f"{product.url}/line/webhook" in finding["mend"]


async def test_webhooks_that_are_switched_off(there: Shell, product: Running) -> None:
    product.central.webhook_active = False
    finding = await failing(there)
    assert (finding["code"], "Switch on" in finding["mend"]) == ("webhook_off", True)


async def test_a_server_that_does_not_run(there: Shell, product: Running) -> None:
    there.set(PUBLIC_BASE_URL="http://127.0.0.1:1")
    product.central.webhook_url = "http://127.0.0.1:1/line/webhook"
    finding = await failing(there)
    assert (finding["code"], "shopkeeper serve" in finding["mend"]) == ("test_no_connection", True)
    assert (await examined(there))[1]["answer_times"]["code"] == "answers_untold"


async def test_a_line_that_does_not_answer(there: Shell, product: Running) -> None:
    product.line.fail(FaultMode.STATUS, status=503, times=None)
    finding = await failing(there)
    assert (finding["code"], "LINE_API_BASE_URL" in finding["mend"]) == ("line_unreachable", True)


async def test_line_is_asked_before_there_is_a_store(there: Shell, product: Running) -> None:
    there.set(DATABASE_URL="sqlite:///empty.db")
    product.central.webhook_active = False
    _, checks = await examined(there)
    assert [checks[name]["code"] for name in ("database", "webhook_use")] == ["database_outdated", "webhook_off"]


async def test_own_channels_that_line_refuses_are_named(there: Shell, product: Running) -> None:
    account = await product.own_channel(await product.shops.open(), "自己的帳號")
    assert (await examined(there))[1]["own_channels"]["code"] == "channels_answering"
    async with product.database.unit_of_work() as session:
        [own] = [row for row in await session.scalars(select(Channel)) if not row.is_central]
        own.broken_at = product.shopkeeper.ports.clock.now()
    finding = await failing(there)
    assert (finding["code"], account.name in finding["detail"]) == ("channels_refused", True)
