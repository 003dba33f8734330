from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entries import IntentCard, IntentType
from knowledge.intents.endpoints import MAX_SECONDS, MIN_SECONDS, Endpoint, Wanted, endpoint_of

URL = "https://api.example.com/orders"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


def read(endpoint: Any, kind: IntentType = IntentType.DATA_QUERY) -> Endpoint | None:
    return endpoint_of(IntentCard(1, "order_status", kind, endpoint=endpoint))


def test_a_declaration_is_read_as_it_was_written() -> None:
    stored = {
        "url": URL, "method": "GET", "timeout_seconds": 3, "answer": "{{status}}",
        "parameters": [{"name": "order_no", "description": "訂單編號", "required": False, "pattern": r"A\d{5}"}],
    }  # fmt: skip
    wanted = Wanted("order_no", "訂單編號", required=False, pattern=r"A\d{5}")
    assert read(stored) == Endpoint(URL, "GET", (wanted,), 3.0, "{{status}}")


def test_what_is_missing_has_its_default() -> None:
    assert read({"url": URL, "method": None, "parameters": None, "timeout_seconds": None}) == Endpoint(URL)


@pytest.mark.parametrize("stored", [None, {}, {"url": ""}, {"url": 5}, {"url": URL, "method": "DELETE"}, [URL], URL])
def test_what_cannot_be_used_is_none(stored: Any) -> None:
    assert read(stored) is None


def test_an_intent_for_knowledge_calls_nothing() -> None:
    assert read({"url": URL}, IntentType.KNOWLEDGE) is None


@pytest.mark.parametrize("pattern", ["(a+)+", r"(\d)\1", "[", "a" * 300, 5])
def test_a_required_parameter_with_an_unsafe_pattern_makes_the_whole_unusable(pattern: Any) -> None:
    parameter = {"name": "x", "pattern": pattern}
    assert read({"url": URL, "parameters": [parameter]}) is None
    assert read({"url": URL, "parameters": [parameter | {"required": False}]}) == Endpoint(URL)


@pytest.mark.parametrize(("given", "seconds"), [(0, 1.0), (60, 10.0), (-3, 1.0), (True, 5.0), ("9", 5.0), (2.5, 2.5)])
def test_seconds_are_kept_within_their_bounds(given: Any, seconds: float) -> None:
    assert read({"url": URL, "timeout_seconds": given}) == Endpoint(URL, timeout_seconds=seconds)


@pytest.mark.parametrize(
    ("description", "called"),
    [
        ("訂單編號", "訂單編號"), ("您的訂單編號。", "訂單編號"), ("請提供您的電話：", "電話"), ("", "order_no"),
        ("訂單編號\n在信件裡", "訂單編號"), ("your order number.", "order number"), ("您的", "order_no"),
    ],
)  # fmt: skip
def test_a_value_is_called_by_the_description(description: str, called: str) -> None:
    assert Wanted("order_no", description).called == called


@given(st.dictionaries(st.sampled_from(["url", "method", "parameters", "timeout_seconds", "answer"]), JSON))
def test_no_stored_value_breaks_the_reading(stored: dict[str, Any]) -> None:
    endpoint = read({"url": URL} | stored)
    assert endpoint is None or MIN_SECONDS <= endpoint.timeout_seconds <= MAX_SECONDS
