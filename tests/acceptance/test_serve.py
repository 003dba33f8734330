"""`shopkeeper serve` as an operator meets it: how it starts, what it tells, how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.support.postgresql import PostgresqlServer
from tests.support.servers import environment_of, run_command
from tests.support.site import Site

SECRETS = ("SECRET_KEY", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")
END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with Site.on(database_url, tmp_path) as made:
        yield made


def test_without_its_secrets_it_does_not_start_and_names_each(tmp_path: Path) -> None:
    done = run_command("serve", environment=environment_of(tmp_path), folder=tmp_path)
    assert done.returncode == 2
    sentences = [line.split()[0] for line in done.stderr.splitlines()]
    assert sentences == list(SECRETS)
    assert all(line.endswith(".") for line in done.stderr.splitlines())


async def test_idle_it_is_alive_ready_and_measured_and_ends_well_when_told_to(site: Site) -> None:
    (server,) = await site.serve()
    for path, expected in (("healthz", '"ok"'), ("readyz", '"database":"ok"'), ("metrics", "# TYPE")):
        async with site.session.get(f"{server.url}/{path}") as response:
            assert (response.status, expected in (await response.text()).replace(": ", ":")) == (200, True)
    assert await server.end() == 0
    assert "Traceback" not in server.log


async def test_while_its_database_is_away_it_is_alive_and_not_ready_and_takes_no_webhook(
    postgresql_server: PostgresqlServer, postgresql_url: str, tmp_path: Path
) -> None:
    name = postgresql_url.partition("?")[0].rpartition("/")[2]
    async with Site.on(postgresql_url, tmp_path) as site:
        (server,) = await site.serve()
        (user,) = site.friends(1)
        assert await site.readiness(server) == 200
        await _command(postgresql_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await _command(postgresql_server, END_SESSIONS, name)
        assert await site.readiness(server) == 503
        assert (await site.post(said := site.says(user, "你們幾點打烊？"))).status == 503
        async with site.session.get(f"{server.url}/healthz") as response:
            assert response.status == 200
        await _command(postgresql_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert await site.readiness(server) == 200
        assert (await site.post(said, again=True)).accepted


async def _command(server: PostgresqlServer, statement: str, *values: str) -> None:
    connection = await asyncpg.connect(**server.connection())
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()
