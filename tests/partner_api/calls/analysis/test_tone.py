"""Tone: what is measured from what, and what stays null."""

from __future__ import annotations

from typing import Any

import pytest

from partner_api.calls.analysis.pace import language_of
from partner_api.calls.analysis.tone import tone_of
from partner_api.calls.analysis.turns import Turn
from partner_api.calls.analysis.wire import Channel, Heard

AGENT = Channel(((0.0, 6.0), (10.0, 14.0)), -20.0, 3.0, 0.001)
CUSTOMER = Channel(((5.0, 9.0),), -25.0, None, 0.0)
STEREO = Heard(20.0, (AGENT, CUSTOMER))
MONO = Heard(20.0, (AGENT,))
SAID = [Turn("agent", None, None, None, "one two three four five"), Turn("customer", None, None, None, "six")]
TIMED = [Turn("agent", None, 0.0, 4.0, "one two"), Turn("customer", None, 5.0, 6.0, "three")]


def figures_in(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    return [value] if "unit" in value else [one for inner in value.values() for one in figures_in(inner)]


def test_channels_tell_who_speaks_how_much() -> None:
    tone = tone_of(SAID, heard=STEREO, language="en")
    assert tone["speaking_time"]["agent"] == {"value": 10.0, "unit": "seconds", "source": "audio"}
    assert tone["talk_share"]["customer"] == {"value": 0.29, "unit": "ratio", "source": "audio"}
    assert tone["silence_share"]["value"] == 0.35
    assert tone["longest_silence"]["value"] == 6.0
    assert tone["overlap"] == {"value": 1.0, "unit": "seconds", "source": "audio"}
    assert tone["interruptions"]["customer"]["value"] == 1
    assert tone["interruptions"]["agent"]["value"] == 0
    assert tone["response_latency"]["agent"]["value"] == 1.0
    assert tone["pace"]["agent"] == {"value": 30.0, "unit": "words_per_minute", "source": "audio"}
    assert tone["loudness"]["agent"] == {"value": -20.0, "unit": "dBFS", "source": "audio"}
    assert tone["clipping_share"]["value"] == 0.001


def test_the_agents_channel_is_as_the_caller_says() -> None:
    tone = tone_of(SAID, heard=STEREO, agent_channel=1, language="en")
    assert tone["speaking_time"]["agent"]["value"] == 4.0
    assert tone["loudness"]["customer"]["value"] == -20.0


def test_one_channel_tells_nothing_of_who_speaks() -> None:
    tone = tone_of(SAID, heard=MONO, language="en")
    assert tone["silence_share"] == {"value": 0.5, "unit": "ratio", "source": "audio"}
    assert tone["pace"]["call"]["value"] == 36.0
    each = ("speaking_time", "talk_share", "interruptions", "response_latency", "longest_monologue")
    assert {one["value"] for name in each for one in figures_in(tone[name])} == {None}
    assert tone["loudness"]["call"]["value"] == -20.0


def test_without_a_recording_the_times_of_segments_tell() -> None:
    tone = tone_of(TIMED, heard=None, language="en")
    assert tone["talk_share"]["agent"] == {"value": 0.8, "unit": "ratio", "source": "segments"}
    assert tone["silence_share"]["source"] == "segments"
    assert tone["overlap"]["value"] is None, "segments that never overlap may just not show it"


def test_segments_that_overlap_show_interruptions() -> None:
    tone = tone_of([*TIMED, Turn("agent", None, 5.5, 8.0, "four")], heard=None)
    assert tone["interruptions"]["agent"] == {"value": 1, "unit": "count", "source": "segments"}


def test_words_alone_tell_no_times() -> None:
    tone = tone_of(SAID, heard=None, language="en")
    known = [one for one in figures_in(tone) if one["value"] is not None]
    assert known == list(tone["word_share"].values())
    assert tone["word_share"]["agent"] == {"value": 0.83, "unit": "ratio", "source": "transcript"}


@pytest.mark.parametrize("turns", [[], SAID, TIMED])
@pytest.mark.parametrize("heard", [None, MONO, STEREO, Heard(0.0, (Channel((), None, None, 0.0),))])
def test_a_figure_has_a_source_if_and_only_if_it_has_a_value(turns: list[Turn], heard: Heard | None) -> None:
    found = figures_in(tone_of(turns, heard=heard))
    assert found
    assert all((one["value"] is None) == (one["source"] is None) for one in found)


def test_chinese_is_counted_in_characters() -> None:
    turns = [Turn("agent", None, 0.0, 6.0, "您好，這是 VIP 方案")]
    assert tone_of(turns, heard=None, language="zh")["pace"]["agent"]["value"] == 70.0


@pytest.mark.parametrize(
    ("text", "language"),
    [("您好，請問您是？", "zh"), ("שלום לך", "he"), ("thank you for the call", "en"), ("xin chào", None), ("", None)],
)
def test_a_language_is_told_from_script_and_commonest_words(text: str, language: str | None) -> None:
    assert language_of(text) == language
