"""What every LineClient keeps to, over the simulated LINE platform."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.line.client import (
    AccessRefused,
    BotInfo,
    InvalidReplyToken,
    LineClient,
    LineError,
    MessageRefused,
    OutcomeUnknown,
    Profile,
    QuotaExhausted,
    RateLimited,
)
from bot.line.messages import text_messages
from bot.line.sdk_client import SdkLineClient
from bot.line.simulator import Channel, FaultMode, InProcessLineClient, Simulator, User, Where

HELLO = [message.to_json() for message in text_messages("你好")]


@pytest.fixture
async def line() -> AsyncIterator[Simulator]:
    async with Simulator.running() as simulator:
        yield simulator


@pytest.fixture(params=["sdk", "in-process"])
async def client(request: pytest.FixtureRequest, line: Simulator) -> AsyncIterator[LineClient]:
    made: LineClient = SdkLineClient(line.base_url, timeout=1.0)
    if request.param == "in-process":
        made = InProcessLineClient(line.world.gate, timeout=1.0)
    yield made
    await made.close()


@pytest.fixture
def channel(line: Simulator) -> Channel:
    return line.add_channel("安居租管", line_id_name="@home", access_token="central-token")


@pytest.fixture
def user(line: Simulator, channel: Channel) -> User:
    someone = line.add_user("小明")
    line.people.follow(channel.channel_id, someone.user_id)
    return someone


@pytest.fixture
def reply_token(line: Simulator, channel: Channel, user: User) -> str:
    said = line.people.say(Where(channel.channel_id, user.user_id, user.user_id), "在嗎")
    assert said is not None
    return str(said.event["replyToken"])


def shown(line: Simulator, channel: Channel, user: User) -> list[str]:
    """The texts that the account visibly wrote."""
    messages = line.visible_messages(channel, user)
    return [str(message.content["text"]) for message in messages if message.via == "reply"]


async def test_a_reply_is_shown_and_its_receipt_names_the_request(
    client: LineClient, line: Simulator, channel: Channel, user: User, reply_token: str
) -> None:
    receipt = await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    assert shown(line, channel, user) == ["你好"]
    assert receipt.request_id == line.platform.calls[-1].request_id
    assert len(receipt.message_ids) == 1


async def test_a_reply_token_works_once(
    client: LineClient, line: Simulator, channel: Channel, user: User, reply_token: str
) -> None:
    await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    with pytest.raises(InvalidReplyToken) as refused:
        await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    assert refused.value.http_status == 400
    assert refused.value.request_id == line.platform.calls[-1].request_id
    assert shown(line, channel, user) == ["你好"]


@pytest.mark.parametrize(
    "messages",
    [
        [],
        HELLO * 6,
        [{"type": "text", "text": ""}],
        [{"type": "text", "text": "字" * 5001}],
        [{"type": "hologram"}],
        [{"type": "text"}],
        [{}],
    ],
    ids=["none", "six", "empty", "long", "unknown", "textless", "typeless"],
)
async def test_messages_that_line_does_not_take_are_refused_and_leave_the_token(
    client: LineClient, channel: Channel, reply_token: str, messages: list[dict[str, str]]
) -> None:
    with pytest.raises(MessageRefused):
        await client.reply(channel.access_token, reply_token=reply_token, messages=messages)
    await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)


async def test_a_refusal_says_what_line_said(client: LineClient, channel: Channel, reply_token: str) -> None:
    with pytest.raises(MessageRefused, match=r"messages\[0\].text"):
        await client.reply(
            channel.access_token, reply_token=reply_token, messages=[{"type": "text", "text": "字" * 5001}]
        )


async def test_a_wrong_access_token_is_refused(client: LineClient, reply_token: str) -> None:
    with pytest.raises(AccessRefused) as refused:
        await client.reply("another-token", reply_token=reply_token, messages=HELLO)
    assert refused.value.http_status == 401
    assert "another-token" not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (401, None, AccessRefused),
        (403, None, AccessRefused),
        (429, None, RateLimited),
        (429, "You have reached your monthly limit.", QuotaExhausted),
        (413, "Request exceeds the max size of 2MB.", MessageRefused),
        (408, None, OutcomeUnknown),
        (500, None, OutcomeUnknown),
        (503, None, OutcomeUnknown),
    ],
)
async def test_each_status_has_its_error(
    client: LineClient, line: Simulator, channel: Channel, status: int, message: str | None, cause: type[LineError]
) -> None:
    line.fail(FaultMode.STATUS, endpoint="reply", status=status, message=message)
    with pytest.raises(LineError) as failed:
        await client.reply(channel.access_token, reply_token="any", messages=HELLO)
    assert type(failed.value) is cause
    assert failed.value.http_status == status


@pytest.mark.parametrize("mode", [FaultMode.REFUSE, FaultMode.HANG])
async def test_a_call_that_never_arrived_is_unknown_and_may_be_repeated(
    client: LineClient, line: Simulator, channel: Channel, user: User, reply_token: str, mode: FaultMode
) -> None:
    line.fail(mode, endpoint="reply", seconds=3)
    with pytest.raises(OutcomeUnknown):
        await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    assert shown(line, channel, user) == ["你好"]


@pytest.mark.parametrize("mode", [FaultMode.ACCEPT_THEN_DROP, FaultMode.ACCEPT_THEN_STATUS, FaultMode.ACCEPT_THEN_HANG])
async def test_a_call_whose_answer_was_lost_is_unknown_and_shown_once(
    client: LineClient, line: Simulator, channel: Channel, user: User, reply_token: str, mode: FaultMode
) -> None:
    line.fail(mode, endpoint="reply", seconds=3)
    with pytest.raises(OutcomeUnknown):
        await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    with pytest.raises(InvalidReplyToken):
        await client.reply(channel.access_token, reply_token=reply_token, messages=HELLO)
    assert shown(line, channel, user) == ["你好"]


@pytest.mark.parametrize(("seconds", "sent"), [(1, 5), (7, 5), (20, 20), (600, 60)])
async def test_the_loading_animation_runs_in_steps_of_five_seconds(
    client: LineClient, line: Simulator, channel: Channel, user: User, seconds: int, sent: int
) -> None:
    await client.start_loading(channel.access_token, user_id=user.user_id, seconds=seconds)
    assert f'"loadingSeconds": {sent}' in line.platform.calls[-1].body
    assert line.platform.is_loading(channel.channel_id, user.user_id)


async def test_no_loading_animation_in_a_group(client: LineClient, channel: Channel) -> None:
    with pytest.raises(MessageRefused):
        await client.start_loading(channel.access_token, user_id="C" + "0" * 32)


async def test_bot_info_names_the_account_of_the_token(client: LineClient, line: Simulator, channel: Channel) -> None:
    other = line.add_channel("別家")
    assert await client.bot_info(channel.access_token) == BotInfo(
        user_id=channel.bot_user_id, basic_id="@home", display_name="安居租管"
    )
    assert (await client.bot_info(other.access_token)).user_id == other.bot_user_id


async def test_a_profile_is_there_for_friends_only(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    stranger = line.add_user("路人")
    assert await client.profile(channel.access_token, user_id=user.user_id) == Profile(
        user_id=user.user_id, display_name="小明", language="zh-Hant"
    )
    assert await client.profile(channel.access_token, user_id=stranger.user_id) is None


async def test_the_webhook_endpoint_is_told_and_tested(client: LineClient, channel: Channel) -> None:
    assert await client.webhook_endpoint(channel.access_token) is None
    channel.webhook_url = "http://127.0.0.1:9/line/webhook"
    endpoint = await client.webhook_endpoint(channel.access_token)
    assert endpoint is not None
    assert (endpoint.url, endpoint.is_active) == (channel.webhook_url, True)
    test = await client.test_webhook(channel.access_token)
    assert (test.success, test.status_code, test.reason) == (False, 0, "COULD_NOT_CONNECT")
