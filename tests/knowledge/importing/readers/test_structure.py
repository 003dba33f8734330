from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.importing.readers.passages import passages
from knowledge.importing.rows import Flaw, Reading

Parse = Callable[..., Reading]
Pairs = list[tuple[str, str]]


def pairs(reading: Reading) -> Pairs:
    return [(row.question, row.answer) for row in reading.rows]


@pytest.mark.parametrize(
    "text",
    [
        "Q: 租金何時繳？\nA: 每月 5 號。\nQ: 押金多少？\nA: 兩個月。",
        "Q1. 租金何時繳？\nA1. 每月 5 號。\n\nQ2. 押金多少？\nA2. 兩個月。",
        "問：租金何時繳？\n答：每月 5 號。\n\n問：押金多少？\n答：兩個月。",
        "問題一：租金何時繳？\n答案：每月 5 號。\n問題二：押金多少？\n答案：兩個月。",
        "【問】租金何時繳？\n【答】每月 5 號。\n【問】押金多少？\n【答】兩個月。",
        "Q：租金何時繳？ A：每月 5 號。\nQ：押金多少？ A：兩個月。",
        "Q1 租金何時繳？\n每月 5 號。\n\nQ2 押金多少？\n兩個月。",
        "1. 租金何時繳？\n每月 5 號。\n\n2. 押金多少？\n兩個月。",
        "一、租金何時繳？\n\n每月 5 號。\n\n二、押金多少？\n\n兩個月。",
        "租金何時繳？\n每月 5 號。\n\n押金多少？\n兩個月。",
        "1. Q：租金何時繳？\nA：每月 5 號。\n2. Q：押金多少？\nA：兩個月。",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_questions_are_found_however_they_are_marked(parse: Parse, text: str, name: str) -> None:
    reading = parse(text, name)
    assert pairs(reading) == [("租金何時繳？", "每月 5 號。"), ("押金多少？", "兩個月。")]
    assert reading.needs_questions is False


def test_an_answer_goes_on_until_the_next_question(parse: Parse) -> None:
    text = "Q：怎麼退租？\nA：請照這些步驟：\n1. 一個月前告知\n2. 點交\n\n最後退還押金。\n\nQ：幾號繳？\nA：5 號"
    assert pairs(parse(text, "a.txt")) == [
        ("怎麼退租？", "請照這些步驟：\n1. 一個月前告知\n2. 點交\n\n最後退還押金。"),
        ("幾號繳？", "5 號"),
    ]


def test_choices_in_an_answer_keep_their_letters(parse: Parse) -> None:
    text = "Q：有哪些方案？\nA：兩種：\nA. 月繳\nB. 年繳\n\n## 怎麼選？\n\n答：都可以\n"
    assert pairs(parse(text, "a.md")) == [("有哪些方案？", "兩種：\nA. 月繳\nB. 年繳"), ("怎麼選？", "都可以")]


def test_a_question_without_an_answer_is_told_of(parse: Parse) -> None:
    reading = parse("Q：甲？\nQ：乙？\nA：丙", "a.txt")
    assert pairs(reading) == [("乙？", "丙")]
    assert [(problem.number, problem.code) for problem in reading.problems] == [(1, Flaw.ANSWER_MISSING)]


def test_sections_take_their_headings_for_questions(parse: Parse) -> None:
    reading = parse(
        "# 租屋須知\n\n## 繳費\n\n每月 5 號。\n\n### 逾期\n\n加收 200 元。\n\n## 退租\n\n一個月前告知。\n", "a.md"
    )
    assert pairs(reading) == [("繳費", "每月 5 號。"), ("繳費 – 逾期", "加收 200 元。"), ("退租", "一個月前告知。")]
    assert (reading.title, reading.needs_questions) == ("租屋須知", True)
    assert [row.place for row in reading.rows] == ["line 3", "line 7", "line 11"]


def test_free_text_becomes_passages_that_end_with_sentences(parse: Parse) -> None:
    text = "".join(f"這是第 {number} 句話，說明租屋的各種規定與注意事項。" for number in range(100))
    reading = parse(text, "a.txt")
    assert "".join(row.answer for row in reading.rows) == text
    assert all(300 <= len(row.answer) <= 500 for row in reading.rows[:-1])
    assert reading.rows[1].question.startswith("這是第")
    assert reading.needs_questions


def test_a_text_without_sentences_is_cut_all_the_same() -> None:
    assert max(map(len, passages("字" * 5_000))) <= 800


def test_a_title_beside_questions_is_no_row_and_an_introduction_is(parse: Parse) -> None:
    faq = "\n\nQ：甲？\nA：乙"
    assert len(parse(f"常見問題 2026 版{faq}", "a.txt").rows) == 1
    assert len(parse(f"{'本文件說明承租人在租賃期間的權利與義務。' * 3}{faq}", "a.txt").rows) == 2
