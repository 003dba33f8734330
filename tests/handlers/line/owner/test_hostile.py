"""Taps and texts that nobody's phone would send: each is answered or passed over, and none fails."""

from __future__ import annotations

import asyncio

import pytest

from bot.texts import say
from tests.handlers.line.owner.conftest import Seat, seated
from tests.support.running import Running

ACTIONS = (
    "menu",
    "unanswered",
    "answer_cluster",
    "dismiss_cluster",
    "teach",
    "values",
    "set_value",
    "preview",
    "end_preview",
)
ARGUMENTS = (
    ":",
    "0",
    "-1",
    "٣",
    "9" * 40,
    "1:send:",
    "1:later:abcd",
    "yes:",
    "yes:abcd",
    "add:abcd",
    "undo",
    "' OR 1=1",
)
TEXTS = ("\u200b", "a\x00b", "{{x}}{y}{0}", "｛｝", "教" * 400, "改成" * 200, "𠮷" * 600, "!", "\n\n改成\n5", "/" * 300)


async def test_a_tap_with_a_senseless_argument_is_answered(owner: Seat) -> None:
    for action in ACTIONS:
        for argument in ARGUMENTS:
            await owner.does(action, argument)
    assert {state for state, _ in await owner.shop.ends()} <= {"answered", "silent"}


@pytest.mark.parametrize("begun", ["teach", "preview", "set_value"])
async def test_any_text_in_the_middle_of_a_dialog_is_answered(owner: Seat, begun: str) -> None:
    listed = await owner.does("values")
    for text in TEXTS:
        if begun == "set_value":
            await owner.presses(listed, say("values.change", name="繳費方式"))
        else:
            await owner.does(begun)
        await owner.says(text)
    assert {state for state, _ in await owner.shop.ends()} == {"answered"}


async def test_of_two_answers_at_once_one_counts(live: Running) -> None:
    owner, helper = await seated(live)
    await live.ask(live.friend("客人"), "可以帶寵物進去嗎？")
    drafts = []
    for seat in (owner, helper):
        await seat.presses(await seat.says("未回答"), "回答")
        drafts.append(await seat.says("可以。"))
    seen = await asyncio.gather(owner.presses(drafts[0], "送出"), helper.presses(drafts[1], "送出"))
    stored = [one.text.startswith(say("unanswered.stored")) for one in seen]
    assert sorted(stored) == [False, True]
    assert sum("剛剛已經有人回答了" in one.text for one in seen) == 1
