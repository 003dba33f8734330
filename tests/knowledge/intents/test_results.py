from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import Language
from knowledge.intents import results
from knowledge.intents.results import Unreadable, clean, fill, pairs, read

ZH = Language.ZH_TW


def fields(**values: Any) -> results.Fields:
    return read(json.dumps(values).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"text"', b"<html></html>", b'{"a": NaN}', b'{"a": 1', b"\xff\xfe",
        b'{"a": %s}' % (b"1" * 5000), b"[" * 100_000, b'{"a":' * 50_000,
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_what_is_too_much_is_cut() -> None:
    read_ = fields(long="字" * 9999, many=list(range(999)), deep={"a": {"b": {"c": {"d": {"e": 1}}}}})
    assert len(read_["long"]) == results.MAX_VALUE
    assert len(read_["many"]) == results.MAX_ITEMS
    assert read_["deep"]["a"]["b"]["c"] is None
    assert read(b'{"inf": 1e999}') == {"inf": None}
    assert len(fields(**{str(at): at for at in range(999)})) == results.MAX_FIELDS


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<b>已出貨</b>", "已出貨"), ("<script>alert(1)</script>", "alert(1)"), ("<scr<b>ipt>x", "x"),
        ("a\0b\x1b[31mc\u202ed", "ab[31mcd"), ("第一行\r\n第二行\t完", "第一行\n第二行 完"),
        ("3 < 5 且 7 > 5", "3 < 5 且 7 > 5"), ("👨‍👩‍👧", "👨‍👩‍👧"), ("<!-- x --> 好", "好"),
    ],
)  # fmt: skip
def test_texts_lose_tags_and_what_is_not_seen(text: str, cleaned: str) -> None:
    assert clean(text, most=100) == cleaned


def test_a_template_is_filled_with_fields_at_any_depth() -> None:
    known = fields(
        status="配送中", order={"eta": "3月5日"}, items=[{"name": "拿鐵"}], paid=True, total=1200, tags=["a", "b"]
    )
    said = fill("{{status}}，{{order.eta}}到。{{items.0.name}}、{{ tags }}、{{paid}}、{{total}} 元。", known, {}, ZH)
    assert said == "配送中，3月5日到。拿鐵、a、b、是、1200 元。"


def test_a_sentence_with_an_unknown_field_is_left_out() -> None:
    assert (
        fill("目前{{status}}。預計 {{eta}} 到。謝謝！", fields(status="備貨中", eta=None), {}, ZH)
        == "目前備貨中。謝謝！"
    )
    assert fill("{{order}}", fields(order={"a": 1}), {}, ZH) == ""


def test_a_value_is_never_filled_in_turn() -> None:
    known = fields(status="{{secret}} {{status}} {% x %}", secret="不可說")
    assert fill("狀態：{{status}}", known, {"secret": "也不可說"}, ZH) == "狀態：{{secret}} {{status}} {% x %}"


def test_the_systems_field_wins_over_other_values() -> None:
    others = {"status": "舊", "order_no": "A12345"}
    assert fill("{{order_no}} {{status}}", fields(status="新"), others, ZH) == "A12345 新"


def test_pairs_say_the_systems_own_message_first() -> None:
    known = fields(status="配送中", message="快到了！", detail={"a": 1}, nothing=None, ready=False)
    assert pairs(known, ZH) == "快到了！\nstatus：配送中\nready：否"
    assert pairs(known, Language.EN) == "快到了！\nstatus: 配送中\nready: no"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5), st.text(max_size=50))
def test_any_object_can_be_told(value: dict[str, Any], template: str) -> None:
    known = read(json.dumps(value).encode())
    said = pairs(known, ZH)
    assert len(said) <= results.MAX_SAID + results.MAX_LINES
    assert "\0" not in said
    fill(template + "{{a.b}}{{message}}。", known, {}, ZH)


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    try:
        read(body)
    except Unreadable:
        return
