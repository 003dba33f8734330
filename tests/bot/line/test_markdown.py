"""Markdown as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.markdown import plain_text


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# 繳費方式", "繳費方式"),
        ("### Fees ###", "Fees"),
        ("**重點：**每月 5 號前", "重點：每月 5 號前"),
        ("***很重要***", "很重要"),
        ("是 *it* 與 _that_ 與 __so__", "是 it 與 that 與 so"),
        ("~~500~~ 399", "500 399"),
        ("WiFi**免費**，NT$**500**元", "WiFi免費，NT$500元"),
        ("用 `pip install` 安裝", "用 pip install 安裝"),
        ("`*x*`", "*x*"),
        ("* 身分證\n+ 印章\n- 存摺", "• 身分證\n• 印章\n- 存摺"),
        ("  * **內層**：好", "  • 內層：好"),
        ("- [x] 已繳\n- [ ] 未繳", "☑ 已繳\n☐ 未繳"),
        ("> 引用的話", "引用的話"),
        ("上\n\n---\n\n下", "上\n\n\n下"),
        ("[官網](https://x.tw/a_b)", "官網 (https://x.tw/a_b)"),
        ('[官網](https://x.tw "標題")', "官網 (https://x.tw)"),
        ("[**粗體**](https://x.tw/a_(b))", "粗體 (https://x.tw/a_(b))"),
        ("[https://x.tw](https://x.tw)", "https://x.tw"),
        ("[0800-000-123](tel:0800-000-123)", "0800-000-123"),
        ("![平面圖](https://x.tw/p.png)", "平面圖 (https://x.tw/p.png)"),
        ("<https://x.tw> <a@x.tw>", "https://x.tw a@x.tw"),
        (r"2\*3 與 1\. 項", "2*3 與 1. 項"),
        ("a<br>b<br/><b>c</b>", "a\nb\nc"),
        ("<ul><li>一</li><li>二</li></ul>", "• 一\n• 二\n"),
        ('<a href="https://x.tw/?a=1&amp;b=2">點我</a>', "點我 (https://x.tw/?a=1&b=2)"),
        ("A&nbsp;&amp;&nbsp;B &lt;C&gt;", "A & B <C>"),
        ("```python\nx = **kw\n# y\n```\n好", "x = **kw\n# y\n好"),
        ("~~~\nunclosed *x*", "unclosed *x*"),
    ],
)
def test_marks_go_and_words_stay(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


@pytest.mark.parametrize(
    ("table", "plain"),
    [
        ("| 項目 | 費用 |\n|---|---:|\n| 房租 | **8,000** |\n完", "項目：費用\n房租：8,000\n完"),
        ("方案|月費|流量\n--|:--:|--\nA|300|5GB\nB|500|", "A：月費 300，流量 5GB\nB：月費 500"),
        ("| Plan | Fee | Data |\n|--|--|--|\n| A | 300 | a\\|b |", "A: Fee 300, Data a|b"),
    ],
)
def test_a_table_becomes_a_line_for_each_row(table: str, plain: str) -> None:
    assert plain_text(table) == plain


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4=24，5 * 3 * 2，2**3**4",
        "長*寬*高",
        "*必填 與 *選填",
        "snake_case 與 a_b_c.py",
        "＊注意＊",
        "NT$1,200～$1,500（#1 方案）",
        "#1 號出口",
        "+886-2-1234-5678 / 0912-345-678",
        "+ 886 2 1234",
        "- 5 度",
        "> 5 人\n>3",
        "1. 第一\n2. 第二",
        "愛 <3 a < b > c <姓名>",
        "謝謝~~歡迎再來~~",
        "A | B | C",
        "陣列[0](x) 與 [註1]",
        "https://x.tw/a_b_c/*d*?e=~~f~~",
        "  縮排  \n\n\n空行",
        "-----",
        "R&D、AT&T",
    ],
)
def test_plain_text_comes_back_unchanged(text: str) -> None:
    assert plain_text(text) == text


WORDS = st.text(alphabet="字房租 ab12。，！？$#%+=-＊（）：/.\n", max_size=80).filter(
    lambda text: not any(line.lstrip().startswith(("#", "+", "---")) for line in text.split("\n"))
)


@given(WORDS)
def test_text_without_marks_is_never_changed(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(alphabet="ab1字*_`~[]()<>|#>!\\-+& \n:/", max_size=200))
def test_letters_and_digits_survive_any_marks(text: str) -> None:
    plain = plain_text(text.replace("<", "("))
    assert [c for c in plain if c.isalnum()] == [c for c in text if c.isalnum()] or "`" in text or "~" in text


@given(st.text(alphabet="ab1字*_`~[]()<>|#>!\\-+& \n:/", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(plain_text(text), str)


@pytest.mark.parametrize("opening", ["**a ", "[", "`a ", "<a ", "[a](", "__a ", "<a href='", "*_", "| "])
def test_openings_without_end_are_read_in_time(opening: str) -> None:
    assert plain_text(opening * 5000) is not None
