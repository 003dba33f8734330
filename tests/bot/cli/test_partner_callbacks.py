from __future__ import annotations

import json

from tests.bot.cli.conftest import Shell
from tests.support.settings import MakeSettings


async def test_a_store_without_failures_has_nothing_to_deliver_again(
    bare_shell: Shell, settings: MakeSettings, sqlite_url: str
) -> None:
    bare_shell.export(settings(database_url=sqlite_url))
    ended = await bare_shell.run("partner", "retry-failed", "--json")
    assert json.loads(ended.out) == {"total": 0, "successful": 0, "failed": 0}
    shown = await bare_shell.run("partner", "retry-failed")
    assert shown.out == "0 delivered again: 0 successful, 0 failed.\n"
