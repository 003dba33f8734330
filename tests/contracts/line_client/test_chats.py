"""Who is in a chat, what they sent, and what they see of the account at work."""

from __future__ import annotations

import pytest

from bot.line.client import (
    Content,
    ContentGone,
    ContentNotReady,
    ContentTooLarge,
    GroupSummary,
    LineClient,
    MessageRefused,
    Profile,
)
from bot.line.simulator import Channel, Simulator, User, Where
from bot.line.simulator.model import GroupKind


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


async def test_a_profile_is_there_for_friends_only(
    client: LineClient, line: Simulator, channel: Channel, user: User
) -> None:
    stranger = line.add_user("路人")
    assert await client.profile(channel.access_token, user_id=user.user_id) == Profile(
        user_id=user.user_id, display_name="小明", language="zh-Hant"
    )
    assert await client.profile(channel.access_token, user_id=stranger.user_id) is None


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
