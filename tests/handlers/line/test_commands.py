from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.line.commands import Command, CommandName, command_text, read_command

WITH_ARGUMENT = [name for name in CommandName if name is not CommandName.DESK]
INVISIBLE = st.text(" \t\n\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u2009", max_size=3)
CODES = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789-", max_size=20)


@st.composite
def typed(draw: st.DrawFn, command: str) -> str:
    """A command as a keyboard may write it: full-width or small @, stray and invisible spaces in between."""
    at = draw(st.sampled_from("@＠﹫"))
    parts = [draw(INVISIBLE), at, *(character + draw(INVISIBLE) for character in command)]
    return draw(INVISIBLE).join(parts[:2]) + "".join(parts[2:])


def fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize("name", WITH_ARGUMENT)
@given(data=st.data(), code=CODES, wide=st.booleans())
def test_a_command_is_read_however_it_is_typed(name: CommandName, data: st.DataObject, code: str, wide: bool) -> None:
    text = data.draw(typed(name.value)) + data.draw(INVISIBLE) + (fullwidth(code) if wide else code)
    assert read_command(text) == Command(name, code)


@given(text=st.text(max_size=80))
def test_no_text_breaks_the_reader_and_its_decomposed_form_reads_alike(text: str) -> None:
    assert read_command(text) == read_command(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@我是店长", CommandName.CLAIM),
        ("＠解除店长", CommandName.RELEASE),
        ("@进店AB23CD", CommandName.ENTER_SHOP),
        ("@换店", CommandName.CHANGE_SHOP),
        ("@店长", CommandName.DESK),
    ],
)
def test_simplified_spellings_count(text: str, name: CommandName) -> None:
    assert (command := read_command(text)) is not None
    assert command.name is name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "我是店長",
        "請問 @我是店長 怎麼用",
        "@店長 你們幾點打烊？",
        "> @我是店長",
        "@我是店長" + "請問這個指令是做什麼用的，我在群組裡看到有人打" * 4,
        "@進電",
        "我是店長 請問怎麼開始",
        "我是店員王小明",
        "進店消費有折扣嗎",
        "進店要脫鞋嗎？",
        "換店 AB23CD",
    ],
)
def test_an_ordinary_message_is_no_command(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("我是店長 K7QM-2XWP-9RTD", Command(CommandName.CLAIM, "K7QM-2XWP-9RTD")),
        ("我是店長：k7qm2xwp9rtd", Command(CommandName.CLAIM, "k7qm2xwp9rtd")),
        ("@我是店長：K7QM-2XWP-9RTD。", Command(CommandName.CLAIM, "K7QM-2XWP-9RTD")),
        ("我是店員Ｋ７ＱＭ－２ＸＷＰ－９ＲＴＤ", Command(CommandName.JOIN_STAFF, "K7QM-2XWP-9RTD")),
        ("進店 ab23cd", Command(CommandName.ENTER_SHOP, "ab23cd")),
        ("进店AB23CD", Command(CommandName.ENTER_SHOP, "AB23CD")),
    ],
)
def test_a_code_makes_up_for_a_forgotten_sign(text: str, command: Command) -> None:
    assert read_command(text) == command


@pytest.mark.parametrize("name", WITH_ARGUMENT)
@pytest.mark.parametrize("argument", ["", "AB23CD"])
def test_a_written_command_reads_back(name: CommandName, argument: str) -> None:
    assert read_command(command_text(name, argument)) == Command(name, argument)
