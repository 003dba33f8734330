"""The turns of a call: read from a transcript that a partner gives, and written as one. Pure."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

_LABEL_LENGTH = 40
_TIME = r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)"
_TIMES = re.compile(rf"^\s*[\[(]?{_TIME}(?:\s*(?:-|–|—|-->|~)\s*{_TIME})?[\])]?\s*[-–:]?\s*(?=\S)")
_LABEL = re.compile(rf"^\s*([^\s:：][^:：\n]{{0,{_LABEL_LENGTH - 1}}}?)\s*[:：]\s*(.*)$")
# What stands beside a name: "Agent (Dana)", "Customer 1".
_BESIDE = re.compile(r"\s*(?:[(（\[【].*?[)）\]】]|#?\d{1,2})\s*$")
_BLANKS = re.compile(r"\s+")


class Speaker(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


_UNKNOWN = Speaker.UNKNOWN.value
_WRITTEN = {Speaker.AGENT: "Agent", Speaker.CUSTOMER: "Customer", Speaker.UNKNOWN: "Speaker"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said at a stretch: `speaker` is `agent`, `customer` or `unknown`.

    `channel` is the recording's channel, 0 or 1, None where there is none or both are the same. `start`
    and `end` are seconds from the beginning of the recording, None where nobody measured them.
    """

    speaker: str
    channel: int | None
    start: float | None
    end: float | None
    text: str


def _names() -> dict[str, str]:
    found = tomllib.loads(files(__package__).joinpath("speakers.toml").read_text(encoding="utf-8"))
    return {name: speaker.value for speaker in Speaker for name in found[speaker.value]}


_NAMES = _names()


def speaker_of(name: str) -> str | None:
    """Who a transcript means by `name`, in English, Chinese or Hebrew; None where that can't be told."""
    plain = _BLANKS.sub(" ", _BESIDE.sub("", name).strip().strip("*_").casefold())
    return _NAMES.get(plain)


def turns_of(given: str | Sequence[Any]) -> list[Turn]:
    """The turns of a transcript as a partner gives it: lines such as `Agent: Hello`, or a list.

    A list has such lines, or objects with `text` and where known `speaker`, `start`, `end`, `channel`. A line may
    begin with its time, as `[01:05]`. A line that names no speaker goes on with the turn before it, unless no line
    names one: then each is a turn of `unknown`. What has no text is left out; nothing is guessed.
    """
    if isinstance(given, str):
        return _of_lines(given.splitlines())
    lines = [_line(item) for item in given]
    if all(line is not None for line in lines):
        return _of_lines(part for line in lines if line is not None for part in line.splitlines())
    return [turn for item in given if (turn := _of_item(item)) is not None]


def written(turns: Iterable[Turn]) -> str:
    """A transcript of one line a turn, each with its speaker: `Agent: Hello`."""
    return "\n".join(f"{_WRITTEN[Speaker(turn.speaker)]}: {_one_line(turn.text)}" for turn in turns)


def segments_of(turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """The turns as results carry them."""
    return [
        {"speaker": turn.speaker, "channel": turn.channel, "start": turn.start, "end": turn.end, "text": turn.text}
        for turn in turns
    ]


def _line(item: Any) -> str | None:
    """What is no more than a line: a text, or an object that has nothing but `text`."""
    if isinstance(item, Mapping) and isinstance(item.get("text"), str):
        is_plain = all(item.get(name) is None for name in ("speaker", "start", "end", "channel"))
        return str(item["text"]) if is_plain else None
    return item if isinstance(item, str) else None


def _of_lines(lines: Iterable[str]) -> list[Turn]:
    turns: list[Turn] = []
    is_labelled = False
    for line in lines:
        speaker, start, end, text = _read(line)
        if speaker is None and is_labelled and turns:
            before = turns[-1]
            turns[-1] = Turn(before.speaker, None, before.start, before.end, _one_line(f"{before.text} {text}"))
            continue
        is_labelled = is_labelled or speaker is not None
        turns.append(Turn(speaker or _UNKNOWN, None, start, end, _one_line(text)))
    return [turn for turn in turns if turn.text]


def _read(line: str) -> tuple[str | None, float | None, float | None, str]:
    """Who speaks in a line, from when to when, and what is said."""
    start, end, rest = _timed(line)
    found = _LABEL.match(rest)
    speaker = speaker_of(found[1]) if found is not None else None
    if found is None or speaker is None:
        return None, start, end, rest.strip()
    return speaker, start, end, found[2].strip()


def _timed(line: str) -> tuple[float | None, float | None, str]:
    found = _TIMES.match(line)
    if found is None:
        return None, None, line
    start, end = _seconds(found[1], found[2], found[3]), _seconds(found[4], found[5], found[6])
    return start, _after(start, end), line[found.end() :]


def _seconds(hours: str | None, minutes: str | None, seconds: str | None) -> float | None:
    if minutes is None or seconds is None:
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


def _of_item(item: Any) -> Turn | None:
    if isinstance(item, str):
        item = {"text": item}
    if not isinstance(item, Mapping) or not isinstance(item.get("text"), str):
        return None
    speaker, start, end, text = speaker_of(str(item.get("speaker") or "")), None, None, item["text"]
    if item.get("speaker") is None:
        speaker, start, end, text = _read(text)
    if not text.strip():
        return None
    start = _number(item.get("start")) if item.get("start") is not None else start
    end = _number(item.get("end")) if item.get("end") is not None else end
    channel = item.get("channel")
    is_channel = isinstance(channel, int) and not isinstance(channel, bool) and channel in (0, 1)
    return Turn(speaker or _UNKNOWN, channel if is_channel else None, start, _after(start, end), _one_line(text))


def _after(start: float | None, end: float | None) -> float | None:
    """The end of what has one; none that comes before its start, or without one."""
    return end if start is not None and end is not None and end >= start else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
