"""Replies, pushes and multicasts: what arrives, what it costs, and what each failure means."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from bot.line.client import (
    AccessRefused,
    InvalidReplyToken,
    LineClient,
    LineError,
    MessageRefused,
    OutcomeUnknown,
    Quota,
    QuotaExhausted,
    RateLimited,
)
from bot.line.simulator import Channel, FaultMode, Simulator, User
from tests.contracts.line_client.conftest import HELLO, shown, ways


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
