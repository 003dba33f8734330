from __future__ import annotations

import pytest

from bot.traditional import as_written, in_traditional, is_simplified, is_traditional


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("外带餐盒\n統一編號 電話 謝謝", "外帶餐盒\n統一編號 電話 謝謝"),
        ("滞纳金三百元，請於期限內繳納櫃檯，謝謝", "滯納金三百元，請於期限內繳納櫃檯，謝謝"),
        ("强力去污符合国标", "强力去污符合国标"),
        ("中正里 皇后 台北", "中正里 皇后 台北"),
        ("Rent: 300", "Rent: 300"),
        ("", ""),
    ],
)
def test_a_few_simplified_characters_in_traditional_text_are_mended(text: str, written: str) -> None:
    assert as_written(text) == written


def test_what_both_scripts_write_alike_is_neither() -> None:
    assert [character for character in "国國里a1" if is_simplified(character)] == ["国"]
    assert [character for character in "国國里a1" if is_traditional(character)] == ["國"]


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("请问软件什么时候可以用", "請問軟體什麼時候可以用"),
        ("我要吃面，谢谢", "我要吃麵，謝謝"),
        ("hello", "hello"),
    ],
)
def test_what_was_heard_is_written_as_in_taiwan(heard: str, written: str) -> None:
    assert in_traditional(heard) == written
