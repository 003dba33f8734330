"""What LINE refuses in message objects, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.simulator.rules.counting import graphemes, utf16_units
from bot.line.simulator.rules.messages import problem_with

URL = "https://example.com/a.png"
ACTION = {"type": "message", "label": "好", "text": "好"}


def text(**more: Any) -> dict[str, Any]:
    return {"type": "text", "text": "好", **more}


def quick(count: int = 1, **action: Any) -> dict[str, Any]:
    return text(quickReply={"items": [{"type": "action", "action": ACTION | action}] * count})


def flex(contents: Any, alt: str = "卡片") -> dict[str, Any]:
    return {"type": "flex", "altText": alt, "contents": contents}


def bubble(*contents: dict[str, Any]) -> dict[str, Any]:
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": list(contents)}}


def template(**more: Any) -> dict[str, Any]:
    return {"type": "template", "altText": "選單", "template": {"text": "請選", "actions": [ACTION]} | more}


WORD = {"type": "text", "text": "好"}
COLUMN = {"text": "一", "actions": [ACTION]}
GOOD = [
    text(),
    text(text="a" * 5000),
    quick(13),
    quick(label="二十個字" * 5),
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    {"type": "image", "originalContentUrl": URL, "previewImageUrl": URL},
    {"type": "location", "title": "家", "address": "台北", "latitude": 25.0, "longitude": 121},
    flex(bubble(WORD)),
    flex(bubble({"type": "text", "contents": [{"type": "span", "text": "好"}]})),
    flex({"type": "carousel", "contents": [bubble(WORD)] * 12}),
    template(type="buttons"),
    template(type="confirm", actions=[ACTION, ACTION]),
    template(type="carousel", columns=[COLUMN, COLUMN]),
]
FIELD_FAULTS = [
    (text(text=""), "messages[0].text", "May not be empty"),
    (text(text="🍎" * 2501), "messages[0].text", "Length must be between 1 and 5000"),
    ({"type": "note"}, "messages[0].type", "Must be one of the following values"),
    (quick(14), "messages[0].quickReply.items", "Size must be between 1 and 13"),
    (quick(label="字" * 21), "messages[0].quickReply.items[0].action.label", "Length"),
    (quick(text="字" * 301), "messages[0].quickReply.items[0].action.text", "Length"),
    (quick(type="dance"), "messages[0].quickReply.items[0].action.type", "Must be one of"),
    (
        {"type": "image", "originalContentUrl": "http://a", "previewImageUrl": URL},
        "messages[0].originalContentUrl",
        "HTTPS",
    ),
    (flex(bubble(WORD), alt="字" * 401), "messages[0].altText", "Length"),
    (template(type="buttons", text="字" * 161), "messages[0].template.text", "Length"),
    (template(type="buttons", title="題", text="字" * 61), "messages[0].template.text", "Length"),
    (template(type="buttons", actions=[ACTION] * 5), "messages[0].template.actions", "Size"),
    (template(type="confirm"), "messages[0].template.actions", "Size must be between 2 and 2"),
    (
        template(type="carousel", columns=[COLUMN, COLUMN | {"actions": [ACTION] * 2}]),
        "messages[0].template.columns",
        "same",
    ),
    (text(sender={"name": "名" * 21}), "messages[0].sender.name", "Length"),
]
FLEX_FAULTS = [
    ({"type": "bobble"}, "/type", "invalid property"),
    ({"type": "bubble"}, "/", "at least one block"),
    (bubble({"type": "text", "text": ""}), "/body/contents/0/text", "must be non-empty text"),
    (bubble({"type": "dance"}), "/body/contents/0", "invalid property"),
    (bubble({"type": "image", "url": "http://a"}), "/body/contents/0/url", "invalid uri"),
    (bubble({"type": "box", "layout": "odd", "contents": []}), "/body/contents/0/layout", "invalid property"),
    (bubble({"type": "button", "action": ACTION | {"label": "字" * 41}}), "/body/contents/0/action.label", "Length"),
    (bubble({"type": "text", "text": "字" * 2000}, *[{"type": "text", "text": "字" * 2000}] * 5), "/", "30720 bytes"),
    ({"type": "carousel", "contents": [bubble(WORD)] * 13}, "/contents", "1 to 12"),
]


@pytest.mark.parametrize("message", GOOD)
def test_a_message_in_order_has_no_problem(message: dict[str, Any]) -> None:
    assert problem_with({"messages": [message]}) is None


@pytest.mark.parametrize(("message", "where", "words"), FIELD_FAULTS)
def test_a_fault_in_a_field_is_named_with_its_path(message: dict[str, Any], where: str, words: str) -> None:
    problem = problem_with({"messages": [message]})
    assert problem is not None
    assert problem["message"] == "The request body has 1 error(s)"
    (detail,) = problem["details"]
    assert detail["property"] == where
    assert words in detail["message"]


@pytest.mark.parametrize(("contents", "where", "words"), FLEX_FAULTS)
def test_a_fault_in_a_flex_container_is_named_with_its_pointer(contents: Any, where: str, words: str) -> None:
    problem = problem_with({"messages": [text(), flex(contents)]})
    assert problem is not None
    assert problem["message"] == "A message (messages[1]) in the request body is invalid"
    assert problem["details"][0]["property"] == where
    assert words in problem["details"][0]["message"]


@pytest.mark.parametrize("messages", [[], [text()] * 6, "text", None, ["text"]])
def test_one_to_five_messages_are_taken(messages: Any) -> None:
    assert problem_with({"messages": messages}) is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "text", "messages", "contents", "quickReply", "items", "action", "template", "sender"]
                ),
                inner,
            )
        ),
    )
)
def test_no_body_breaks_the_check(body: Any) -> None:
    if isinstance(body, dict):
        problem_with(body)
    problem_with(
        {"messages": [{"type": "flex", "altText": "x", "contents": body}, {"type": "template", "template": body}]}
    )


@pytest.mark.parametrize(
    ("words", "units", "shown"),
    [("a", 1, 1), ("字", 1, 1), ("🍎", 2, 1), ("👨‍👩‍👧", 8, 1), ("🇹🇼", 4, 1), ("e\u0301", 2, 1)],
)
def test_characters_are_counted_as_line_counts_them(words: str, units: int, shown: int) -> None:
    assert (utf16_units(words), graphemes(words)) == (units, shown)


@pytest.mark.parametrize(
    ("mode", "initial", "taken"),
    [("date", "2026-08-05", True), ("date", "8/5", False), ("datetime", "2026-08-05t09:30", True), ("time", 9, False)],
)
def test_a_date_picker_begins_at_a_moment_of_its_mode(mode: str, initial: object, taken: bool) -> None:
    message = quick(type="datetimepicker", data="d", mode=mode, initial=initial)
    assert (problem_with({"messages": [message]}) is None) is taken
