"""What a tap does: what is clipped, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.actions import Action, DatetimePickerAction, MessageAction, PostbackAction, QuickAction, UriAction
from bot.line.simulator.rules.actions import check_action
from bot.line.simulator.rules.findings import Findings
from bot.line.splitting import utf16_length
from bot.line.wording import is_blank

MAKERS: list[Callable[[str], Action]] = [
    MessageAction,
    lambda label: PostbackAction(label, "x", label),
    lambda label: UriAction(label, "tel:1"),
    lambda label: DatetimePickerAction(label, "x", "date"),
    lambda label: QuickAction(label, "location"),
]
SEEN = st.text(st.characters(codec=None), min_size=1, max_size=400).filter(lambda text: not is_blank(text))


def problems(action: Action) -> list[object]:
    """What LINE's rules say against an action in a quick reply."""
    findings = Findings()
    check_action(findings, action.to_json(), path="action", label=20, quick=True)
    return [*findings.details]


@given(SEEN, st.sampled_from(MAKERS))
def test_any_label_that_can_be_seen_makes_an_action_that_line_takes(label: str, make: Callable[[str], Action]) -> None:
    assert problems(make(label)) == []


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("label", ["", " ", "\u200b"])
def test_a_blank_label_is_refused(make: Callable[[str], Action], label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        make(label)


def test_a_button_sends_its_label_whole_where_no_text_is_given() -> None:
    action = MessageAction("一個比二十個字還要長很多很多很多的按鈕標籤")
    assert action.text == "一個比二十個字還要長很多很多很多的按鈕標籤"
    assert action.label == "一個比二十個字還要長很多很多很多的按鈕…"


@given(SEEN, SEEN)
def test_what_people_read_is_clipped(label: str, text: str) -> None:
    shown = PostbackAction(label, "x", display_text=text).to_json()
    assert utf16_length(shown["label"]) <= 20
    assert utf16_length(shown["displayText"]) <= 300
    assert utf16_length(MessageAction(label, text).text) <= 300


@pytest.mark.parametrize("data", ["", " ", "x" * 301])
def test_data_that_cannot_be_sent_whole_is_refused(data: str) -> None:
    for make in (lambda: PostbackAction("label", data), lambda: DatetimePickerAction("label", data, "date")):
        with pytest.raises(ValueError, match="Postback data"):
            make()


@pytest.mark.parametrize(
    "uri", ["", "javascript:alert(1)", "ftp://x", "https://x/" + "a" * 1000, "https://x/" + "字" * 200]
)
def test_a_uri_that_line_does_not_open_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="URI"):
        UriAction("label", uri)


def test_a_uri_is_percent_encoded_once() -> None:
    assert (
        UriAction("官網", "https://a.tw/店 家?q=%20&b=[1]#x").uri == "https://a.tw/%E5%BA%97%20%E5%AE%B6?q=%20&b=[1]#x"
    )


def test_a_picker_names_its_moments_as_line_does() -> None:
    picker = DatetimePickerAction(
        "看房", "visit", "datetime", "2026-08-05T09:30", "2026-08-01T00:00", "2026-09-01T00:00"
    )
    assert picker.to_json() == {
        "type": "datetimepicker",
        "label": "看房",
        "data": "visit",
        "mode": "datetime",
        "initial": "2026-08-05T09:30",
        "min": "2026-08-01T00:00",
        "max": "2026-09-01T00:00",
    }
    assert problems(picker) == []


@pytest.mark.parametrize(
    ("earliest", "latest"),
    [("2026-08-02", "2026-08-01"), ("2026-08-01", "2026-08-01"), ("2026-02-30", None), ("8/1", None), ("09:30", None)],
)
def test_a_picker_with_impossible_moments_is_refused(earliest: str, latest: str | None) -> None:
    with pytest.raises(ValueError, match=r"picker|day"):
        DatetimePickerAction("看房", "visit", "date", earliest=earliest, latest=latest)
