"""What the doctor of a channel finds, each with LINE as it would be then."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientTimeout, web
from sqlalchemy import update

from bot.clock import ManualClock
from bot.line.channels import ChannelAccess
from bot.line.simulator import Channel, FaultMode
from bot.models import Channel as ChannelRow
from bot.models import LineEvent
from handlers.line.doctor import ChannelDoctor, Finding, Level, Subject
from tests.support.running import Running
from tests.support.web import serving

SLOW = """# TYPE shopkeeper_http_request_seconds histogram
shopkeeper_http_request_seconds_bucket{route="/line/webhook",le="2.0"} 7.0
shopkeeper_http_request_seconds_bucket{route="/line/webhook",le="+Inf"} 9.0
shopkeeper_http_request_seconds_count{route="/line/webhook"} 9.0
"""


class Examined:
    """A vendor's own channel on a running product, and its doctor."""

    def __init__(self, product: Running, account: Channel, channel: ChannelAccess) -> None:
        self.product, self.account, self.channel = product, account, channel
        self.metrics: str | None = None

    async def __call__(self, *, stored: bool = False, **changes: Any) -> dict[str, Finding]:
        """What is found, by check; `changes` replace what the product knows of the channel."""
        doctor = ChannelDoctor(
            self.product.database,
            self.product.shopkeeper.ports.line,
            clock=self.product.shopkeeper.ports.clock,
            metrics=self._metrics,
        )
        url = changes.pop("url", f"{self.product.url}/line/webhook/{self.channel.id}")
        findings = await doctor.examine(Subject(replace(self.channel, **changes), url, stored=stored or not changes))
        return {finding.check: finding for finding in findings}

    async def problems(self, **changes: Any) -> list[str]:
        return [one.code for one in (await self(**changes)).values() if one.level is Level.PROBLEM]

    async def _metrics(self) -> str | None:
        return self.metrics


@pytest.fixture
async def examined(still: Running) -> Examined:
    account = await still.own_channel(await still.shops.open())
    channel = await still.shopkeeper.channels.find(uuid.UUID(str(account.webhook_url).rpartition("/")[2]))
    assert channel is not None
    return Examined(still, account, channel)


async def test_a_channel_in_order_has_no_problem(examined: Examined) -> None:
    assert await examined.problems() == []


