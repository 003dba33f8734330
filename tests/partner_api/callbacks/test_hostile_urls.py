"""Addresses that lead inside, in every field that takes an address: nothing is ever connected to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.webhooks.sender import SafeSender
from partner_api.api import Api
from partner_api.calls.analysis.errors import AnalysisFailed
from partner_api.calls.fetching import fetch
from tests.bot.webhooks.conftest import FakeResolver
from tests.bot.webhooks.test_urls import INSIDE, LOOK_ORDINARY, WITH_INVISIBLE
from tests.partner_api.callbacks.conftest import Callbacks
from tests.support.partners import Answered, api_on
from tests.support.settings import MakeSettings

HOSTILE = [url for url in [*INSIDE, *WITH_INVISIBLE] if url not in LOOK_ORDINARY]
FIELDS = {
    "webhook_url": ("POST", "/calls/analyze"),
    "audio_file": ("POST", "/calls/analyze"),
    "test url": ("POST", "/webhooks/test"),
    "event url": ("PUT", "/webhooks/events"),
}


@pytest.fixture
async def api(
    sqlite_database: Database, clock: ManualClock, settings: MakeSettings, woken: list[str]
) -> AsyncIterator[Api]:
    """Every name leads to this machine."""
    sender = SafeSender(resolver=FakeResolver(otherwise="127.0.0.1"))
    yield api_on(sqlite_database, settings(), clock, wake=woken.extend, sender=sender)
    await sender.close()


async def give(callbacks: Callbacks, field: str, url: str) -> Answered:
    """Put `url` with the receiver's port into a field."""
    method, path = FIELDS[field]
    address = url.replace("{p}", str(callbacks.receiver.port))
    body: dict[str, Any] = {"url": address}
    if path == "/calls/analyze":
        office = callbacks.office
        body = {"company_id": office.company_id, "agent_id": office.agent_id, field: address}
        body |= {"transcript": "Agent: Hello."} if field == "webhook_url" else {}
    return await callbacks.call(method, path, json=body)


@pytest.mark.parametrize("field", FIELDS)
async def test_a_hostile_url_is_refused_and_connects_to_nothing(callbacks: Callbacks, field: str) -> None:
    assert len(HOSTILE) >= 60
    answers = {url: await give(callbacks, field, url) for url in HOSTILE}
    assert {url: answer.body for url, answer in answers.items() if answer.status != 400} == {}
    assert callbacks.receiver.connections == 0


@pytest.mark.parametrize("url", LOOK_ORDINARY)
async def test_a_name_that_leads_inside_is_never_sent_to(callbacks: Callbacks, url: str) -> None:
    accepted = await give(callbacks, "webhook_url", url)
    assert accepted.status == 202
    await callbacks.call("POST", f"/jobs/{accepted.body['job_id']}/cancel")
    for after in (timedelta(0), timedelta(seconds=30), timedelta(seconds=270)):
        await callbacks.work(after=after)
    (delivery,) = await callbacks.deliveries(accepted.body["job_id"])
    assert [one["error_code"] for one in delivery["attempts"]] == ["unsafe_url"] * 3
    tested = await give(callbacks, "test url", url)
    assert (tested.body["delivered"], tested.body["error"]["code"]) == (False, "unsafe_url")
    with pytest.raises(AnalysisFailed, match="unsafe_url"):
        await fetch(callbacks.office.api.sender, url.replace("{p}", str(callbacks.receiver.port)))
    assert callbacks.receiver.connections == 0


async def test_a_test_callback_tells_nothing_of_the_inside(callbacks: Callbacks) -> None:
    there, nowhere = f"http://shop.example.com:{callbacks.receiver.port}/", "http://shop.example.com:9999/"
    told = [(await give(callbacks, "test url", url)).body for url in (there, nowhere)]
    assert told[0]["error"] == told[1]["error"]
    assert [one["http_status"] for one in told] == [None, None]
