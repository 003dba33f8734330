"""A partner's story over the real interfaces: a key from the command line, a bot over HTTP, an owner on LINE."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.texts import say
from tests.support.servers import run_command
from tests.support.site import Site

PROMPT = "說話要像一位 SECRETLY-CHEERFUL 的店長。"
BODY = json.dumps({"store_name": "StockRadar Assistant - User123", "system_prompt": PROMPT}).encode()


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with Site.on(database_url, tmp_path) as made:
        await made.serve()
        yield made


def make_partner(site: Site, *, slots: int) -> str:
    """A key as an operator makes it."""
    done = run_command(
        "partner", "create", "StockRadar", "--slots", str(slots), environment=site.environment, folder=site.folder
    )
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["api_key"])


async def provision(site: Site, body: bytes, **headers: str) -> tuple[int, Any]:
    """The call as `curl -X POST -H ... -d ...` makes it."""
    url = f"{site.servers[0].url}/api/partner/provision"
    given = {"Content-Type": "application/json", "User-Agent": "curl/8.5.0", **headers}
    async with site.session.post(url, data=body, headers=given) as response:
        return response.status, await response.json()


async def ask(site: Site, words: str, *, name: str = "店長") -> str:
    """What the account answers to somebody's words."""
    user = site.line.world.person_named(name)
    site.line.people.follow(site.central.channel_id, user.user_id)
    told = await site.line.user_says(site.central, user, words)
    return str((await site.line.wait_for_answer(told))[0].content["text"])


async def test_the_documented_calls_are_answered_as_documented(site: Site) -> None:
    key = make_partner(site, slots=1)
    bearer = {"Authorization": f"Bearer {key}"}
    assert (await provision(site, BODY))[0] == 401
    assert (await provision(site, BODY, Authorization=f"Bearer {uuid.uuid4()}"))[0] == 401
    assert (await provision(site, b'{"system_prompt": "x"}', **bearer))[0] == 400
    status, answer = await provision(site, BODY, **bearer)
    assert status == 201
    assert uuid.UUID(answer["bot_id"])
    assert (answer["success"], answer["store_name"]) == (True, "StockRadar Assistant - User123")
    assert set(answer) == {"success", "bot_id", "mgmt_token", "store_name", "message", "binding"}
    status, answer = await provision(site, BODY, **bearer)
    assert (status, answer["success"], set(answer)) == (403, False, {"success", "error"})


async def test_whoever_has_the_code_becomes_the_owner_and_no_log_line_holds_a_secret(site: Site) -> None:
    key = make_partner(site, slots=2)
    _, made = await provision(site, BODY, Authorization=f"Bearer {key}")
    code = made["binding"]["code"]
    assert "綁定成功" in await ask(site, f"＠我是店長　{code}")
    assert await ask(site, f"@我是店長 {code}", name="路人甲") == say("binding.code_used")
    assert await ask(site, "你們幾點打烊？", name="路人乙")
    assert (await provision(site, BODY + b"}", Authorization=f"Bearer {key}"))[0] == 400
    assert await site.servers[0].end() == 0
    lines = site.servers[0].log.splitlines()
    assert [line for line in lines if not line.startswith("{")] == [f"Shopkeeper listens on {site.servers[0].url}"]
    assert all(isinstance(json.loads(line), dict) for line in lines if line.startswith("{"))
    environment = (
        site.environment[name] for name in ("SECRET_KEY", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")
    )
    tokens = [str(call.headers.get("authorization", "Bearer -")).split()[-1] for call in site.line.platform.calls]
    for secret in (*environment, *tokens, key, code, code.replace("-", ""), made["mgmt_token"], "SECRETLY-CHEERFUL"):
        assert secret == "-" or secret not in site.servers[0].log
