"""What every LineClient keeps to, over the simulated LINE platform."""

from __future__ import annotations

import struct
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.line.client import (
    AccessRefused,
    BotInfo,
    Content,
    ContentGone,
    ContentNotReady,
    ContentTooLarge,
    GroupSummary,
    InvalidReplyToken,
    LineClient,
    LineError,
    MessageRefused,
    OutcomeUnknown,
    Profile,
    Quota,
    QuotaExhausted,
    RateLimited,
    RichMenu,
)
from bot.line.messages import text_messages
from bot.line.sdk_client import SdkLineClient
from bot.line.simulator import Channel, FaultMode, InProcessLineClient, Simulator, User, Where
from bot.line.simulator.model import GroupKind

HELLO = [message.to_json() for message in text_messages("你好")]
MENU = {
    "size": {"width": 800, "height": 270},
    "selected": True,
    "name": "owner",
    "chatBarText": "店長選單",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 400, "height": 270},
            "action": {"type": "postback", "label": "今日摘要", "data": "today", "displayText": "今日摘要"},
        }
    ],
}
PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 270) + b"\x08\x02\x00\x00\x00"


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


def ways(line: Simulator, channel: Channel, user: User) -> list[str | None]:
    """How what a person sees came there, such as "reply" or "push"."""
    return [message.via for message in line.visible_messages(channel, user)]


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


@pytest.mark.parametrize("seconds", [None, 7])
async def test_too_many_requests_may_say_how_long_to_wait(
    client: LineClient, line: Simulator, channel: Channel, seconds: int | None
) -> None:
    line.fail(FaultMode.STATUS, endpoint="push", status=429, retry_after=seconds)
    with pytest.raises(RateLimited) as limited:
        await client.push(channel.access_token, to="U" + "0" * 32, messages=HELLO, retry_key=uuid.uuid4())
    assert limited.value.retry_after == seconds


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
        user_id=channel.bot_user_id,
        basic_id="@home",
        display_name="安居租管",
        chat_mode="bot",
        mark_as_read_mode="auto",
    )
    channel.chat_mode = "chat"
    info = await client.bot_info(channel.access_token)
    assert (info.chat_mode, info.mark_as_read_mode) == ("chat", "manual")
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
    await client.set_webhook_endpoint(channel.access_token, url="http://127.0.0.1:9/other")
    assert channel.webhook_url == "http://127.0.0.1:9/other"
    with pytest.raises(MessageRefused):
        await client.set_webhook_endpoint(channel.access_token, url="ftp://127.0.0.1/")
    channel.webhook_url = None
    test = await client.test_webhook(channel.access_token, url="http://127.0.0.1:9/")
    channel.webhook_url = "http://127.0.0.1:9/line/webhook"
    test = await client.test_webhook(channel.access_token)
    assert (test.success, test.status_code, test.reason) == (False, 0, "COULD_NOT_CONNECT")


