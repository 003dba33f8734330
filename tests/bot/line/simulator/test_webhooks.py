"""How webhooks are sent: order, batches, duplicates, redelivery, failures."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from bot.line.simulator import Where
from bot.security.signatures import verify_line_webhook
from tests.bot.line.simulator.staging import Stage


def events(stage: Stage) -> list[dict[str, Any]]:
    return [event for body in stage.bot.bodies for event in json.loads(body)["events"]]


def texts(stage: Stage) -> list[str]:
    return [event["message"]["text"] for event in events(stage)]


async def test_the_signature_is_over_the_bytes_that_are_sent(stage: Stage) -> None:
    await stage.line.user_says(stage.channel, stage.user, "嗨")
    body = stage.bot.bodies[0].encode()
    assert verify_line_webhook(stage.channel.secret, body, stage.bot.signatures[0])


async def test_what_one_person_sends_at_once_arrives_in_order(stage: Stage) -> None:
    words = [str(number) for number in range(20)]
    await asyncio.gather(*(stage.line.user_says(stage.channel, stage.user, word) for word in words))
    assert texts(stage) == words


async def test_events_of_several_people_can_share_a_request(stage: Stage) -> None:
    other = stage.line.add_user("小美")
    said = [
        stage.line.people.say(Where(stage.channel.channel_id, user.user_id, user.user_id), user.display_name)
        for user in (stage.user, other)
    ]
    await stage.line.deliver(*said)
    assert len(stage.bot.bodies) == 1
    assert texts(stage) == ["小明", "小美"]


async def test_copies_carry_the_same_event(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨", copies=3)
    assert [event["webhookEventId"] for event in events(stage)] == [said.event_id] * 3


async def test_held_webhooks_are_released_in_the_order_asked_for(stage: Stage) -> None:
    stage.line.hold(stage.channel)
    for word in "一二三":
        await stage.line.user_says(stage.channel, stage.user, word)
    assert stage.bot.bodies == []
    await stage.line.release(stage.channel, order=lambda waiting: waiting.reverse(), batch_size=2)
    assert texts(stage) == ["三", "二", "一"]
    assert len(stage.bot.bodies) == 2


async def test_redelivery_is_off_unless_asked_for(stage: Stage) -> None:
    stage.bot.status = 500
    await stage.line.user_says(stage.channel, stage.user, "嗨")
    await stage.line.sender.settle()
    assert len(stage.bot.bodies) == 1


async def test_a_redelivery_differs_in_its_mark_alone_and_stops_at_a_2xx(stage: Stage) -> None:
    stage.line.redeliver_after(stage.channel, 0, 0, 0)
    stage.bot.statuses = [503, 500, 204]
    await stage.line.user_says(stage.channel, stage.user, "嗨")
    await stage.line.sender.settle()
    first, second, third = events(stage)
    assert second == third == first | {"deliveryContext": {"isRedelivery": True}}


async def test_a_bot_that_is_not_there_is_logged_as_such(stage: Stage) -> None:
    stage.channel.webhook_url = "http://127.0.0.1:9/"
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    assert said.attempts[0].error == "could not connect"
    assert not said.attempts[0].accepted


async def test_a_channel_without_a_webhook_url_is_told_nothing(stage: Stage) -> None:
    stage.channel.webhook_url = None
    assert (await stage.line.user_says(stage.channel, stage.user, "嗨")).attempts == ()


async def test_any_bytes_can_be_posted_with_any_signature(stage: Stage) -> None:
    attempt = await stage.line.sender.post(stage.channel, b"not json", signature="forged")
    assert attempt.status == 200
    assert (stage.bot.bodies, stage.bot.signatures) == (["not json"], ["forged"])
