"""How a call sounds: who speaks how much, how fast, over whom and how loud. Pure.

Each figure is measured from the recording's channels where two people have one each, else from the times of the
transcript's segments where it names the speakers, else it is null. Nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from partner_api.calls.analysis import floor
from partner_api.calls.analysis.figures import AUDIO, COUNT, RATIO, SECONDS, SEGMENTS, TRANSCRIPT, Figure, figure
from partner_api.calls.analysis.intervals import gaps, joined, length, overlap
from partner_api.calls.analysis.pace import unit_of, units_in
from partner_api.calls.analysis.turns import Speaker, Turn
from partner_api.calls.analysis.wire import Channel, Heard, Interval

PEOPLE = (Speaker.AGENT, Speaker.CUSTOMER)
CALL = "call"
DECIBELS, FULL_SCALE = "dB", "dBFS"
# Who says less than this has no pace.
_LEAST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Voices:
    """When people speak: `by` each of the two, empty where that isn't known, and `anybody`, of `span` seconds."""

    source: str | None = None
    by: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    anybody: Sequence[Interval] = ()
    span: Interval = (0.0, 0.0)
    shows_overlaps: bool = False


def speaker_of_channel(channel: int, *, agent_channel: int) -> Speaker:
    """Whose voice a channel is, where two people have one each."""
    return Speaker.AGENT if channel == agent_channel else Speaker.CUSTOMER


def tone_of(
    turns: Sequence[Turn], *, heard: Heard | None, agent_channel: int = 0, language: str | None = None
) -> dict[str, Any]:
    """The tone of a call, without the sentiment of its words. `heard` is its recording where there is one."""
    whole = of_recording(heard, agent_channel=agent_channel)
    told = of_turns(turns)
    people = whole if whole.by else told
    anybody = whole if whole.source else told
    first, second = (people.by.get(one, ()) for one in PEOPLE)
    shown = people.source if people.shows_overlaps else None
    return {
        "speaking_time": _each(people, lambda mine, _: length(mine), SECONDS),
        "talk_share": _each(people, lambda mine, other: _share(length(mine), length(mine) + length(other)), RATIO),
        "word_share": _word_share(turns, language),
        **_silence(anybody),
        "pace": _pace(turns, people, anybody, language),
        "interruptions": {
            speaker.value: figure(_interruptions(people, speaker) if shown else None, COUNT, shown)
            for speaker in PEOPLE
        },
        "overlap": figure(length(overlap(first, second)) if shown else None, SECONDS, shown),
        "response_latency": _each(people, floor.latency, SECONDS),
        "longest_monologue": _each(people, floor.longest_monologue, SECONDS),
        **_loudness(heard, agent_channel=agent_channel),
    }


def of_recording(heard: Heard | None, *, agent_channel: int = 0) -> Voices:
    """The voices of a recording."""
    if heard is None:
        return Voices()
    span = (0.0, heard.seconds)
    anybody = joined(one for channel in heard.channels for one in channel.speech)
    if len(heard.channels) == 1:
        return Voices(AUDIO, {}, anybody, span)
    by = {
        speaker_of_channel(index, agent_channel=agent_channel).value: channel.speech
        for index, channel in enumerate(heard.channels)
    }
    return Voices(AUDIO, by, anybody, span, shows_overlaps=True)


def of_turns(turns: Sequence[Turn]) -> Voices:
    """The voices of a transcript whose every turn has its times."""
    timed = [(turn.speaker, turn.start, turn.end) for turn in turns if turn.start is not None and turn.end is not None]
    if not timed or len(timed) < len(turns):
        return Voices()
    stretches: dict[str, list[Interval]] = {}
    for speaker, start, end in timed:
        stretches.setdefault(speaker, []).append((start or 0.0, end or 0.0))
    by: dict[str, Sequence[Interval]] = {speaker: joined(found) for speaker, found in stretches.items()}
    anybody = joined(one for found in by.values() for one in found)
    known = by if set(by) <= {one.value for one in PEOPLE} else {}
    return Voices(SEGMENTS, known, anybody, (anybody[0][0], anybody[-1][1]), shows_overlaps=_overlaps(known))


