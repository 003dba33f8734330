from __future__ import annotations

from collections.abc import Callable

from knowledge.importing.rows import Reading

Parse = Callable[..., Reading]


def pairs(reading: Reading) -> list[tuple[str, str]]:
    return [(row.question, row.answer) for row in reading.rows]


def test_headings_that_ask_hold_all_that_stands_below_them(parse: Parse) -> None:
    text = "# FAQ\n\n## **租金**何時繳？\n\n每月 5 號。\n\n- 匯款\n- 超商\n\n### 逾期\n\n加收 *200* 元。\n\n"
    text += "## 如何退租\n\n告知。\n"
    assert pairs(parse(text, "a.md")) == [
        ("租金何時繳？", "每月 5 號。\n\n- 匯款\n- 超商\n\n逾期\n\n加收 *200* 元。"),
        ("如何退租", "告知。"),
    ]


def test_bold_marks_and_lists_hold_questions(parse: Parse) -> None:
    text = "**Q: 甲？**\n\nA: 乙 [網站](https://a.tw)\n\n1. 丙？\n\n   丁\n2. 戊？\n   己\n"
    assert pairs(parse(text, "a.md")) == [("甲？", "乙 [網站](https://a.tw)"), ("丙？", "丁"), ("戊？", "己")]


def test_details_hold_a_question_and_its_answer(parse: Parse) -> None:
    text = "<details>\n<summary>甲？</summary>\n\n乙 **粗**\n\n丙\n\n</details>\n\n"
    text += "<details><summary>丁？</summary>戊</details>\n"
    assert pairs(parse(text, "a.md")) == [("甲？", "乙 **粗**\n\n丙"), ("丁？", "戊")]


def test_a_table_of_questions_and_one_of_fees(parse: Parse) -> None:
    text = "## 問答\n\n| 問題 | 答案 |\n|---|---|\n| 甲？ | 乙 |\n\n"
    text += "## 費用\n\n| 項目 | 金額 |\n|---|---|\n| 清潔 | 2000 元 |\n| 鑰匙 | 100 元 |\n"
    assert pairs(parse(text, "a.md")) == [
        ("甲？", "乙"),
        ("費用", "項目：清潔，金額：2000 元\n項目：鑰匙，金額：100 元"),
    ]


def test_definitions_and_front_matter(parse: Parse) -> None:
    reading = parse("---\ntitle: 須知\n---\n押金\n: 兩個月租金\n\n<!-- 內部 -->\n", "a.md")
    assert (reading.title, pairs(reading)) == ("須知", [("押金", "兩個月租金")])
    assert reading.rows[0].place == "line 4"
