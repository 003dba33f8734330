from __future__ import annotations

import pytest

from knowledge.importing.cleaning import joined, normalised, unspaced
from knowledge.importing.readers.lines import PageLine, blocks_of


def lines(*texts: str, page: int = 1) -> list[PageLine]:
    """Lines one below the other, as wide as their text."""
    return [
        PageLine(text, page, 72, 72 + 12 * len(text), at * 0.02, at * 0.02 + 0.015, 12) for at, text in enumerate(texts)
    ]


def test_a_paragraph_of_full_lines_is_one_without_spaces() -> None:
    found = list(blocks_of(lines("租金請於每月五號以前匯到指定的帳", "戶，逾期將酌收手續費。", "押金為兩個月租金。")))
    assert [block.text for block in found] == [
        "租金請於每月五號以前匯到指定的帳戶，逾期將酌收手續費。",
        "押金為兩個月租金。",
    ]


def test_each_mark_begins_a_paragraph() -> None:
    texts = [
        "問：租金何時繳納才不會算逾期？",
        "答：每月五號以前都不算是逾期的",
        "1. 匯款到指定帳戶就可以了喔喔",
        "• 超商代收也可以喔喔喔喔喔喔喔",
    ]
    assert [block.text for block in blocks_of(lines(*texts))] == texts


@pytest.mark.parametrize("number", ["- 3 -", "3", "第 3 頁", "第3頁，共10頁", "Page 3 of 10", "3/10", "p. 3"])
def test_page_numbers_are_left_out(number: str) -> None:
    assert [block.text for block in blocks_of(lines("內文第一段。", number))] == ["內文第一段。"]


def test_an_answer_that_two_pages_end_with_is_kept() -> None:
    pages = lines("問：甲？", "答：可以。") + lines("問：乙？", "答：可以。", page=2)
    assert [block.text for block in blocks_of(pages)].count("答：可以。") == 2


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("⽤⼾", "用戶"),
        ("ﬁnal", "final"),
        ("１２，０００元。（含稅）", "12，000元。（含稅）"),
        ("10² ½ ①", "10² ½ ①"),
        ("①⽤", "①用"),
    ],
)
def test_what_a_pdf_holds_is_made_plain_and_keeps_its_meaning(text: str, seen: str) -> None:
    assert normalised(text) == seen


def test_spaced_out_chinese_is_closed_up_and_other_text_is_not() -> None:
    assert unspaced("租 金 何 時 繳 ？ 每 月 5 號") == "租金何時繳？每月 5 號"
    assert unspaced("每月 5 號 請 繳 Rent") == "每月 5 號 請 繳 Rent"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["租金", "押金"], "租金押金"),
        (["the", "rent"], "the rent"),
        (["ac-", "count"], "account"),
        (["每月", "5 號"], "每月5 號"),
    ],
)
def test_lines_are_joined_as_their_script_is_written(parts: list[str], whole: str) -> None:
    assert joined(parts) == whole
