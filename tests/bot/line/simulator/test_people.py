"""Webhook events as LINE writes them, read by the official SDK's parser."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from linebot.v3 import WebhookParser

from bot.line.simulator import Where
from bot.line.simulator.errors import ImpossibleStep, InvalidStep
from tests.bot.line.simulator.staging import Stage

CONTENTS: list[dict[str, Any]] = [
    {"type": "sticker", "packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC"},
    {"type": "image", "contentProvider": {"type": "line"}},
    {"type": "video", "duration": 1000, "contentProvider": {"type": "line"}},
    {"type": "audio", "duration": 1000, "contentProvider": {"type": "line"}},
    {"type": "file", "fileName": "合約.pdf", "fileSize": 22016},
    {"type": "location", "title": "家", "address": "台北", "latitude": 25.0, "longitude": 121.5},
]


def parsed(stage: Stage) -> list[Any]:
    """The events of the newest webhook, by the SDK, which checks the signature too."""
    parser = WebhookParser(stage.channel.secret)
    return list(parser.parse(stage.bot.bodies[-1], stage.bot.signatures[-1]))


async def test_a_text_is_a_message_event_with_all_its_tokens(stage: Stage) -> None:
    await stage.line.user_says(stage.channel, stage.user, "你好 🍎")
    (event,) = parsed(stage)
    assert (event.type, event.message.text, event.source.user_id) == ("message", "你好 🍎", stage.user.user_id)
    assert event.reply_token
    assert event.message.quote_token
    assert event.message.mark_as_read_token
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", event.webhook_event_id)
    assert event.timestamp == int(stage.clock.now().timestamp() * 1000)
    assert json.loads(stage.bot.bodies[-1])["destination"] == stage.channel.bot_user_id


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: str(content["type"]))
async def test_every_kind_of_content_is_known_to_the_sdk(stage: Stage, content: dict[str, Any]) -> None:
    sent = await stage.line.user_sends(stage.channel, stage.user, content)
    (event,) = parsed(stage)
    assert (event.message.type, event.message.id) == (content["type"], sent.message_id)
    assert type(event.message).__name__ == f"{str(content['type']).capitalize()}MessageContent"


async def test_following_blocking_and_unblocking_are_told(stage: Stage) -> None:
    await stage.line.follow(stage.channel, stage.user)
    assert parsed(stage)[0].follow.is_unblocked is False
    await stage.line.block(stage.channel, stage.user)
    assert parsed(stage)[0].type == "unfollow"
    await stage.line.follow(stage.channel, stage.user)
    assert parsed(stage)[0].follow.is_unblocked is True


async def test_a_postback_shows_its_text_and_sends_only_its_data(stage: Stage) -> None:
    await stage.line.user_taps(stage.channel, stage.user, "answer=7", display_text="看答案")
    (event,) = parsed(stage)
    assert (event.type, event.postback.data) == ("postback", "answer=7")
    assert stage.line.visible_messages(stage.channel, stage.user)[-1].content["text"] == "看答案"


async def test_an_unsent_message_leaves_the_chat_and_is_told_without_a_reply_token(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "打錯了")
    unsent = await stage.line.unsend(said)
    (event,) = parsed(stage)
    assert (event.unsend.message_id, unsent.reply_token) == (said.message_id, "")
    assert stage.line.visible_messages(stage.channel, stage.user) == []


async def test_a_message_cannot_be_unsent_after_a_day(stage: Stage) -> None:
    said = await stage.line.user_says(stage.channel, stage.user, "打錯了")
    stage.clock.advance(timedelta(hours=24, seconds=1))
    with pytest.raises(ImpossibleStep):
        await stage.line.unsend(said)


async def test_a_group_tells_of_joining_members_edits_and_leaving(stage: Stage) -> None:
    people, friend = stage.line.people, stage.line.add_user("小美")
    group = stage.line.add_group("鄰居", [stage.user])
    joined = people.invite_account(stage.channel.channel_id, group.group_id)
    came = people.join_group(group.group_id, friend.user_id)
    where = Where(stage.channel.channel_id, group.group_id, friend.user_id)
    said = people.say(where, "@安居租管 在嗎", mentions=[stage.channel.bot_user_id])
    assert said is not None
    assert said.message is not None
    edited = people.edit(said.message.message_id, text="在嗎")
    left = people.leave_group(group.group_id, friend.user_id)
    gone = people.remove_account(group.group_id)
    await stage.line.deliver(joined, came, said, edited, left, gone)
    events = parsed(stage)
    types = ["join", "memberJoined", "message", "messageEdited", "memberLeft", "leave"]
    assert [event.type for event in events] == types
    assert all(event.source.group_id == group.group_id for event in events)
    mention = events[2].message.mention.mentionees[0]
    assert (mention.index, mention.length, mention.is_self) == (0, 5, True)


async def test_a_group_without_the_account_tells_nobody(stage: Stage) -> None:
    group = stage.line.add_group("鄰居", [stage.user])
    where = Where(stage.channel.channel_id, group.group_id, stage.user.user_id)
    assert stage.line.people.say(where, "有人嗎") is None
    assert [message.content["text"] for message in stage.line.visible_messages(stage.channel, group)] == ["有人嗎"]


async def test_someone_who_blocks_has_to_unblock_before_writing(stage: Stage) -> None:
    await stage.line.block(stage.channel, stage.user)
    with pytest.raises(ImpossibleStep):
        await stage.line.user_says(stage.channel, stage.user, "嗨")


@pytest.mark.parametrize("words", ["", "字" * 5001, "🍎" * 2501])
async def test_a_text_that_the_app_would_not_send_is_refused(stage: Stage, words: str) -> None:
    with pytest.raises(InvalidStep):
        await stage.line.user_says(stage.channel, stage.user, words)
