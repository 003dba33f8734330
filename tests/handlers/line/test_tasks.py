from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.line.simulator import FaultMode, User
from bot.models import Channel, Delivery, DeliveryAttempt, Lane, LineEvent
from bot.texts import say
from handlers.line import tasks
from knowledge.engine import Answer, Engine, Question
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK


@pytest.fixture
async def user(live: Running) -> User:
    """Somebody at the only shop of the central channel."""
    await live.shops.open()
    return live.friend()


async def deliveries(running: Running) -> list[Delivery]:
    return await running.rows(select(Delivery).order_by(Delivery.id))


async def outcomes(running: Running) -> list[str | None]:
    attempts = await running.rows(select(DeliveryAttempt).order_by(DeliveryAttempt.id))
    return [attempt.outcome for attempt in attempts]


def reply_tokens(running: Running) -> list[str]:
    """The token of every reply that reached the platform, in order."""
    replies = [call for call in running.line.platform.calls if call.path.endswith("/message/reply")]
    return [call.body.partition('"replyToken": "')[2].partition('"')[0] for call in replies]


async def test_a_delivery_is_in_the_ledger_with_lines_request_id(live: Running, user: User) -> None:
    await live.ask(user, ASK)
    [delivery] = await deliveries(live)
    [event] = await live.events()
    [attempt] = await live.rows(select(DeliveryAttempt))
    assert (delivery.state, delivery.kind, delivery.attempts, delivery.cost) == ("sent", "reply", 1, 0)
    assert (delivery.lane, delivery.id, delivery.fence) == (event.lane, event.delivery_id, 1)
    assert delivery.messages[0]["text"] == ANSWER
    assert attempt.line_request_id == live.line.platform.calls[-1].request_id


async def test_a_worked_lane_is_free_again(live: Running, user: User) -> None:
    await live.ask(user, ASK)
    assert [lane.owner for lane in await live.rows(select(Lane).where(Lane.key.startswith("line:")))] == [None]


@pytest.mark.parametrize("mode", [FaultMode.ACCEPT_THEN_STATUS, FaultMode.ACCEPT_THEN_DROP])
async def test_an_answer_that_was_shown_in_secret_is_not_shown_twice(
    live: Running, user: User, mode: FaultMode
) -> None:
    live.line.fail(mode, endpoint="reply")
    assert await live.ask(user, ASK) == [ANSWER]
    assert live.seen(user) == [ANSWER]
    assert await live.ends() == [("answered", "outcome_unknown")]
    assert await outcomes(live) == ["unknown", "token_refused"]
    assert [delivery.state for delivery in await deliveries(live)] == ["unknown"]
    assert len(set(reply_tokens(live))) == 1


@pytest.mark.parametrize("mode", [FaultMode.HANG, FaultMode.REFUSE])
async def test_an_answer_that_got_lost_is_sent_again_with_the_same_token(
    live: Running, user: User, mode: FaultMode
) -> None:
    live.line.fail(mode, endpoint="reply", seconds=2)
    assert await live.ask(user, ASK) == [ANSWER]
    assert await live.ends() == [("answered", None)]
    assert await outcomes(live) == ["unknown", "sent"]
    assert len(set(reply_tokens(live))) == 1


async def test_an_answer_shown_by_a_hanging_call_is_not_shown_twice(live: Running, user: User) -> None:
    live.line.fail(FaultMode.ACCEPT_THEN_HANG, endpoint="reply", seconds=2)
    await live.ask(user, ASK)
    assert live.seen(user) == [ANSWER]
    assert await live.ends() == [("answered", "outcome_unknown")]


async def test_a_busy_line_is_asked_again(live: Running, user: User) -> None:
    live.line.fail(FaultMode.STATUS, endpoint="reply", status=429, times=2)
    assert await live.ask(user, ASK) == [ANSWER]
    assert await live.ends() == [("answered", None)]
    assert await outcomes(live) == ["rate_limited", "rate_limited", "sent"]


async def test_refused_messages_are_sent_once_more_as_plain_text(live: Running, user: User) -> None:
    live.line.fail(FaultMode.STATUS, endpoint="reply", status=400, message="The request body has 1 error(s)")
    assert await live.ask(user, "您好") != []
    assert await outcomes(live) == ["content_refused", "sent"]
    [shown] = [message for message in live.line.visible_messages(live.central, user) if message.via == "reply"]
    assert "quickReply" not in shown.content


async def test_messages_refused_as_plain_text_too_end_visibly(live: Running, user: User) -> None:
    live.line.fail(FaultMode.STATUS, endpoint="reply", status=400, message="no", times=None)
    await live.ask(user, ASK)
    assert await live.ends() == [("failed", "content_refused")]
    [delivery] = await deliveries(live)
    assert (delivery.state, delivery.error) == ("refused", "no")


async def test_a_refused_channel_is_marked_until_it_works_again(live: Running, user: User) -> None:
    live.line.fail(FaultMode.STATUS, endpoint="reply", status=401)
    told = await live.line.user_says(live.central, user, ASK)
    await live.until(lambda events: bool(events and events[0].delivery_id))
    assert await live.answers(told) == [ANSWER]
    assert await outcomes(live) == ["access_refused", "sent"]
    [channel] = await live.rows(select(Channel))
    assert channel.broken_at is None


async def test_a_channel_that_line_goes_on_refusing_stays_marked(still: Running) -> None:
    await still.shops.open()
    still.line.fail(FaultMode.STATUS, endpoint="reply", status=403, times=None)
    await still.line.user_says(still.central, still.friend(), ASK)
    await still.until(lambda events: events[0].delivery_id is not None)
    assert still.shopkeeper.runner is not None
    await still.shopkeeper.runner.idle()
    [channel] = await still.rows(select(Channel))
    assert channel.broken_at == still.shopkeeper.ports.clock.now()
    assert (await still.events())[0].state == "working"


