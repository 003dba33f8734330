"""The ways in which the API side fails, over real connections."""

from __future__ import annotations

import aiohttp
import pytest

from bot.line.simulator import FaultMode
from tests.bot.line.simulator.staging import Stage, text

REPLY = "/v2/bot/message/reply"
CUT = [FaultMode.REFUSE, FaultMode.HANG, FaultMode.ACCEPT_THEN_DROP, FaultMode.ACCEPT_THEN_HANG]


async def reply(stage: Stage, token: str) -> int:
    return (await stage.call("POST", REPLY, {"replyToken": token, "messages": [text("好")]}))[0]


@pytest.mark.parametrize("mode", CUT)
async def test_a_cut_connection_shows_the_message_only_where_it_was_accepted(stage: Stage, mode: FaultMode) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    stage.line.fail(mode, endpoint="reply", seconds=0.01)
    with pytest.raises(aiohttp.ClientError):
        await reply(stage, said.reply_token)
    assert bool(stage.line.answers_to(said)) == mode.value.startswith("accept")
    assert stage.line.platform.calls[-1].status is None
    # The same token again settles what the caller couldn't know.
    assert await reply(stage, said.reply_token) == (400 if mode.value.startswith("accept") else 200)
    assert len(stage.line.answers_to(said)) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_a_status_is_answered_as_often_as_asked_and_does_nothing(stage: Stage, status: int) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    stage.line.fail(FaultMode.STATUS, endpoint="reply", status=status, times=2)
    assert [await reply(stage, said.reply_token) for _ in range(3)] == [status, status, 200]


async def test_an_accepted_reply_can_answer_an_error(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    stage.line.fail(FaultMode.ACCEPT_THEN_STATUS, endpoint="reply")
    assert await reply(stage, said.reply_token) == 500
    assert len(stage.line.answers_to(said)) == 1


async def test_a_slow_answer_is_an_answer(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    stage.line.fail(FaultMode.SLOW, endpoint="reply", seconds=0.01)
    assert await reply(stage, said.reply_token) == 200


async def test_a_fault_hits_its_own_endpoint_only(stage: Stage) -> None:
    stage.line.fail(FaultMode.STATUS, endpoint="push", times=None)
    assert (await stage.call("GET", "/v2/bot/info"))[0] == 200
    stage.line.fail(FaultMode.STATUS, times=1)
    assert (await stage.call("GET", "/v2/bot/info"))[0] == 500
