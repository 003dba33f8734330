"""No 200 before the disk: the kernel's own account of the order, by strace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import tracing
from tests.faults.tracing import Call
from tests.support import databases
from tests.support.postgresql import PostgresqlServer
from tests.support.site import Site

pytestmark = pytest.mark.skipif(tracing.strace() is None, reason="strace is not installed: apt-get install strace")
EVENTS = 20
WRITES = {"write", "writev", "sendto", "sendmsg"}
LOG_WRITES = {"pwrite64", "pwritev", "write", "writev"}


async def post_some(site: Site) -> list[str]:
    """Tell the server of some events, one after the other; returns their ids.

    One more follows them, since the tracer may end before it has told of the last call.
    """
    said = [site.says(user, "你們幾點打烊？") for user in site.friends(EVENTS + 1)]
    for one in said:
        assert (await site.post(one)).accepted
    return [one.event_id for one in said[:EVENTS]]


def acknowledged(calls: list[Call], event_id: str) -> tuple[float, float]:
    """When the request with that event had been read, and when the writing of its 200 began."""
    arrived = next(call for call in calls if event_id in call.arguments and "socket:" in call.target)
    answers = (call for call in calls if call.target == arrived.target and call.name in WRITES)
    return arrived.ended, next(
        call.began for call in answers if call.began >= arrived.ended and "HTTP/1.1 200" in call.arguments
    )


def synced_between(calls: list[Call], log: str, event_id: str, *, start: float, end: float) -> bool:
    """Whether the event was written to the log file and the log then forced to the disk, all in between."""
    on_log = [call for call in calls if log in call.target and start <= call.began and call.ended <= end]
    written = (call.ended for call in on_log if call.name in LOG_WRITES and event_id in call.arguments)
    syncs = [call for call in on_log if call.name in {"fsync", "fdatasync"}]
    return any(sync.began >= moment for moment in written for sync in syncs)


async def test_on_sqlite_every_event_is_on_the_disk_before_its_200(
    sqlite_url: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    trace = tmp_path / "trace"
    async with Site.on(sqlite_url, tmp_path) as site:
        (server,) = await site.serve()
        with tracing.tracing(trace, server.pid):
            event_ids = await post_some(site)
    calls = tracing.read_trace(trace)
    spans = {event_id: acknowledged(calls, event_id) for event_id in event_ids}
    late = [
        one for one, (start, end) in spans.items() if not synced_between(calls, ".db-wal", one, start=start, end=end)
    ]
    assert late == []
    figure(f"{EVENTS} of {EVENTS} events: written to the WAL, then synced, then 200")


@pytest.fixture
def durable_postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL that waits for its disk, as in production."""
    server = PostgresqlServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def postmaster_of(server: PostgresqlServer) -> int:
    """The id of its first process, which starts the others."""
    return int((server._data / "postmaster.pid").read_text().split()[0])


async def test_on_postgresql_every_event_is_on_the_disk_before_its_200(
    durable_postgresql: PostgresqlServer, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    store_trace, trace = tmp_path / "store-trace", tmp_path / "trace"
    url = durable_postgresql.url(await databases.create_database(durable_postgresql, "template0"))
    async with Site.on(url, tmp_path) as site:
        with tracing.tracing(store_trace, postmaster_of(durable_postgresql), children=True):
            (server,) = await site.serve()
            with tracing.tracing(trace, server.pid):
                event_ids = await post_some(site)
    calls, store_calls = tracing.read_trace(trace), tracing.read_trace(store_trace)
    spans = {event_id: acknowledged(calls, event_id) for event_id in event_ids}
    late = [
        one
        for one, (start, end) in spans.items()
        if not synced_between(store_calls, "pg_wal", one, start=start, end=end)
    ]
    assert late == []
    figure(f"{EVENTS} of {EVENTS} events: written to the WAL, then synced, then 200")
