"""Rich menus: their limits, their picture, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest
from linebot.v3.messaging import RichMenuListResponse

from tests.bot.line.simulator.staging import MENU, Stage, made_menu, png

MENUS = "/v2/bot/richmenu"
AREA = MENU["areas"][0]


def area(**bounds: int) -> list[dict[str, Any]]:
    return [AREA | {"bounds": AREA["bounds"] | bounds}]


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"size": {"width": 799, "height": 270}}, "size.width"),
        ({"size": {"width": 2501, "height": 1000}}, "size.width"),
        ({"size": {"width": 800, "height": 249}}, "size.height"),
        ({"size": {"width": 800, "height": 552}}, "size.height"),
        ({"size": None}, "size.width"),
        ({"selected": "yes"}, "selected"),
        ({"name": "n" * 301}, "name"),
        ({"chatBarText": "字" * 15}, "chatBarText"),
        ({"areas": [AREA] * 21}, "areas"),
        ({"areas": [AREA | {"bounds": None}]}, "areas[0].bounds"),
        ({"areas": area(x=401)}, "areas[0].bounds.width"),
        ({"areas": area(y=-1)}, "areas[0].bounds.height"),
        ({"areas": [AREA | {"action": {"type": "camera", "label": "拍照"}}]}, "areas[0].action.type"),
        ({"areas": [AREA | {"action": AREA["action"] | {"label": "字" * 21}}]}, "areas[0].action.label"),
    ],
)
async def test_a_menu_outside_of_the_limits_is_refused(stage: Stage, change: dict[str, Any], flaw: str) -> None:
    status, answer = await stage.call("POST", MENUS, MENU | change)
    assert status == 400
    assert flaw in [detail["property"] for detail in answer["details"]]


async def test_the_sdk_reads_the_list_of_menus(stage: Stage) -> None:
    made = await made_menu(stage)
    _, answer = await stage.call("GET", f"{MENUS}/list")
    listed = RichMenuListResponse.from_dict(answer)
    assert listed is not None
    assert [(menu.rich_menu_id, menu.chat_bar_text) for menu in listed.richmenus] == [(made, "店長選單")]
    assert (await stage.call("GET", f"{MENUS}/{made}"))[1]["name"] == "owner"


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (png(800, 270), "image/png", 200),
        (png(801, 270), "image/png", 400),
        (png(800, 270), "image/jpeg", 400),
        (png(800, 270), "image/gif", 415),
        (png(800, 270) + b"x" * 1024 * 1024, "image/png", 413),
        (b"GIF89a", "image/png", 400),
    ],
    ids=["fits", "other-size", "other-type", "gif", "large", "broken"],
)
async def test_a_picture_has_the_menus_size_and_a_known_type(
    stage: Stage, data: bytes, content_type: str, status: int
) -> None:
    _, made = await stage.call("POST", MENUS, MENU)
    path = f"{MENUS}/{made['richMenuId']}/content"
    assert await stage.upload(path, data, content_type=content_type) == status


async def test_a_picture_is_uploaded_once_and_the_log_keeps_only_its_size(stage: Stage) -> None:
    made = await made_menu(stage)
    assert stage.line.platform.calls[-1].body == "<29 bytes>"
    assert await stage.upload(f"{MENUS}/{made}/content", png(800, 270), content_type="image/png") == 400


async def test_a_menu_is_shown_to_a_user_until_it_is_taken_away(stage: Stage) -> None:
    made, mine = await made_menu(stage), f"/v2/bot/user/{stage.user.user_id}/richmenu"
    assert (await stage.call("POST", f"{mine}/{made}"))[0] == 200
    assert (await stage.call("GET", mine))[1] == {"richMenuId": made}
    _, state = await stage.control("GET", "/state")
    assert [(menu["user_id"], menu["content"]["name"]) for menu in state["menus"]] == [(stage.user.user_id, "owner")]
    assert (await stage.call("DELETE", f"{MENUS}/{made}"))[0] == 200
    assert (await stage.call("GET", mine))[0] == 404
    assert (await stage.call("POST", f"{mine}/{made}"))[0] == 404


async def test_the_menu_of_another_account_is_not_there(stage: Stage) -> None:
    made = await made_menu(stage)
    stage.channel = stage.line.add_channel("別家")
    assert (await stage.call("GET", f"{MENUS}/{made}"))[0] == 404
    assert (await stage.call("GET", f"{MENUS}/list"))[1] == {"richmenus": []}


@pytest.mark.parametrize("user_id", ["all", "C" + "0" * 32])
async def test_a_menu_is_linked_to_users_only(stage: Stage, user_id: str) -> None:
    made = await made_menu(stage)
    assert (await stage.call("POST", f"/v2/bot/user/{user_id}/richmenu/{made}"))[0] == 400
