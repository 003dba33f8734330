"""What an account tells of itself and shows: its settings and its rich menus."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from bot.line.client import (
    BotInfo,
    LineClient,
    MessageRefused,
    RichMenu,
)
from bot.line.simulator import Channel, Simulator, User

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
