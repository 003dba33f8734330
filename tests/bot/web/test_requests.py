import contextlib
import json
from typing import Annotated

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from bot.errors import BadRequest
from bot.web.requests import parse_json, read_query, validate


class Owner(BaseModel):
    name: str


class Shop(BaseModel):
    name: str = Field(max_length=5)
    tags: Annotated[list[int], Field(max_length=3)] = []
    owner: Owner | None = None
    hours: dict[str, str] = {}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "line 1, column 2"),
        (b'{"a": 1} x', "not valid JSON"),
        (b"\xff\xfe", "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"a":' * 100_000, "nested"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
        (b'{"a": 1, "a": 2}', "repeats a name"),
        (rb'{"a": ["\ud800"]}', "surrogate"),
        (rb'{"a": "x\u0000"}', "NUL"),
        (rb'{"\u0000": 1}', "NUL"),
        (b"--boundary\r\nContent-Disposition: form-data\r\n\r\n", "Forms are not read"),
        (b"store_name=x", "not valid JSON .* Forms are not read"),
    ],
)
def test_what_is_not_clean_json_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        parse_json(body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**50), 10**50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner)
    ),
)


@given(JSON, st.booleans())
def test_clean_json_comes_through_as_it_is(value: object, escaped: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary())
def test_no_bytes_raise_anything_but_a_bad_request(body: bytes) -> None:
    with contextlib.suppress(BadRequest):
        parse_json(body)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({}, "name is required."),
        ([], "The request body must be a JSON object."),
        ({"name": 7}, "name should be a valid string."),
        ({"name": "secret value"}, "name should have at most 5 characters."),
        ({"name": "x", "tags": [1] * 4}, "tags should have at most 3 items."),
        ({"name": "x", "owner": 7}, "owner should be an object."),
        ({"name": "x", "hours": 7}, "hours should be an object."),
        ({"name": "x", "tags": [1, "y"]}, "tags.1 should be a valid integer, unable to parse string as an integer."),
    ],
)
def test_a_wrong_field_is_named_in_one_sentence_without_its_value(value: object, sentence: str) -> None:
    with pytest.raises(BadRequest) as caught:
        validate(Shop, value)
    assert caught.value.message == sentence


def test_a_query_brings_nothing_that_no_store_can_look_for() -> None:
    assert read_query(make_mocked_request("GET", "/shops?name=%E5%BA%97"), Shop).name == "店"
    with pytest.raises(BadRequest, match="NUL"):
        read_query(make_mocked_request("GET", "/shops?name=%00"), Shop)
