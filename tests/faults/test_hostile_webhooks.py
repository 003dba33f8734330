from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

import pytest

from bot.line.simulator.events import webhook_body
from tests.faults.conftest import Sizes
from tests.faults.mutations import mutants
from tests.support.code import ROOT
from tests.support.site import Site

COLLECTED = ROOT.parent / "shared" / "data" / "04_line_webhook" / "bodies.dev.jsonl"
DELIVERIES = 10


def bodies(site: Site) -> list[bytes]:
    """Right bodies for the central channel: the collected ones where they are, and the simulator's own."""
    lines = COLLECTED.read_text(encoding="utf-8").splitlines() if COLLECTED.exists() else []
    collected = [json.loads(json.loads(line)["body"]) for line in lines]
    to_us = [webhook_body(site.central.bot_user_id, body["events"]) for body in collected]
    said = [site.says(user, "你們幾點打烊？").event for user in site.friends(5)]
    return [*to_us, *(webhook_body(site.central.bot_user_id, [event]) for event in said)]


@pytest.mark.timeout(300)
async def test_no_signed_body_however_wrong_makes_the_server_fail(
    site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    (server,) = await site.serve()
    await site.open_shop()
    slots, statuses = asyncio.Semaphore(16), Counter[str]()

    async def send(body: bytes) -> None:
        async with slots:
            status = await _sent(site, body)
            statuses[status] += 1

    await asyncio.gather(*(send(body) for body in mutants(bodies(site), count=sizes.mutations)))
    ends = await site.settle()
    assert set(statuses) <= {"200", "400", "413"}
    assert (server.status, await site.readiness(server)) == (None, 200)
    assert [end for end in ends.values() if end[1] == "internal_error"] == []
    figure(f"{sizes.mutations} bodies, answers {dict(statuses)}, {len(ends)} events stored and all final")


async def _sent(site: Site, body: bytes) -> str:
    """What is answered to a body. A store that is slow for a moment says 503, and LINE delivers again."""
    for _ in range(DELIVERIES):
        attempt = await site.line.sender.post(site.central, body)
        if attempt.status != HTTPStatus.SERVICE_UNAVAILABLE:
            break
    return str(attempt.status or attempt.error)
