from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.importing.errors import ImportRefused
from knowledge.importing.rows import Flaw, Format, Reading, Row

Parse = Callable[..., Reading]


def test_json_lines_are_read_line_by_line(parse: Parse) -> None:
    text = '{"question_summary": "甲？", "answer": "乙", "intents": ["帳務, 繳費", "退租"]}\n\n'
    text += '{"問題": "丙？", "答案": 5}\nxx\n[1]\n'
    reading = parse(text, "a.jsonl")
    assert reading.format is Format.JSONL
    assert reading.rows == (
        Row(1, "甲？", "乙", intents=("帳務, 繳費", "退租"), place="line 1"),
        Row(3, "丙？", "5", place="line 3"),
    )
    assert [(one.number, one.code) for one in reading.problems] == [(4, Flaw.LINE_MALFORMED), (5, Flaw.LINE_MALFORMED)]


@pytest.mark.parametrize("text", ['[{"Q": "甲？", "A": "乙"}]', '{"total": 1, "data": [{"Q": "甲？", "A": "乙"}]}'])
def test_an_array_of_objects_is_read_wherever_it_stands(parse: Parse, text: str) -> None:
    reading = parse(text)
    assert (reading.format, [(row.question, row.answer) for row in reading.rows]) == (Format.JSON, [("甲？", "乙")])


def test_one_object_is_one_row(parse: Parse) -> None:
    assert len(parse('{"question": "甲？", "answer": "乙"}', "a.json").rows) == 1


def test_half_a_character_is_left_out(parse: Parse) -> None:
    assert parse('[{"question": "甲\\ud83d？", "answer": "乙"}]').rows[0].question == "甲？"


@pytest.mark.parametrize("text", ["{", '[{"question": ', "[" * 100_000, "[]", "[1, 2]"])
def test_what_holds_no_rows_is_refused(parse: Parse, text: str) -> None:
    with pytest.raises(ImportRefused):
        parse(text, "a.json")
