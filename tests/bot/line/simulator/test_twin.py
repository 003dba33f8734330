"""The in-process twin against the client port's errors and answers."""

from __future__ import annotations

import pytest

from bot.line.client import (
    AccessRefused,
    InvalidReplyToken,
    LineClient,
    LineError,
    MessageRefused,
    OutcomeUnknown,
    RateLimited,
)
from bot.line.simulator import FaultMode, InProcessLineClient
from tests.bot.line.simulator.staging import Stage, text


def client(stage: Stage) -> LineClient:
    return InProcessLineClient(stage.line.world.gate, timeout=0.05)


async def test_a_reply_is_shown_and_a_second_one_refused(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "嗨")
    token = stage.channel.access_token
    receipt = await client(stage).reply(token, reply_token=said.reply_token, messages=[text("好")])
    assert receipt.message_ids == tuple(message.message_id for message in stage.line.answers_to(said))
    with pytest.raises(InvalidReplyToken):
        await client(stage).reply(token, reply_token=said.reply_token, messages=[text("好")])


@pytest.mark.parametrize(
    ("mode", "status", "error"),
    [
        (FaultMode.STATUS, 401, AccessRefused),
        (FaultMode.STATUS, 403, AccessRefused),
        (FaultMode.STATUS, 429, RateLimited),
        (FaultMode.STATUS, 500, OutcomeUnknown),
        (FaultMode.STATUS, 400, MessageRefused),
        (FaultMode.REFUSE, 0, OutcomeUnknown),
        (FaultMode.HANG, 0, OutcomeUnknown),
    ],
)
async def test_a_fault_becomes_the_error_it_stands_for(
    stage: Stage, mode: FaultMode, status: int, error: type[LineError]
) -> None:
    stage.line.fail(mode, endpoint="info", status=status, seconds=0.2)
    with pytest.raises(error):
        await client(stage).bot_info(stage.channel.access_token)


async def test_the_account_the_person_and_the_webhook_are_found(stage: Stage) -> None:
    token = stage.channel.access_token
    assert (await client(stage).bot_info(token)).user_id == stage.channel.bot_user_id
    assert await client(stage).profile(token, user_id=stage.user.user_id) is None
    endpoint = await client(stage).webhook_endpoint(token)
    assert endpoint is not None
    assert endpoint.url == stage.bot.url
    assert (await client(stage).test_webhook(token)).success


async def test_loading_is_taken_to_steps_of_five(stage: Stage) -> None:
    await client(stage).start_loading(stage.channel.access_token, user_id=stage.user.user_id, seconds=63)
    assert stage.line.platform.is_loading(stage.channel.channel_id, stage.user.user_id)
