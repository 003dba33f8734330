"""The in-process twin against the client port's errors and answers."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

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


USER = "U" + "0" * 32
CALLS: dict[str, Callable[[LineClient, str], Awaitable[object]]] = {
    "push": lambda line, token: line.push(token, to=USER, messages=[text("嗨")], retry_key=uuid.uuid4()),
    "multicast": lambda line, token: line.multicast(token, to=[USER], messages=[text("嗨")], retry_key=uuid.uuid4()),
    "validate": lambda line, token: line.validate(token, messages=[text("嗨")], kind="push"),
    "markAsRead": lambda line, token: line.mark_as_read(token, mark_as_read_token="t"),
    "content": lambda line, token: line.content(token, message_id="1", limit_bytes=1),
    "quota": lambda line, token: line.quota(token),
    "consumption": lambda line, token: line.quota(token),
    "groupSummary": lambda line, token: line.group_summary(token, group_id="C1"),
    "memberProfile": lambda line, token: line.member_profile(token, group_id="R1", user_id=USER),
    "leave": lambda line, token: line.leave_group(token, group_id="C1"),
    "setWebhook": lambda line, token: line.set_webhook_endpoint(token, url="https://example.com/"),
    "createRichMenu": lambda line, token: line.create_rich_menu(token, menu={}),
    "uploadRichMenuImage": lambda line, token: line.upload_rich_menu_image(
        token, rich_menu_id="m", image=b"", content_type="image/png"
    ),
    "linkRichMenu": lambda line, token: line.link_rich_menu(token, user_id=USER, rich_menu_id="m"),
    "unlinkRichMenu": lambda line, token: line.unlink_rich_menu(token, user_id=USER),
    "deleteRichMenu": lambda line, token: line.delete_rich_menu(token, rich_menu_id="m"),
    "richMenus": lambda line, token: line.rich_menus(token),
}


@pytest.mark.parametrize("endpoint", CALLS)
async def test_every_call_can_fail_by_the_name_of_its_endpoint(stage: Stage, endpoint: str) -> None:
    stage.line.fail(FaultMode.STATUS, endpoint=endpoint, status=503)
    with pytest.raises(OutcomeUnknown):
        await CALLS[endpoint](client(stage), stage.channel.access_token)
    assert stage.line.faults.all() == ()


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
