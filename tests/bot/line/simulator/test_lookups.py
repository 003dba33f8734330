"""Profiles, bot info, content, quota, loading, read marks and the webhook endpoint."""

from __future__ import annotations

from typing import Any

import pytest
from linebot.v3.messaging import BotInfoResponse, UserProfileResponse

from tests.bot.line.simulator.staging import Stage

LOADING = "/v2/bot/chat/loading/start"


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic abc"])
async def test_without_a_known_token_everything_is_401(stage: Stage, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    async with stage.session.get(f"{stage.line.base_url}/v2/bot/info", headers=headers) as response:
        assert response.status == 401
        assert "message" in await response.json()


async def test_every_answer_carries_a_request_id_of_its_own(stage: Stage) -> None:
    seen = set()
    for path in ("/v2/bot/info", "/v2/bot/nothing"):
        async with stage.session.get(stage.line.base_url + path) as response:
            seen.add(response.headers["x-line-request-id"])
    assert len(seen) == 2


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "message/push", 405), ("GET", "nothing", 404)])
async def test_an_unknown_path_or_method_is_refused(stage: Stage, method: str, path: str, status: int) -> None:
    assert (await stage.call(method, f"/v2/bot/{path}"))[0] == status


async def test_the_bot_info_is_what_the_sdk_reads(stage: Stage) -> None:
    _, answer = await stage.call("GET", "/v2/bot/info")
    info = BotInfoResponse.from_dict(answer)
    assert info is not None
    assert (info.user_id, info.display_name) == (stage.channel.bot_user_id, stage.channel.name)


async def test_a_profile_is_there_for_friends_until_they_block(stage: Stage) -> None:
    path = f"/v2/bot/profile/{stage.user.user_id}"
    assert (await stage.call("GET", path))[0] == 404
    await stage.line.follow(stage.channel, stage.user)
    profile = UserProfileResponse.from_dict((await stage.call("GET", path))[1])
    assert profile is not None
    assert profile.display_name == "小明"
    await stage.line.block(stage.channel, stage.user)
    assert (await stage.call("GET", path))[0] == 404


async def test_a_member_profile_needs_the_account_in_the_group(stage: Stage) -> None:
    group = stage.line.add_group("鄰居", [stage.user], channel=stage.channel)
    path = f"/v2/bot/group/{group.group_id}/member/{stage.user.user_id}"
    assert (await stage.call("GET", path))[1]["displayName"] == "小明"
    stage.line.people.remove_account(group.group_id)
    assert (await stage.call("GET", path))[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"loadingSeconds": 5}, 202),
        ({"loadingSeconds": 60}, 202),
        ({}, 202),
        ({"loadingSeconds": 7}, 400),
        ({"loadingSeconds": 65}, 400),
        ({"loadingSeconds": True}, 400),
        ({"loadingSeconds": [5]}, 400),
        ({"chatId": "C" + "0" * 32}, 400),
        ({"chatId": ""}, 400),
    ],
)
async def test_loading_takes_users_and_steps_of_five(stage: Stage, body: dict[str, Any], status: int) -> None:
    assert (await stage.call("POST", LOADING, {"chatId": stage.user.user_id} | body))[0] == status


async def test_a_message_of_the_account_ends_the_loading_animation(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    await stage.call("POST", LOADING, {"chatId": stage.user.user_id})
    where = (stage.channel.channel_id, stage.user.user_id)
    assert stage.line.platform.is_loading(*where)
    body = {"replyToken": said.reply_token, "messages": [{"type": "text", "text": "好"}]}
    await stage.call("POST", "/v2/bot/message/reply", body)
    assert not stage.line.platform.is_loading(*where)


async def test_content_is_prepared_then_there_then_gone(stage: Stage) -> None:
    sent = await stage.line.user_sends(stage.channel, stage.user, {"type": "video"}, data=b"film")
    path = f"/v2/bot/message/{sent.message_id}/content"
    blob = stage.line.platform.blobs[sent.message_id]
    blob.ready_at += 1
    assert (await stage.call("GET", path))[0] == 202
    blob.ready_at -= 1
    headers = {"Authorization": f"Bearer {stage.channel.access_token}"}
    async with stage.session.get(stage.line.base_url + path, headers=headers) as response:
        assert await response.read() == b"film"
    blob.gone = True
    assert (await stage.call("GET", path))[0] == 410
    assert (await stage.call("GET", "/v2/bot/message/1/content"))[0] == 404


async def test_a_read_token_marks_everything_before_it(stage: Stage) -> None:
    stage.channel.chat_mode = "chat"
    first = await stage.line.user_says(stage.channel, stage.user, "一")
    second = await stage.line.user_says(stage.channel, stage.user, "二")
    token = second.occurrence.event["message"]["markAsReadToken"]
    assert not any(message.read for message in stage.line.visible_messages(stage.channel, stage.user))
    assert (await stage.call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": token}))[0] == 200
    assert stage.line.platform.message(first.message_id).read
    assert (await stage.call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": "other"}))[0] == 400


async def test_the_quota_is_none_or_limited(stage: Stage) -> None:
    assert (await stage.call("GET", "/v2/bot/message/quota"))[1] == {"type": "none"}
    stage.channel.monthly_limit = 200
    assert (await stage.call("GET", "/v2/bot/message/quota"))[1] == {"type": "limited", "value": 200}


async def test_the_webhook_endpoint_can_be_set_read_and_tested(stage: Stage) -> None:
    path = "/v2/bot/channel/webhook"
    assert (await stage.call("PUT", f"{path}/endpoint", {"endpoint": stage.bot.url + "?x=1"}))[0] == 200
    assert (await stage.call("GET", f"{path}/endpoint"))[1] == {"endpoint": stage.bot.url + "?x=1", "active": True}
    _, result = await stage.call("POST", f"{path}/test", {})
    assert (result["success"], result["statusCode"], result["reason"]) == (True, 200, "OK")
    assert '"events":[]' in stage.bot.bodies[-1]


async def test_testing_an_endpoint_where_nobody_listens_says_so(stage: Stage) -> None:
    body = {"endpoint": "http://127.0.0.1:9/"}
    _, answer = await stage.call("POST", "/v2/bot/channel/webhook/test", body)
    assert (answer["success"], answer["reason"]) == (False, "COULD_NOT_CONNECT")
