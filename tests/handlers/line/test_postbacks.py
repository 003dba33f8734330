from __future__ import annotations

import pytest

from bot.line.simulator import Where
from bot.texts import say
from tests.support.running import Running
from tests.support.shops import ASK
from tests.support.tapping import buttons


@pytest.mark.parametrize("data", ["action=buy&item=1", "o:nothing:x", "answer:nonsense", "release:nonsense", "🙂"])
async def test_a_button_of_another_time_gets_a_kind_word(still: Running, data: str) -> None:
    await still.shops.open()
    user = still.friend()
    assert await still.answers(await still.line.user_taps(still.central, user, data)) == [say("line.old_button")]
    assert [button["label"] for button in buttons(still, user)] == [ASK]


async def test_turning_a_menus_page_is_no_question(still: Running) -> None:
    await still.shops.open()
    user = still.friend()
    params = {"newRichMenuAliasId": "page-2", "status": "SUCCESS"}
    where = Where(still.central.channel_id, user.user_id, user.user_id)
    await still.line.deliver(still.line.people.postback(where, "menu-changed", params=params))
    await still.settle()
    assert await still.ends() == [("silent", "menu_switched")]
