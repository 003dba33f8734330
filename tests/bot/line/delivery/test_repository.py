from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.line.delivery import DeliveryState, Outcome, OutcomeKind, Verdict
from bot.line.delivery import repository as ledger
from bot.line.flex import bubble
from bot.models import Channel, Delivery, DeliveryAttempt

TEXT: dict[str, Any] = {"type": "text", "text": "您好"}
WITH_BUTTONS: dict[str, Any] = {**TEXT, "quickReply": {"items": [{"type": "action"}]}}
RETRY = Verdict(delivery=DeliveryState.UNKNOWN)


@pytest.fixture
async def channel_id(database: Database, clock: ManualClock) -> uuid.UUID:
    now = clock.now()
    channel = Channel(id=uuid.uuid4(), name="", secret_box=b"", token_box=b"", created_at=now, updated_at=now)
    async with database.unit_of_work() as session:
        session.add(channel)
    return channel.id


async def planned(
    database: Database, clock: ManualClock, channel_id: uuid.UUID, *messages: dict[str, Any]
) -> ledger.Attempt:
    reply = ledger.PlannedReply(
        channel_id=channel_id,
        bot_id=None,
        lane="line:a:b",
        fence=3,
        reply_token="token",
        token_at=clock.now(),
        messages=messages or [TEXT],
    )
    async with database.unit_of_work() as session:
        return await ledger.plan(session, reply, now=clock.now())


async def record(
    database: Database, clock: ManualClock, attempt: ledger.Attempt, kind: OutcomeKind, verdict: Verdict = RETRY
) -> None:
    outcome = Outcome(kind=kind, http_status=500, request_id="line-1", detail="LINE's words")
    async with database.unit_of_work() as session:
        await ledger.record(session, attempt, outcome, verdict, clock.now())


async def stored(database: Database) -> tuple[Delivery, list[DeliveryAttempt]]:
    async with database.reading() as session:
        attempts = await session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.number))
        return (await session.scalars(select(Delivery))).one(), list(attempts)


async def test_a_planned_reply_counts_as_being_sent(
    database: Database, clock: ManualClock, channel_id: uuid.UUID
) -> None:
    await planned(database, clock, channel_id)
    delivery, [attempt] = await stored(database)
    assert (delivery.state, delivery.attempts, delivery.fence, delivery.kind) == (DeliveryState.SENDING, 1, 3, "reply")
    assert (delivery.messages, delivery.cost) == ([TEXT], 0)
    assert (attempt.number, attempt.started_at, attempt.ended_at, attempt.outcome) == (1, clock.now(), None, None)


async def test_the_end_of_an_attempt_is_kept_with_lines_request_id(
    database: Database, clock: ManualClock, channel_id: uuid.UUID
) -> None:
    planned_once = await planned(database, clock, channel_id)
    await record(database, clock, planned_once, OutcomeKind.UNKNOWN)
    kept, [attempt] = await stored(database)
    assert (kept.state, kept.error) == (DeliveryState.UNKNOWN, "LINE's words")
    assert (attempt.outcome, attempt.http_status, attempt.line_request_id) == (OutcomeKind.UNKNOWN, 500, "line-1")
    assert attempt.ended_at == clock.now()


@pytest.mark.parametrize(
    ("outcomes", "doubtful"),
    [
        ([], True),
        ([OutcomeKind.UNKNOWN], True),
        ([OutcomeKind.RATE_LIMITED], False),
        ([OutcomeKind.CONTENT_REFUSED], False),
        ([OutcomeKind.UNKNOWN, OutcomeKind.RATE_LIMITED], True),
        ([OutcomeKind.RATE_LIMITED, OutcomeKind.RATE_LIMITED], False),
    ],
)
async def test_a_delivery_is_doubtful_once_an_attempt_has_no_known_end(
    database: Database, clock: ManualClock, channel_id: uuid.UUID, outcomes: list[OutcomeKind], doubtful: bool
) -> None:
    attempt = await planned(database, clock, channel_id)
    for number, kind in enumerate(outcomes):
        if number:
            async with database.unit_of_work() as session:
                attempt = await ledger.begin_attempt(session, attempt.delivery_id, fence=4, now=clock.now())
        await record(database, clock, attempt, kind)
    async with database.unit_of_work() as session:
        attempt = await ledger.begin_attempt(session, attempt.delivery_id, fence=5, now=clock.now())
    assert (attempt.doubtful, attempt.number) == (doubtful, max(len(outcomes), 1) + 1)
    assert (await stored(database))[0].fence == 5


async def test_every_attempt_has_a_row(database: Database, clock: ManualClock, channel_id: uuid.UUID) -> None:
    attempt = await planned(database, clock, channel_id)
    for _ in range(2):
        await record(database, clock, attempt, OutcomeKind.UNKNOWN)
        async with database.unit_of_work() as session:
            attempt = await ledger.begin_attempt(session, attempt.delivery_id, fence=3, now=clock.now())
    await record(database, clock, attempt, OutcomeKind.SENT, Verdict(delivery=DeliveryState.SENT))
    kept, attempts = await stored(database)
    assert (kept.state, kept.attempts) == (DeliveryState.SENT, 3)
    assert [attempt.outcome for attempt in attempts] == ["unknown", "unknown", "sent"]


async def test_a_repair_leaves_the_texts_alone(database: Database, clock: ManualClock, channel_id: uuid.UUID) -> None:
    attempt = await planned(database, clock, channel_id, WITH_BUTTONS)
    verdict = Verdict(delivery=DeliveryState.REFUSED, repair=True)
    await record(database, clock, attempt, OutcomeKind.CONTENT_REFUSED, verdict)
    assert (await stored(database))[0].messages == [TEXT]


@pytest.mark.parametrize(
    ("messages", "texts"),
    [
        ([TEXT], ["您好"]),
        ([WITH_BUTTONS], ["您好"]),
        (
            [{"type": "flex", "altText": "菜單", "contents": bubble("菜單", rows=[("紅茶", "30 元")])}],
            ["菜單\n紅茶：30 元"],
        ),
        ([{"type": "template", "altText": "選一個"}], ["選一個"]),
        ([{"type": "sticker", "packageId": "1", "stickerId": "2"}, TEXT], ["您好"]),
        ([{"type": "image", "originalContentUrl": "https://x.example"}], []),
    ],
)
def test_plain_texts_are_what_can_be_said_without_anything_rich(
    messages: list[dict[str, Any]], texts: list[str]
) -> None:
    plain = ledger.plain_texts(messages)
    assert plain == [{"type": "text", "text": text} for text in texts]
    assert ledger.is_plain(plain)
    assert ledger.is_plain(messages) == (messages == [TEXT])
