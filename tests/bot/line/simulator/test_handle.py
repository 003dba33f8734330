"""The simulator as tests use it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.bot.line.simulator.staging import Stage, text


async def test_a_reply_to_what_a_user_says_is_seen_in_the_chat(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "你好")
    await stage.call("POST", "/v2/bot/message/reply", {"replyToken": said.reply_token, "messages": [text("您好")]})
    (answer,) = await stage.line.wait_for_answer(said)
    assert answer.content["text"] == "您好"
    assert [seen.content["text"] for seen in stage.line.visible_messages(stage.channel, stage.user)] == ["你好", "您好"]


async def test_waiting_for_an_answer_that_never_comes_ends_with_an_error(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "有人嗎")
    with pytest.raises(TimeoutError, match="No answer to message"):
        await stage.line.wait_for_answer(said, timeout_seconds=0.01)


async def test_content_may_take_a_while_to_be_prepared(stage: Stage) -> None:
    sent = await stage.line.user_sends(stage.channel, stage.user, {"type": "video"}, data=b"film", ready_after=5)
    path = f"/v2/bot/message/{sent.message_id}/content/transcoding"
    assert (await stage.call("GET", path))[1] == {"status": "processing"}
    stage.clock.advance(timedelta(seconds=5))
    assert (await stage.call("GET", path))[1] == {"status": "succeeded"}
