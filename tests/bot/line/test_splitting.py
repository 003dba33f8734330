"""Long texts in parts that LINE takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.splitting import ELLIPSIS, clipped, is_cluster_border, split_text, utf16_length

FAMILY = "👨‍👩‍👧‍👦"
PIECES = st.sampled_from(
    ["字", "a", " ", "\n", "。", "，", "! ", ". ", "👍🏽", FAMILY, "🇹🇼", "1️⃣", "e\u0301", "𠮷", " https://x.tw/a.b,c "]
)
TEXTS = st.lists(PIECES, max_size=120).map("".join)
LIMITS = st.integers(2, 60)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("房租", 2), ("🍎", 2), ("𠮷a", 3), (FAMILY, 11), ("\ud800", 1)])
def test_length_counts_utf16_code_units(text: str, length: int) -> None:
    assert utf16_length(text) == length


def test_a_short_text_is_one_part() -> None:
    assert split_text("  房租每月 5 號前繳。\n") == ["房租每月 5 號前繳。"]


@pytest.mark.parametrize("text", ["", "  ", "\n\n\t"])
def test_a_blank_text_is_no_part(text: str) -> None:
    assert split_text(text) == []


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("今天休息。明天早上九點開門。", 10, ["今天休息。", "明天早上九點開門。"]),
        ("他說「好。」然後走了很遠", 8, ["他說「好。」", "然後走了很遠"]),
        ("It costs 3.50 now. Come by soon!", 24, ["It costs 3.50 now.", "Come by soon!"]),
        ("第一行很長很長\n第二行很長很長", 10, ["第一行很長很長", "第二行很長很長"]),
        ("需要身分證，還需要一份印章", 9, ["需要身分證，", "還需要一份印章"]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("沒有標點的一段文字", 5, ["沒有標點的", "一段文字"]),
        ("請看 https://x.tw/a,b?c=d.e 謝謝", 22, ["請看", "https://x.tw/a,b?c=d.e", "謝謝"]),
    ],
)
def test_a_cut_falls_where_a_reader_would_pause(text: str, limit: int, parts: list[str]) -> None:
    assert split_text(text, limit=limit) == parts


def test_what_no_part_holds_ends_in_an_ellipsis() -> None:
    parts = split_text("字" * 100, limit=10, max_parts=3)
    assert parts == ["字" * 10, "字" * 10, "字" * 9 + ELLIPSIS]


def test_early_sentence_ends_do_not_cost_the_end_of_the_text() -> None:
    text = "好。" + "字" * 40
    assert "".join(split_text(text, limit=21, max_parts=2)) == text


def test_limits_of_line_are_the_default() -> None:
    parts = split_text("一二三四五六七八九。" * 4000)
    assert len(parts) == 5
    assert all(utf16_length(part) <= 5000 for part in parts)


@pytest.mark.parametrize(("limit", "max_parts"), [(1, 5), (0, 5), (10, 0)])
def test_impossible_limits_are_refused(limit: int, max_parts: int) -> None:
    with pytest.raises(ValueError, match="a part"):
        split_text("text", limit=limit, max_parts=max_parts)


@given(TEXTS, LIMITS, st.integers(1, 6))
def test_parts_keep_to_their_limits(text: str, limit: int, max_parts: int) -> None:
    parts = split_text(text, limit=limit, max_parts=max_parts)
    assert len(parts) <= max_parts
    assert all(part.strip() and utf16_length(part) <= limit for part in parts)


@given(TEXTS, LIMITS)
def test_with_parts_enough_nothing_but_space_is_lost(text: str, limit: int) -> None:
    parts = split_text(text, limit=limit, max_parts=10_000)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(TEXTS, st.integers(30, 60))
def test_no_cut_falls_inside_a_cluster_or_a_url_that_fits(text: str, limit: int) -> None:
    joined = " ".join(split_text(text, limit=limit, max_parts=10_000))
    for whole in (FAMILY, "👍🏽", "🇹🇼", "1️⃣", "e\u0301", "https://x.tw/a.b,c"):
        assert joined.count(whole) == text.count(whole)


@given(st.text(), st.text(), LIMITS)
def test_any_text_at_all_can_be_split(text: str, more: str, limit: int) -> None:
    for part in split_text(text + more * 9, limit=limit):
        assert utf16_length(part) <= limit


@given(TEXTS, LIMITS)
def test_a_clipped_text_fits_and_says_that_it_was_cut(text: str, limit: int) -> None:
    short = clipped(text, limit=limit)
    assert utf16_length(short) <= limit
    assert short == text or short.endswith(ELLIPSIS)


@pytest.mark.parametrize(
    "cluster", [FAMILY, "👍🏽", "🇹🇼", "1️⃣", "e\u0301", "\r\n", "한", "\u1112\u1161\u11ab", "\ud83d\ude00"]
)
def test_a_cluster_has_no_border_inside(cluster: str) -> None:
    text = f"a{cluster}b"
    assert [index for index in range(1, len(text)) if is_cluster_border(text, index)] == [1, len(cluster) + 1]
