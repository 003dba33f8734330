"""The adapter for Whisper with its real process; only the package that isn't installed is stood in for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.speech.port import AudioTooLong, AudioUnreadable, Segment, TranscriberTimeout, TranscriberUnavailable
from bot.speech.whisper import WhisperTranscriber
from tests.bot.speech.conftest import recording

# The edge of faster-whisper as it is used here; what it "hears" is what the test puts into the model's folder.
PACKAGE = """
import json, numpy, os, time
from types import SimpleNamespace

def decode_audio(file):
    data = file.read()
    if data.count(b"broken"):
        raise ValueError("not audio")
    return data[44::2]

class WhisperModel:
    def __init__(self, folder, *, device, compute_type, cpu_threads, local_files_only):
        self.said = json.load(open(os.path.join(folder, "said.json")))
    def detect_language(self, audio, *, vad_filter):
        return self.said["language"], self.said["probability"], []
    def transcribe(self, audio, *, language, initial_prompt, vad_filter, beam_size, condition_on_previous_text,
                   word_timestamps):
        if self.said.get("hangs"):
            time.sleep(60)
        if self.said.get("crashes"):
            os.abort()
        return iter([segment(**one) for one in self.said["segments"]]), None

def segment(*, words=(), start, end, **told):
    listed = [SimpleNamespace(**word) for word in words]
    return SimpleNamespace(**told, start=numpy.float64(start), end=numpy.float64(end), words=listed)
"""


def said(text: str, start: float = 0.0, *, no_speech: float = 0.1, logprob: float = -0.3) -> str:
    return (
        f'{{"text": "{text}", "start": {start}, "end": {start + 1}, "no_speech_prob": {no_speech}, '
        f'"avg_logprob": {logprob}}}'
    )


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "faster_whisper.py").write_text(PACKAGE)
    (tmp_path / "model.bin").write_bytes(b"weights")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def hears(folder: Path, *segments: str, language: str = "zh", probability: float = 0.9, more: str = "") -> None:
    listed = ", ".join(segments)
    body = f'{{"language": "{language}", "probability": {probability}, "segments": [{listed}]{more}}}'
    (folder / "said.json").write_text(body)


async def test_what_is_heard_comes_back_with_its_times_in_traditional_characters(folder: Path) -> None:
    hears(folder, said("请问"), said("租金多少", 1.0), said("谢谢观看", 2.0, no_speech=0.9, logprob=-1.5))
    found = await WhisperTranscriber(folder).transcribe(recording(), content_type="audio/wav", within=20)
    assert (found.text, found.language) == ("請問租金多少", "zh")
    assert found.segments == (Segment("請問", 0.0, 1.0), Segment("租金多少", 1.0, 2.0))


async def test_no_segment_reaches_over_a_pause(folder: Path) -> None:
    times = (("Good", 0.0, 0.5), (" day.", 0.6, 1.0), (" How", 2.0, 2.3), (" much?", 2.5, 3.0))
    words = json.dumps([{"word": word, "start": start, "end": end} for word, start, end in times])
    hears(folder, said("Good day. How much?").replace("}", f', "words": {words}}}'), language="en")
    found = await WhisperTranscriber(folder).transcribe(recording(), within=20)
    assert found.segments == (Segment("Good day.", 0.0, 1.0), Segment("How much?", 2.0, 3.0))


async def test_what_the_model_only_guesses_is_not_heard(folder: Path) -> None:
    hears(folder, said("สวัสดี"), language="th", probability=0.3)
    transcriber = WhisperTranscriber(folder)
    assert (await transcriber.transcribe(recording(), within=20)).text == ""
    assert (await transcriber.transcribe(recording(), language="th", within=20)).language == "th"


async def test_a_recording_that_cannot_be_used_is_told_by_its_cause(folder: Path) -> None:
    hears(folder, said("x"))
    with pytest.raises(AudioUnreadable):
        await WhisperTranscriber(folder).transcribe(recording() + b"broken", within=20)
    with pytest.raises(AudioTooLong):
        await WhisperTranscriber(folder, longest=0.1).transcribe(recording(0.5), within=20)


async def test_a_process_that_crashes_or_hangs_costs_its_recording_only(folder: Path) -> None:
    transcriber = WhisperTranscriber(folder)
    hears(folder, more=', "crashes": true')
    with pytest.raises(TranscriberUnavailable):
        await transcriber.transcribe(recording(), language="zh", within=20)
    hears(folder, more=', "hangs": true')
    with pytest.raises(TranscriberTimeout):
        await transcriber.transcribe(recording(), language="zh", within=0.5)
    assert not transcriber._processes
    await transcriber.close()


def test_what_is_missing_is_said_when_the_process_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "model.bin").unlink()
    with pytest.raises(ConfigurationError, match=r"model\.bin"):
        WhisperTranscriber(folder)
    monkeypatch.setattr("bot.speech.whisper._PACKAGE", "a_package_that_is_not_there")
    with pytest.raises(ConfigurationError, match="faster-whisper"):
        WhisperTranscriber(folder)
