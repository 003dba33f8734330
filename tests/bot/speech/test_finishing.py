from __future__ import annotations

import pytest

from bot.speech.finishing import finished
from bot.speech.port import Segment


@pytest.mark.parametrize(
    ("text", "told", "written", "language"),
    [
        ("请问软件怎么用", None, "請問軟體怎麼用", "zh"),
        ("请问软件怎么用", "Chinese", "請問軟體怎麼用", "zh"),
        ("我住中正里", "zh-TW", "我住中正里", "zh"),
        ("会議は何時ですか", "japanese", "会議は何時ですか", "ja"),
        ("会議は何時ですか", None, "会議は何時ですか", None),
        ("Hello", "english", "Hello", "en"),
        ("Hola", "spanish", "Hola", "spanish"),
    ],
)
def test_chinese_is_written_as_in_taiwan_and_nothing_else_is_touched(
    text: str, told: str | None, written: str, language: str | None
) -> None:
    found = finished(text, language=told)
    assert (found.text, found.language) == (written, language)


def test_segments_are_written_as_the_whole_is() -> None:
    found = finished(
        "我们吃面", language="zh", segments=[Segment(" 我们", 0, 1), Segment("吃面", 1, 2), Segment(" ", 2, 3)]
    )
    assert [segment.text for segment in found.segments] == ["我們", "吃麵"]


@pytest.mark.parametrize("text", ["", "  \n", "說明。"])
def test_a_model_that_heard_nothing_said_nothing(text: str) -> None:
    found = finished(text, language="zh", prompt="說明。")
    assert (found.text, found.language, found.segments) == ("", None, ())