async def test_a_push_repeated_with_its_key_is_shown_and_counted_once(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    key = uuid.uuid4()
    first = await client.push(channel.access_token, to=user.user_id, messages=HELLO, retry_key=key)
    again = await client.push(channel.access_token, to=user.user_id, messages=HELLO, retry_key=key)
    assert (first.accepted_before, again.accepted_before) == (False, True)
    assert (again.request_id, again.message_ids) == (first.request_id, first.message_ids)
    assert ways(line, channel, user).count("push") == 1
    assert await client.quota(channel.access_token) == Quota(limit=None, used=1)


async def test_a_push_to_a_group_counts_its_members_and_the_month_ends(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    group, channel.monthly_limit = line.add_group("鄰居", [user, line.add_user("小美")], channel=channel), 3
    send: dict[str, Any] = {"token": channel.access_token, "to": group.group_id, "messages": HELLO}
    await client.push(**send, retry_key=uuid.uuid4())
    with pytest.raises(QuotaExhausted):
        await client.push(**send, retry_key=uuid.uuid4())
    assert await client.quota(channel.access_token) == Quota(limit=3, used=2)


async def test_a_multicast_reaches_friends_and_counts_only_them(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    blocker, stranger, key = line.add_user("阿明"), line.add_user("路人"), uuid.uuid4()
    line.people.follow(channel.channel_id, blocker.user_id)
    line.people.block(channel.channel_id, blocker.user_id)
    to = [user.user_id, blocker.user_id, stranger.user_id]
    first = await client.multicast(channel.access_token, to=to, messages=HELLO, retry_key=key)
    again = await client.multicast(channel.access_token, to=to, messages=HELLO, retry_key=key)
    assert (again.accepted_before, again.request_id, again.message_ids) == (True, first.request_id, ())
    reached = [one for one in (user, blocker, stranger) if "multicast" in ways(line, channel, one)]
    assert reached == [user]
    assert channel.consumption == 1


@pytest.mark.parametrize("to", [[], ["C" + "0" * 32], ["U" + "0" * 32] * 2, [f"U{n:032x}" for n in range(501)]])
async def test_a_multicast_takes_up_to_500_different_users(client: LineClient, channel: Channel, to: list[str]) -> None:
    with pytest.raises(MessageRefused):
        await client.multicast(channel.access_token, to=to, messages=HELLO, retry_key=uuid.uuid4())


@pytest.mark.parametrize("mode", [FaultMode.ACCEPT_THEN_DROP, FaultMode.ACCEPT_THEN_STATUS])
async def test_a_push_whose_answer_was_lost_is_known_to_have_arrived_when_repeated(
    client: LineClient, line: Simulator, channel: Channel, user: User, mode: FaultMode
) -> None:
    line.fail(mode, endpoint="push")
    send: dict[str, Any] = {"token": channel.access_token, "to": user.user_id, "messages": HELLO}
    send["retry_key"] = uuid.uuid4()
    with pytest.raises(OutcomeUnknown):
        await client.push(**send)
    assert (await client.push(**send)).accepted_before


@pytest.mark.parametrize("kind", ["reply", "push"])
async def test_messages_are_checked_without_being_sent(
    client: LineClient, line: Simulator, channel: Channel, user: User, kind: Any
) -> None:
    await client.validate(channel.access_token, messages=HELLO, kind=kind)
    with pytest.raises(MessageRefused, match="text"):
        await client.validate(channel.access_token, messages=[{"type": "text", "text": "字" * 5001}], kind=kind)
    assert shown(line, channel, user) == []


async def test_a_message_is_marked_as_read_by_its_token(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    said = line.people.say(Where(channel.channel_id, user.user_id, user.user_id), "在嗎")
    assert said is not None
    assert said.message is not None
    await client.mark_as_read(channel.access_token, mark_as_read_token=said.event["message"]["markAsReadToken"])
    assert said.message.read
    with pytest.raises(MessageRefused):
        await client.mark_as_read(channel.access_token, mark_as_read_token="another")


async def test_content_is_prepared_then_read_up_to_its_limit_then_gone(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    sent = line.people.send(
        Where(channel.channel_id, user.user_id), {"type": "audio"}, data=b"x" * 200_000, content_type="audio/x-m4a"
    )
    assert sent is not None
    assert sent.message is not None
    fetch = {"token": channel.access_token, "message_id": sent.message.message_id}
    blob = line.platform.blobs[sent.message.message_id]
    blob.ready_at += 60_000
    with pytest.raises(ContentNotReady):
        await client.content(**fetch, limit_bytes=200_000)
    blob.ready_at -= 60_000
    assert await client.content(**fetch, limit_bytes=200_000) == Content(data=blob.data, content_type="audio/x-m4a")
    with pytest.raises(ContentTooLarge):
        await client.content(**fetch, limit_bytes=199_999)
    blob.gone = True
    with pytest.raises(ContentGone):
        await client.content(**fetch, limit_bytes=200_000)
    with pytest.raises(ContentGone):
        await client.content(channel.access_token, message_id="../1?x=#", limit_bytes=1)


async def test_a_group_and_its_members_are_seen_from_inside_only(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    group, token = line.add_group("鄰居", [user], channel=channel), channel.access_token
    ask = {"group_id": group.group_id, "user_id": user.user_id}
    assert await client.group_summary(token, group_id=group.group_id) == GroupSummary(
        group_id=group.group_id, name="鄰居"
    )
    assert await client.member_profile(token, **ask) == Profile(user_id=user.user_id, display_name="小明")
    await client.leave_group(token, group_id=group.group_id)
    assert await client.group_summary(token, group_id=group.group_id) is None
    assert await client.member_profile(token, **ask) is None
    with pytest.raises(MessageRefused):
        await client.leave_group(token, group_id=group.group_id)


async def test_a_room_has_members_but_no_summary(client: LineClient, line: Simulator, channel: Channel) -> None:
    member, token = line.add_user("小美"), channel.access_token
    room = line.platform.directory.add_group("", [member.user_id], kind=GroupKind.ROOM)
    room.channel_id = channel.channel_id
    assert await client.group_summary(token, group_id=room.group_id) is None
    assert await client.member_profile(token, group_id=room.group_id, user_id=member.user_id) is not None
    await client.leave_group(token, group_id=room.group_id)
    assert room.channel_id is None


async def test_a_rich_menu_is_made_shown_and_taken_away(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    token, seen_by = channel.access_token, (channel.channel_id, user.user_id)
    made = await client.create_rich_menu(token, menu=MENU)
    link = {"user_id": user.user_id, "rich_menu_id": made}
    with pytest.raises(MessageRefused, match="image"):
        await client.link_rich_menu(token, **link)
    with pytest.raises(MessageRefused):
        await client.upload_rich_menu_image(token, rich_menu_id=made, image=b"x" * 1_048_577, content_type="image/png")
    await client.upload_rich_menu_image(token, rich_menu_id=made, image=PICTURE, content_type="image/png")
    await client.link_rich_menu(token, **link)
    shown_menu = line.platform.menus.linked(*seen_by)
    assert shown_menu is not None
    assert (shown_menu.content, shown_menu.picture) == (MENU, PICTURE)
    assert await client.rich_menus(token) == [RichMenu(id=made, name="owner")]
    await client.unlink_rich_menu(token, user_id=user.user_id)
    assert line.platform.menus.linked(*seen_by) is None
    await client.delete_rich_menu(token, rich_menu_id=made)
    await client.delete_rich_menu(token, rich_menu_id=made)
    assert await client.rich_menus(token) == []
    with pytest.raises(MessageRefused):
        await client.link_rich_menu(token, **link)


@pytest.mark.parametrize("change", [{"chatBarText": "字" * 15}, {"size": {"width": 800, "height": 800}}, {"name": ""}])
async def test_a_rich_menu_outside_of_lines_limits_is_refused(
    client: LineClient, channel: Channel, change: dict[str, Any]
) -> None:
    with pytest.raises(MessageRefused):
        await client.create_rich_menu(channel.access_token, menu=MENU | change)