# When something of ours fails


class Failing:
    """An engine that fails the first `times` times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.calls, answer = 0, Engine.answer

        async def fail(engine: Engine, principal: Any, question: Question) -> Answer:
            self.calls += 1
            if self.calls <= times:
                raise ZeroDivisionError("a fault of ours, with a secret in it")
            return await answer(engine, principal, question)

        monkeypatch.setattr(Engine, "answer", fail)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many retries as ever, with shorter waits."""
    brief = timedelta(milliseconds=1)
    monkeypatch.setattr(tasks, "RETRIES", replace(tasks.RETRIES, first=brief, longest=brief))


@pytest.mark.usefixtures("impatient")
async def test_a_fault_that_passes_costs_no_answer(live: Running, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Failing(monkeypatch, times=2)
    assert await live.ask(user, ASK) == [ANSWER]
    assert failing.calls == 3
    assert await live.ends() == [("answered", None)]


@pytest.mark.usefixtures("impatient")
async def test_a_fault_that_stays_ends_with_an_apology_and_a_failed_event(
    live: Running, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(monkeypatch, times=99)
    assert await live.ask(user, ASK) == [say("line.sorry")]
    assert failing.calls == tasks.RETRIES.max_attempts
    assert await live.ends() == [("failed", "internal_error")]
    assert [delivery.state for delivery in await deliveries(live)] == ["sent"]


@pytest.mark.usefixtures("impatient")
async def test_a_fault_with_one_event_does_not_stop_its_lane(
    live: Running, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, times=tasks.RETRIES.max_attempts)
    await live.ask(user, ASK)
    assert await live.ask(user, ASK) == [ANSWER]
    assert [state for state, _ in await live.ends()] == ["failed", "answered"]


@pytest.mark.usefixtures("impatient")
async def test_an_apology_is_repeated_like_any_reply_and_stays_a_failure(
    live: Running, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, times=99)
    live.line.fail(FaultMode.STATUS, endpoint="reply", status=429)
    assert await live.ask(user, ASK) == [say("line.sorry")]
    assert await live.ends() == [("failed", "internal_error")]


@pytest.mark.usefixtures("impatient")
async def test_a_question_without_a_token_fails_without_an_apology(
    live: Running, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, times=99)
    event = {
        "type": "message",
        "mode": "active",
        "source": {"type": "user", "userId": user.user_id},
        "message": {"id": "1", "type": "text", "text": ASK},
    }
    await live.line.deliver(live.line.people.raw(live.central.channel_id, event))
    await live.settle()
    assert await live.ends() == [("failed", "internal_error")]
    assert reply_tokens(live) == []


async def test_a_token_that_ran_out_before_the_answer_is_said_to_have(still: Running, clock: ManualClock) -> None:
    await still.shops.open()
    user = still.friend()
    still.line.hold(still.central)
    told = await still.line.user_says(still.central, user, ASK)
    [attempt] = await still.line.release(still.central)
    assert attempt.accepted
    await still.settle()
    [used] = [told.reply_token]
    clock.advance(timedelta(minutes=2))
    again = {**told.occurrence.event, "webhookEventId": "01LATE", "replyToken": used}
    await still.line.deliver(still.line.people.raw(still.central.channel_id, again))
    await still.settle()
    assert (await still.ends())[1] == ("failed", "reply_token_expired")
    assert still.seen(user) == [ANSWER]


async def test_an_event_of_a_switched_off_channel_ends_visibly(live: Running, user: User) -> None:
    async with live.database.unit_of_work() as session:
        session.add(an_event(await central(live), user))
        await session.flush()
        (await session.get_one(Channel, await central(live))).is_active = False
    live.shopkeeper.channels.forget()
    await live.settle()
    assert await live.ends() == [("failed", "channel_gone")]


@pytest.mark.usefixtures("impatient")
async def test_an_event_of_a_channel_whose_secrets_cannot_be_opened_ends_visibly(live: Running, user: User) -> None:
    async with live.database.unit_of_work() as session:
        session.add(an_event(await central(live), user))
        await session.flush()
        (await session.get_one(Channel, await central(live))).token_box = b"sealed under another SECRET_KEY"
    live.shopkeeper.channels.forget()
    await live.settle()
    assert await live.ends() == [("failed", "internal_error")]


async def central(running: Running) -> uuid.UUID:
    channel = await running.shopkeeper.channels.find(None)
    assert channel is not None
    return channel.id


def an_event(channel_id: uuid.UUID, user: User) -> LineEvent:
    """A follow event as the inbox would have stored it, of which nobody was woken."""
    now = datetime.now(UTC)
    return LineEvent(
        channel_id=channel_id,
        webhook_event_id="01A",
        lane=f"line:{channel_id.hex}:{user.user_id}",
        type="follow",
        payload='{"type": "follow", "mode": "active"}',
        occurred_at=now,
        received_at=now,
        due_at=now,
        state="received",
    )


async def test_the_metrics_tell_how_events_ended(live: Running, user: User) -> None:
    await live.ask(user, ASK)
    await live.line.user_says(live.central, user, ASK, copies=2)
    await live.settle()
    exposed = live.shopkeeper.metrics.render().decode()
    assert "shopkeeper_line_events_received_total 3.0" in exposed
    assert 'shopkeeper_line_events_ended_total{reason="",state="answered"} 2.0' in exposed
    assert 'shopkeeper_line_deliveries_total{outcome="sent"} 2.0' in exposed
