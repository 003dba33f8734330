"""The commands of docs/evaluation.md, over a store that holds the sample vendors."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from knowledge.evaluation.sets import read_set
from knowledge.samples import load_samples
from tests.knowledge.conftest import new_tenant
from tests.support.code import ROOT
from tests.support.settings import MakeSettings

PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
RUN = re.compile(r"<!-- run on samples -->\n```sh\n(.*?)```", re.DOTALL)
SETS = re.compile(r"```(?:csv|jsonl)\n(.*?)```", re.DOTALL)


@pytest.fixture
async def environment(sqlite_database: Database, clock: ManualClock, settings: MakeSettings) -> dict[str, str]:
    rental, cafe = [(await new_tenant(sqlite_database, clock)).tenant_id for _ in range(2)]
    assert rental
    assert cafe
    await load_samples(sqlite_database, clock, rental=rental, cafe=cafe)
    made = settings(database_url=sqlite_database.url.render_as_string())
    secrets = {name: getattr(made, name) for name in ("secret_key", "line_channel_secret", "line_channel_access_token")}
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": made.database_url,
        **{name.upper(): value.get_secret_value() for name, value in secrets.items()},
    }


@pytest.mark.parametrize("code", RUN.findall(PAGE))
def test_every_command_of_the_page_runs_over_the_samples(code: str, environment: dict[str, str]) -> None:
    command = ["bash", "-euo", "pipefail", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert '"ok": true' in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("text", SETS.findall(PAGE))
def test_every_set_on_the_page_can_be_read(text: str) -> None:
    assert read_set(text.encode())
