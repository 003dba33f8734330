"""The simulator as tests use it."""

from __future__ import annotations

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
