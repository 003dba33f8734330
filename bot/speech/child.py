"""The process that transcribes one recording by Whisper: `python -m bot.speech.child MODEL_FOLDER`.

Its input is a JSON line (`Request`) and the recording's bytes; its output a JSON line (`Answer`). It
binds its own memory and time before it decodes anything, and fetches nothing.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import faster_whisper
import msgspec

from bot.confined import bind
from bot.speech.port import Segment
from bot.speech.wire import Answer, Failure, Request

_POLITELY = 10
_THREADS = 2
_SAMPLES_A_SECOND = 16_000
# Below this the model guesses: it wrote Thai for noise.
_SURE_OF_LANGUAGE = 0.6
# Whisper's own measure of a stretch in which nobody speaks.
_NO_SPEECH, _UNSURE = 0.6, -1.0
_PAUSE = 0.8


def transcribe(model: faster_whisper.WhisperModel, request: Request, data: bytes) -> Answer:
    """What is said in a recording; whatever is wrong with it is an answer."""
    try:
        audio = faster_whisper.decode_audio(io.BytesIO(data))
    except MemoryError:
        return Answer(failure=Failure.TOO_LONG)
    except Exception as error:  # noqa: BLE001 - a broken recording makes decoders raise anything; the reader logs which
        return Answer(failure=Failure.UNREADABLE, cause=type(error).__name__)
    if len(audio) > request.longest * _SAMPLES_A_SECOND:
        return Answer(failure=Failure.TOO_LONG)
    language = request.language
    if language is None:
        language, probability, _ = model.detect_language(audio, vad_filter=True)
        if probability < _SURE_OF_LANGUAGE:
            return Answer()
    found, _ = model.transcribe(
        audio, language=language, initial_prompt=request.prompts.get(language), vad_filter=True, beam_size=5,
        condition_on_previous_text=False, word_timestamps=True,
    )  # fmt: skip
    segments = tuple(
        part
        for one in found
        if one.no_speech_prob < _NO_SPEECH or one.avg_logprob > _UNSURE
        for part in _at_pauses(one)
    )
    return Answer(language, segments)


def _at_pauses(found: Any) -> Iterator[Segment]:
    """A segment, cut where nobody speaks: the model joins what is said before and after a silence."""
    words = list(found.words or ())
    begin = 0
    for at in range(1, len(words)):
        if words[at].start - words[at - 1].end >= _PAUSE:
            yield _joined(words[begin:at])
            begin = at
    # As it was found, where there is nothing to cut.
    yield _joined(words[begin:]) if begin else _segment(found.text, found.start, found.end)


def _joined(words: Sequence[Any]) -> Segment:
    return _segment("".join(word.word for word in words), words[0].start, words[-1].end)


def _segment(text: str, start: Any, end: Any) -> Segment:
    # With the times of words they are numbers of numpy, which no encoder knows.
    return Segment(text, round(float(start), 2), round(float(end), 2))


def main(stdin: BinaryIO, stdout: BinaryIO, folder: str) -> None:
    warnings.simplefilter("ignore")
    # It takes the processors for seconds; whoever answers webhooks on them comes first.
    os.nice(_POLITELY)
    request = msgspec.json.decode(stdin.readline(), type=Request)
    bind(memory=request.memory, cpu=request.cpu)
    model = faster_whisper.WhisperModel(
        folder, device="cpu", compute_type="int8", cpu_threads=_THREADS, local_files_only=True
    )
    stdout.write(msgspec.json.encode(transcribe(model, request, stdin.read(request.size))) + b"\n")
    stdout.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1])
