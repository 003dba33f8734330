"""Reply and push by LINE's rules."""

from __future__ import annotations

import functools
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.bot.line.simulator.staging import Stage, text

REPLY = "/v2/bot/message/reply"
PUSH = "/v2/bot/message/push"
KEY = "123e4567-e89b-12d3-a456-426614174000"
INVALID_TOKEN = (400, {"message": "Invalid reply token"})


async def reply(stage: Stage, token: str, *messages: dict[str, Any], **headers: str) -> tuple[int, Any]:
    body = {"replyToken": token, "messages": list(messages) or [text("好")]}
    return await stage.call("POST", REPLY, body, **headers)


async def push(stage: Stage, to: str, words: str = "好", key: str | None = None) -> tuple[int, Any]:
    headers = {"X-Line-Retry-Key": key} if key else {}
    return await stage.call("POST", PUSH, {"to": to, "messages": [text(words)]}, **headers)


async def test_a_reply_token_works_once(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    status, answer = await reply(stage, said.reply_token)
    assert (status, len(answer["sentMessages"])) == (200, 1)
    assert await reply(stage, said.reply_token) == INVALID_TOKEN


async def test_a_refused_reply_leaves_the_token_usable(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    assert (await reply(stage, said.reply_token, text("")))[0] == 400
    assert (await reply(stage, said.reply_token))[0] == 200


async def test_a_reply_token_lives_for_a_minute(stage: Stage) -> None:
    early = await stage.line.user_says(stage.channel, stage.user, "一")
    stage.clock.advance(timedelta(seconds=60))
    assert (await reply(stage, early.reply_token))[0] == 200
    late = await stage.line.user_says(stage.channel, stage.user, "二")
    stage.clock.advance(timedelta(seconds=61))
    assert await reply(stage, late.reply_token) == INVALID_TOKEN


async def test_a_redelivery_gives_the_token_another_minute_within_twenty(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    stage.clock.advance(timedelta(minutes=19))
    await stage.line.sender.redeliver(said.attempts[0].number)
    stage.clock.advance(timedelta(seconds=59))
    assert (await reply(stage, said.reply_token))[0] == 200


async def test_no_redelivery_saves_a_token_after_twenty_minutes(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    stage.clock.advance(timedelta(minutes=20, seconds=1))
    await stage.line.sender.redeliver(said.attempts[0].number)
    assert await reply(stage, said.reply_token) == INVALID_TOKEN


async def test_another_channel_cannot_use_the_token(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    other = stage.line.add_channel("別家")
    status, _ = await reply(stage, said.reply_token, Authorization=f"Bearer {other.access_token}")
    assert status == 400
    assert (await reply(stage, said.reply_token))[0] == 200


async def test_a_retry_key_on_a_reply_is_refused(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    status, _ = await reply(stage, said.reply_token, text("好"), **{"X-Line-Retry-Key": KEY})
    assert status == 400
    assert stage.line.answers_to(said) == []


async def test_a_push_with_an_accepted_retry_key_answers_409_with_the_original(stage: Stage) -> None:
    await stage.line.follow(stage.channel, stage.user)
    _, first = await push(stage, stage.user.user_id, key=KEY)
    status, again = await push(stage, stage.user.user_id, key=KEY)
    assert (status, again["sentMessages"]) == (409, first["sentMessages"])
    assert len([m for m in stage.line.visible_messages(stage.channel, stage.user) if m.via == "push"]) == 1


async def test_the_409_names_the_accepted_request(stage: Stage) -> None:
    await push(stage, stage.user.user_id, key=KEY)
    headers = {"Authorization": f"Bearer {stage.channel.access_token}", "X-Line-Retry-Key": KEY}
    body = {"to": stage.user.user_id, "messages": [text("另一則")]}
    async with stage.session.post(stage.line.base_url + PUSH, json=body, headers=headers) as response:
        accepted = response.headers["x-line-accepted-request-id"]
    first, second = stage.line.platform.calls
    assert accepted == first.request_id
    assert "another body" in (second.note or "")


async def test_a_retry_key_is_forgotten_after_a_day(stage: Stage) -> None:
    await push(stage, stage.user.user_id, key=KEY)
    stage.clock.advance(timedelta(hours=24, seconds=1))
    assert (await push(stage, stage.user.user_id, key=KEY))[0] == 200


async def test_a_retry_key_must_be_a_uuid(stage: Stage) -> None:
    assert (await push(stage, stage.user.user_id, key="again"))[0] == 400


@pytest.mark.parametrize(("to", "message"), [("", "1 error(s)"), ("xiaoming", "'to'"), ("U" + "0" * 32, "Failed")])
async def test_a_push_to_nobody_is_refused(stage: Stage, to: str, message: str) -> None:
    status, answer = await push(stage, to)
    assert status == 400
    assert message in answer["message"]


async def test_a_push_to_someone_who_blocks_is_accepted_unseen_and_free(stage: Stage) -> None:
    await stage.line.follow(stage.channel, stage.user)
    await stage.line.block(stage.channel, stage.user)
    assert (await push(stage, stage.user.user_id))[0] == 200
    assert [m for m in stage.line.visible_messages(stage.channel, stage.user) if m.via] == []
    assert stage.channel.consumption == 0


async def test_a_non_friend_can_be_pushed_to_for_seven_days_after_writing(stage: Stage) -> None:
    await stage.line.user_says(stage.channel, stage.user, "嗨")
    await push(stage, stage.user.user_id, "七天內")
    stage.clock.advance(timedelta(days=7, seconds=1))
    await push(stage, stage.user.user_id, "七天後")
    seen = [message.content["text"] for message in stage.line.visible_messages(stage.channel, stage.user)]
    assert seen == ["嗨", "七天內"]


async def test_pushes_count_recipients_and_stop_at_the_monthly_limit(stage: Stage) -> None:
    stage.channel.monthly_limit = 4
    others = [stage.line.add_user(name) for name in ("小美", "阿宏")]
    group = stage.line.add_group("鄰居", [stage.user, *others], channel=stage.channel)
    assert (await push(stage, group.group_id))[0] == 200
    assert await push(stage, group.group_id) == (429, {"message": "You have reached your monthly limit."})
    assert (await stage.call("GET", "/v2/bot/message/quota/consumption"))[1] == {"totalUsage": 3}


async def test_replies_are_free(stage: Stage) -> None:
    stage.channel.monthly_limit = 0
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    assert (await reply(stage, said.reply_token))[0] == 200
    assert stage.channel.consumption == 0


async def test_a_body_over_two_megabytes_is_413(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.channel.access_token}"}
    body = io.BytesIO(b"a" * (2 * 1024 * 1024 + 1))
    async with stage.session.post(stage.line.base_url + PUSH, data=body, headers=headers) as response:
        assert response.status == 413


async def test_a_body_that_is_not_json_is_told_where(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.channel.access_token}"}
    async with stage.session.post(stage.line.base_url + PUSH, data=b'{"to"', headers=headers) as response:
        assert response.status == 400
        assert "line: 1" in json.loads(await response.read())["message"]


async def test_a_quote_token_of_the_chat_can_be_used_and_no_other(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    token = said.occurrence.event["message"]["quoteToken"]
    assert (await reply(stage, said.reply_token, text("好") | {"quoteToken": "made-up"}))[0] == 400
    assert (await reply(stage, said.reply_token, text("好") | {"quoteToken": token}))[0] == 200


async def test_a_multicast_stops_at_the_monthly_limit_and_its_key_lasts_a_day(stage: Stage) -> None:
    stage.channel.monthly_limit = 1
    await stage.line.follow(stage.channel, stage.user)
    body = {"to": [stage.user.user_id], "messages": [text("好")]}
    send = functools.partial(stage.call, "POST", "/v2/bot/message/multicast", body, **{"X-Line-Retry-Key": KEY})
    assert [(await send())[0], (await send())[0]] == [200, 409]
    stage.clock.advance(timedelta(hours=24, seconds=1))
    assert (await send())[0] == 429
    assert stage.channel.consumption == 1
