from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from knowledge.importing.readers.child import lines_of
from knowledge.importing.rows import Format, Reading, Source

Parse = Callable[..., Reading]


def page(body: str, head: str = "<title>客服</title>") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def pairs(reading: Reading) -> list[tuple[str, str]]:
    return [(row.question, row.answer) for row in reading.rows]


def test_a_page_is_read_by_its_headings(parse: Parse) -> None:
    reading = parse(
        page(
            "<h1>說明</h1><h2>租金何時繳？</h2><p>每月 <b>5</b> 號。</p><ul><li>匯款</li></ul><h2>退租</h2>告知<br>點交"
        )
    )
    assert (reading.format, reading.title) == (Format.HTML, "客服")
    assert pairs(reading) == [("租金何時繳？", "每月 5 號。\n\n- 匯款"), ("退租", "告知\n點交")]
    assert reading.needs_questions is False


@pytest.mark.parametrize(
    "body",
    [
        "<details><summary>甲？</summary><p>乙</p></details><p>頁尾</p>",
        "<dl><dt>甲？</dt><dd>乙</dd></dl>",
        "<table><tr><th>問題</th><th>答案</th></tr><tr><td>甲？</td><td>乙</td></tr></table>",
        "<div>Q：甲？</div><div>A：乙</div>",
        "<button aria-controls='a'>+</button><h3>甲？</h3><div id='a' hidden>乙</div>",
    ],
)
def test_questions_are_found_in_what_pages_are_made_of(parse: Parse, body: str) -> None:
    assert pairs(parse(page(body))) == [("甲？", "乙")]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>密</script>",
        "<style>密</style>",
        "<nav>密</nav>",
        "<footer>密</footer>",
        "<!-- 密 -->",
        "<div style='display: none'>密</div>",
        "<span style='visibility:hidden'>密</span>",
        "<span style='font-size:0'>密</span>",
        "<p hidden>密</p>",
        "<template>密</template>",
        "<noscript>密</noscript>",
        "<p aria-hidden='true'>密</p>",
    ],
)
def test_what_nobody_sees_is_not_read(parse: Parse, hidden: str) -> None:
    assert pairs(parse(page(f"<h2>甲？</h2><p>乙{hidden}</p>{hidden}<p>丙\u200b丁</p>"))) == [("甲？", "乙\n\n丙丁")]


def test_questions_that_a_page_declares_are_read_once(parse: Parse) -> None:
    question = {"@type": "Question", "name": "甲？", "acceptedAnswer": {"@type": "Answer", "text": "<p>乙&amp;丙</p>"}}
    data = json.dumps({"@graph": [{"@type": "FAQPage", "mainEntity": [question]}]})
    declared = f'<script type="application/ld+json">{data}</script>'
    assert pairs(parse(page("<h2>甲？</h2><p>乙＆丙</p>", declared))) == [("甲？", "乙&丙")]


def test_only_the_main_part_of_a_page_is_read(parse: Parse) -> None:
    assert pairs(parse(page("<div>登入</div><main><h2>甲？</h2><p>乙</p></main><div>廣告</div>"))) == [("甲？", "乙")]


def test_a_page_in_big5_says_so_itself(parse: Parse) -> None:
    text = page("<h2>租金何時繳？</h2><p>每月五號</p>", '<meta charset="big5">')
    assert pairs(parse(text.encode("cp950"))) == [("租金何時繳？", "每月五號")]


def test_a_very_deep_page_is_read_as_far_as_it_goes(parse: Parse) -> None:
    assert pairs(parse(page("<h2>甲？</h2><p>乙</p>" + "<div>" * 50_000 + "密"))) == [("甲？", "乙")]


def test_a_page_without_text_is_refused() -> None:
    (line,) = lines_of(Source(page("<script>x</script>").encode(), "a.html"))
    assert line.refused is not None
    assert line.refused.code == "nothing_found"