def _overlaps(by: Mapping[str, Sequence[Interval]]) -> bool:
    """Whether a transcript tells of people who speak at once; one that never does may just not show it."""
    return bool(overlap(by.get(Speaker.AGENT, ()), by.get(Speaker.CUSTOMER, ())))


def _each(voices: Voices, measure: Any, unit: str) -> dict[str, Figure]:
    """A figure for each of the two, of their own speech and the other's."""
    found = {}
    for mine, other in (PEOPLE, PEOPLE[::-1]):
        value = measure(voices.by.get(mine, ()), voices.by.get(other, ())) if voices.by else None
        found[mine.value] = figure(value, unit, voices.source)
    return found


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _interruptions(voices: Voices, by: Speaker) -> int:
    other = PEOPLE[1 - PEOPLE.index(by)]
    return floor.interruptions(voices.by.get(other, ()), voices.by.get(by, ()))


def _word_share(turns: Sequence[Turn], language: str | None) -> dict[str, Figure]:
    said = {speaker: _units(turns, [speaker], language) for speaker in PEOPLE}
    everything = _units(turns, Speaker, language)
    is_known = everything == sum(said.values())
    return {
        speaker.value: figure(_share(count, everything) if is_known else None, RATIO, TRANSCRIPT)
        for speaker, count in said.items()
    }


def _units(turns: Sequence[Turn], speakers: Iterable[str], language: str | None) -> int:
    return sum(units_in(turn.text, language) for turn in turns if turn.speaker in set(speakers))


def _silence(voices: Voices) -> dict[str, Figure]:
    silent = gaps(voices.anybody, within=voices.span) if voices.source else []
    seconds = voices.span[1] - voices.span[0]
    longest = max((end - start for start, end in silent), default=0.0)
    return {
        "silence_share": figure(_share(length(silent), seconds), RATIO, voices.source),
        "longest_silence": figure(longest, SECONDS, voices.source),
    }


def _pace(turns: Sequence[Turn], people: Voices, anybody: Voices, language: str | None) -> dict[str, Figure]:
    """Words or characters in a minute of speaking: of each of the two, and of the whole call."""
    unit = unit_of(language)
    found = {}
    for speaker in PEOPLE:
        said, seconds = _units(turns, [speaker], language), length(people.by.get(speaker, ()))
        found[speaker.value] = figure(_a_minute(said, seconds), unit, people.source, digits=1)
    said, seconds = _units(turns, Speaker, language), length(anybody.anybody)
    return found | {CALL: figure(_a_minute(said, seconds), unit, anybody.source, digits=1)}


def _a_minute(count: int, seconds: float) -> float | None:
    return count * 60 / seconds if count and seconds >= _LEAST_SECONDS else None


def _loudness(heard: Heard | None, *, agent_channel: int) -> dict[str, Any]:
    """How loud each of the two is, or the call where both are on one channel, and how much of it is clipped."""
    channels: dict[str, Channel] = {}
    if heard is not None and len(heard.channels) == 1:
        channels[CALL] = heard.channels[0]
    elif heard is not None:
        for index, channel in enumerate(heard.channels):
            channels[speaker_of_channel(index, agent_channel=agent_channel)] = channel
    names = (*PEOPLE, CALL)
    clipped = max((channel.clipped for channel in channels.values()), default=None)
    return {
        "loudness": {
            str(name): figure(channels[name].loudness if name in channels else None, FULL_SCALE, AUDIO, digits=1)
            for name in names
        },
        "loudness_variation": {
            str(name): figure(channels[name].variation if name in channels else None, DECIBELS, AUDIO, digits=1)
            for name in names
        },
        "clipping_share": figure(clipped, RATIO, AUDIO, digits=4),
    }
