"""Attempts: when they are made, what they carry, and what ends them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.webhooks.delivery import worker
from bot.webhooks.repository.deliveries import due_lanes
from tests.support.callbacks import Behaviour, PostOffice, Received, Receiver, answer, endless, hang, reset

FIRST_WAIT, SECOND_WAIT = timedelta(seconds=30), timedelta(seconds=270)
MOMENT = timedelta(milliseconds=1)
FAILURES: dict[str, tuple[Behaviour, str]] = {
    "500": (answer(500), "http_error"),
    "301": (answer(301, "Location: https://elsewhere.example/"), "redirect"),
    "hang": (hang, "timeout"),
    "reset": (reset, "connection_failed"),
    "endless": (endless, "answer_too_large"),
    "429": (answer(429), "rate_limited"),
}


async def slow(_: Receiver, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.01)
    writer.write(b"HTTP/1.1 204 Whatever\r\n\r\n")


def numbers(received: Sequence[Received]) -> list[str]:
    return [one.headers["x-webhook-attempt"] for one in received]


async def test_a_success_is_one_attempt(office: PostOffice, receiver: Receiver) -> None:
    delivery_id = await office.add(receiver.url)
    await office.work()
    delivery, (attempt,) = await office.delivery(delivery_id), await office.attempts(delivery_id)
    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == ("succeeded", 1, None)
    assert (attempt.success, attempt.http_status, attempt.attempt_number) == (True, 200, 1)
    assert delivery.ended_at == office.clock.now()
    await office.work(after=timedelta(days=1))
    assert len(receiver.received) == 1


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("way", FAILURES)
async def test_what_fails_is_tried_at_0_s_30_s_and_5_min_and_never_early(
    office: PostOffice, receiver: Receiver, way: str, times: int
) -> None:
    behaviour, code = FAILURES[way]
    receiver.behaviours = [behaviour] * times
    delivery_id = await office.add(receiver.url)
    await office.work()
    for so_far, wait in ((1, FIRST_WAIT), (2, SECOND_WAIT)):
        await office.work(after=wait - MOMENT)
        assert len(receiver.received) == so_far, "early"
        await office.work(after=MOMENT)
        if so_far == times:
            break
    attempts, delivery = await office.attempts(delivery_id), await office.delivery(delivery_id)
    made = min(times + 1, 3)
    assert numbers(receiver.received) == ["1", "2", "3"][:made]
    assert [one.error_code for one in attempts] == [code] * times + [None] * (made - times)
    assert delivery.state == ("failed" if times == 3 else "succeeded")
    assert len({one.body for one in receiver.received}) == 1
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


async def test_a_refused_connection_is_tried_again(office: PostOffice, receiver: Receiver) -> None:
    await receiver.close()
    delivery_id = await office.add(receiver.url)
    await office.work()
    (attempt,) = await office.attempts(delivery_id)
    assert (attempt.error_code, attempt.http_status, attempt.success) == ("connection_failed", None, False)
    await receiver.listen()
    await office.work(after=FIRST_WAIT)
    assert (await office.delivery(delivery_id)).state == "succeeded"
    assert numbers(receiver.received) == ["2"]


async def test_no_redirect_leads_inside(office: PostOffice, receiver: Receiver, tripwire: Receiver) -> None:
    receiver.behaviours = [answer(status, f"Location: {tripwire.url}") for status in (301, 307, 308)]
    delivery_id = await office.add(receiver.url)
    for after in (timedelta(0), FIRST_WAIT, SECOND_WAIT):
        await office.work(after=after)
    assert (await office.delivery(delivery_id)).error_code == "redirect"
    assert tripwire.connections == 0


async def test_the_address_is_checked_at_every_attempt(office: PostOffice, tripwire: Receiver) -> None:
    delivery_id = await office.add(tripwire.url)
    for after in (timedelta(0), FIRST_WAIT, SECOND_WAIT):
        await office.work(after=after)
    attempts = await office.attempts(delivery_id)
    assert [(one.attempt_number, one.error_code) for one in attempts] == [(n, "unsafe_url") for n in (1, 2, 3)]
    assert tripwire.connections == 0


async def test_gone_ends_the_delivery_and_holds_what_else_goes_there(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(500), answer(410)]
    waiting = await office.add(receiver.url)
    await office.work()
    gone = await office.add(receiver.url)
    await office.work()
    later = await office.add(receiver.url)
    await office.work(after=timedelta(hours=1))
    states = [(await office.delivery(one)).state for one in (waiting, gone, later)]
    assert states == ["held", "failed", "held"]
    endpoint = await office.endpoint(receiver.url)
    assert (endpoint.pause_reason, endpoint.paused_at) == ("gone", office.clock.now() - timedelta(hours=1))
    assert len(receiver.received) == 2


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Thu, 01 Jan 2026 00:10:00 GMT", timedelta(minutes=10)),
        ("5", FIRST_WAIT),
        ("999999999", timedelta(hours=1)),
        ("9" * 5_000, timedelta(hours=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(hours=1)),
        ("Thu, 01 Jan 99999999999 00:10:00 GMT", FIRST_WAIT),
        ("Thu, 01 Jan 2026 00:10:00 +99999999999999999999", FIRST_WAIT),
        ("Wed, 31 Dec 2025 23:59:59 GMT", FIRST_WAIT),
        ("soon", FIRST_WAIT),
        ("-1", FIRST_WAIT),
    ],
)
async def test_retry_after_only_ever_makes_the_wait_longer(
    office: PostOffice, receiver: Receiver, header: str, wait: timedelta
) -> None:
    receiver.behaviours = [answer(429, f"Retry-After: {header}")]
    delivery_id = await office.add(receiver.url)
    await office.work()
    assert (await office.delivery(delivery_id)).next_attempt_at == office.clock.now() + wait


async def test_an_endpoint_gets_at_most_four_requests_at_once(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [slow] * 40
    for _ in range(40):
        await office.add(receiver.url)
    await office.work()
    assert len(receiver.received) == 40
    assert receiver.most_at_once == 4


async def test_an_endpoint_is_one_whatever_the_query_and_gets_it_in_whole(
    office: PostOffice, receiver: Receiver
) -> None:
    receiver.behaviours = [slow] * 20
    sent = [await office.add(f"{receiver.url}?job={number}&x=%26") for number in range(20)]
    await office.work()
    assert receiver.most_at_once == 4
    assert {one.target for one in receiver.received} == {f"/callback?job={number}&x=%26" for number in range(20)}
    (attempt,) = await office.attempts(sent[0])
    assert attempt.webhook_url == f"{receiver.url}?job=0&x=%26"


async def test_receivers_of_one_tenant_that_hang_leave_room_for_others(
    office: PostOffice, receivers: list[Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "OF_ONE_TENANT", 2)
    hanging, well = receivers
    hanging.behaviours = [hang] * 20
    other = PostOffice(office.database, office.clock, office.signers, office.runner)
    await other.prepare()
    for number in range(8):
        await office.add(f"{hanging.url}/{number}")
    wanted = await other.add(well.url)
    await office.work()
    assert len(hanging.received) < 8
    assert (await office.delivery(wanted)).state == "succeeded"
    async with office.database.reading() as session:
        assert await due_lanes(session, office.clock.now(), limit=100), "the rest is left to the next sweep"


async def test_tenants_take_turns_where_much_is_due(office: PostOffice, receiver: Receiver) -> None:
    other = PostOffice(office.database, office.clock, office.signers, office.runner)
    await other.prepare()
    for number in range(5):
        await office.add(f"{receiver.url}/{number}")
    wanted = await other.add(receiver.url)
    async with office.database.reading() as session:
        lanes = await due_lanes(session, office.clock.now(), limit=2)
    assert (await office.delivery(wanted)).lane in lanes