async def test_a_wrong_secret_is_told_from_a_server_that_lags_behind(examined: Examined) -> None:
    examined.account.secret = "9" * 32
    assert await examined.problems() == ["test_wrong_secret"]
    assert await examined.problems(secret="9" * 32) == ["test_outdated_secret"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "test_refused_before_us"), (403, "test_refused_before_us"), (404, "test_not_found"),
        (405, "test_not_found"), (302, "test_redirected"), (500, "test_server_error"), (502, "test_server_error"),
        (418, "test_status"), (400, "test_wrong_destination"),
    ],
)  # fmt: skip
async def test_what_answers_instead_of_the_server_is_named(examined: Examined, status: int, code: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>nginx</html>")

    async with serving(answer) as server:
        examined.account.webhook_url = url = f"{server}/line/webhook"
        assert await examined.problems(url=url) == [code]


async def test_a_server_that_takes_too_long(examined: Examined) -> None:
    examined.product.line.sender._timeout = ClientTimeout(total=0.05)
    go_on = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await go_on.wait()
        return web.Response()

    async with serving(answer) as server:
        examined.account.webhook_url = url = f"{server}/line/webhook"
        assert await examined.problems(url=url) == ["test_timeout"]
        go_on.set()


async def test_a_wrong_destination(examined: Examined) -> None:
    async with examined.product.database.unit_of_work() as session:
        other = {"bot_user_id": "U" + "9" * 32}
        await session.execute(update(ChannelRow).where(ChannelRow.id == examined.channel.id).values(other))
    examined.product.shopkeeper.channels.forget()
    assert await examined.problems(bot_user_id="U" + "9" * 32) == ["account_differs", "test_wrong_destination"]


@pytest.mark.parametrize(("url", "code"), [(None, "url_missing"), ("https://elsewhere.example/", "url_elsewhere")])
async def test_webhooks_that_go_elsewhere_are_tested_here_all_the_same(
    examined: Examined, url: str | None, code: str
) -> None:
    examined.account.webhook_url = url
    found = await examined()
    assert (found["webhook_url"].code, found["self_test"].code) == (code, "test_passed")


async def test_addresses_that_line_would_not_call(examined: Examined) -> None:
    examined.account.webhook_url = insecure = "http://shop.example/line/webhook"
    examined.product.line.fail(FaultMode.STATUS, endpoint="testWebhook", status=400, times=None)
    found = await examined(url=insecure)
    assert [(one.code, one.level) for one in (found["webhook_url"], found["self_test"])] == [
        ("url_insecure", Level.WARNING), ("test_untold", Level.UNKNOWN),
    ]  # fmt: skip
    assert (await examined(url="https://shop.example/" + "x" * 490))["webhook_url"].code == "url_too_long"


async def test_a_revoked_token_is_kept_until_it_works_again(examined: Examined) -> None:
    examined.product.line.fail(FaultMode.STATUS, endpoint="info", status=401, times=1)
    assert await examined.problems() == ["token_refused"]
    examined.product.shopkeeper.channels.forget()
    refused = await examined.product.shopkeeper.channels.find(examined.channel.id)
    assert refused is not None
    assert refused.broken_at is not None
    assert await examined.problems() == []
    examined.product.shopkeeper.channels.forget()
    assert await examined.product.shopkeeper.channels.find(examined.channel.id) == examined.channel


async def test_another_accounts_token(examined: Examined) -> None:
    other = examined.product.line.add_channel("別家店")
    found = await examined(token=other.access_token)
    assert (found["account"].code, "別家店" in str(found["account"].values)) == ("account_differs", True)


async def test_an_account_that_is_connected_already(examined: Examined) -> None:
    token = examined.product.central.access_token
    assert "account_taken" in await examined.problems(token=token, bot_user_id=None, stored=True)


@pytest.mark.parametrize(
    ("used", "limit", "code"),
    [(0, 200, "quota_left"), (160, 200, "quota_low"), (200, 200, "quota_used_up"), (9, None, "quota_unlimited")],
)
async def test_the_messages_that_are_left(examined: Examined, used: int, limit: int | None, code: str) -> None:
    examined.account.consumption, examined.account.monthly_limit = used, limit
    assert (await examined())["quota"].code == code


async def test_what_line_does_not_tell_is_no_problem(examined: Examined) -> None:
    for endpoint in ("getWebhook", "testWebhook", "quota"):
        examined.product.line.fail(FaultMode.STATUS, endpoint=endpoint, status=500, times=None)
    found = await examined()
    codes = ("url_untold", "test_untold", "quota_untold", "redelivery_untold", "auto_reply_untold", "answers_untold")
    assert {one.code for one in found.values() if one.level is Level.UNKNOWN} == set(codes)


async def test_webhooks_answered_too_late_are_counted(examined: Examined) -> None:
    examined.metrics = SLOW
    found = (await examined())["answer_times"]
    assert (found.code, dict(found.values)) == ("answers_late", {"count": 9, "late": 2})
    examined.metrics = examined.product.shopkeeper.metrics.render().decode()
    assert (await examined())["answer_times"].code == "answers_in_time"


async def test_events_that_failed_wait_or_came_again(examined: Examined, clock: ManualClock) -> None:
    now = clock.now()

    async def add(number: int, state: str, *, age: timedelta, again: bool = False) -> None:
        payload = f'{{"deliveryContext":{{"isRedelivery":{str(again).lower()}}}}}'
        row = LineEvent(channel_id=examined.channel.id, webhook_event_id=str(number), lane=f"none:{number}")
        row.type, row.payload, row.state = "message", payload, state
        row.reason = "reply_token_expired" if state == "failed" else None
        row.occurred_at = row.received_at = now - age
        row.due_at = now + timedelta(days=1)
        async with examined.product.database.unit_of_work() as session:
            session.add(row)

    hour = timedelta(hours=1)
    await add(1, "answered", age=hour)
    assert (await examined())["redelivery"].code == "redelivery_untold"
    await add(2, "failed", age=hour, again=True)
    await add(3, "failed", age=hour * 25, again=True)
    found = await examined()
    assert found["events"].values == {"count": 2, "failed": 1, "reasons": "reply_token_expired: 1"}
    assert (found["events"].code, found["redelivery"].values) == ("events_failed", {"count": 1})
    await add(4, "received", age=hour)
    assert ((await examined())["events"].code, await examined.problems()) == ("events_stuck", ["events_stuck"])
