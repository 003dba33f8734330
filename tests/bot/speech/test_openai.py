from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.speech import openai as adapter
from bot.speech.openai import OpenAiTranscriber
from bot.speech.port import (
    AudioTooLong,
    AudioUnreadable,
    Segment,
    SpeechError,
    TranscriberTimeout,
    TranscriberUnavailable,
)
from tests.bot.speech.conftest import M4A, FakeOpenAi, Said

TIMED = {
    "text": "请问租金什么时候缴",
    "language": "chinese",
    "duration": 3.0,
    "segments": [
        {"id": 0, "start": 0.0, "end": 1.5, "text": " 请问租金", "seek": 0, "tokens": [], "temperature": 0.0},
        {"id": 1, "start": 1.5, "end": 3.0, "text": " 什么时候缴", "seek": 0, "tokens": [], "temperature": 0.0},
    ],
}


@pytest.fixture(name="transcriber")
async def transcriber_fixture(server: FakeOpenAi) -> AsyncIterator[OpenAiTranscriber]:
    made = OpenAiTranscriber(api_key=SecretStr("sk-secret"), model="gpt-transcribe", base_url=server.url)
    yield made
    await made.close()


@pytest.fixture(name="whisper")
async def whisper_fixture(server: FakeOpenAi) -> AsyncIterator[OpenAiTranscriber]:
    made = OpenAiTranscriber(api_key=SecretStr("sk-secret"), model="whisper-1", base_url=server.url)
    yield made
    await made.close()


async def test_a_voice_message_of_line_reaches_the_server_as_what_it_is(
    transcriber: OpenAiTranscriber, server: FakeOpenAi
) -> None:
    await transcriber.transcribe(M4A, content_type="audio/x-m4a", language="zh", within=5)
    assert server.files == [("recording.m4a", "audio/mp4", M4A)]
    [form] = server.forms
    assert (form["model"], form["language"], form["response_format"]) == ("gpt-transcribe", "zh", "json")
    assert "繁體" in form["prompt"]
    assert server.keys == ["Bearer sk-secret"]


async def test_a_language_that_is_not_known_is_not_guessed(transcriber: OpenAiTranscriber, server: FakeOpenAi) -> None:
    server.script.append(Said({"text": "When is the rent due?", "languages": [{"code": "en"}]}))
    found = await transcriber.transcribe(M4A, within=5)
    assert (found.text, found.language, found.segments) == ("When is the rent due?", "en", ())
    assert server.forms[0].keys().isdisjoint({"language", "prompt"})


async def test_whisper_is_asked_for_times_and_its_chinese_made_traditional(
    whisper: OpenAiTranscriber, server: FakeOpenAi
) -> None:
    server.script.append(Said(TIMED))
    found = await whisper.transcribe(M4A, within=5)
    assert (found.text, found.language) == ("請問租金什麼時候繳", "zh")
    assert found.segments == (Segment("請問租金", 0.0, 1.5), Segment("什麼時候繳", 1.5, 3.0))
    assert server.forms[0]["response_format"] == "verbose_json"
    assert server.forms[0]["timestamp_granularities[]"] == "segment"


async def test_a_server_that_tells_no_times_is_asked_without_from_then_on(
    whisper: OpenAiTranscriber, server: FakeOpenAi
) -> None:
    server.tells_times = False
    for _ in range(2):
        assert (await whisper.transcribe(M4A, within=5)).text == "ok"
    assert [form["response_format"] for form in server.forms] == ["verbose_json", "json", "json"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, AudioUnreadable),
        (413, AudioTooLong),
        (401, TranscriberUnavailable),
        (404, TranscriberUnavailable),
    ],
)
async def test_what_the_server_refuses_is_told_by_its_cause(
    transcriber: OpenAiTranscriber, server: FakeOpenAi, status: int, error: type[SpeechError]
) -> None:
    server.script.append(Said(status=status))
    with pytest.raises(SpeechError) as raised:
        await transcriber.transcribe(M4A, within=5)
    assert type(raised.value) is error
    assert "sk-secret" not in str(raised.value)


async def test_a_server_that_takes_too_long_is_given_up(transcriber: OpenAiTranscriber, server: FakeOpenAi) -> None:
    server.script.append(Said({"text": "late"}, seconds=5))
    with pytest.raises(TranscriberTimeout):
        await transcriber.transcribe(M4A, within=0.1)


async def test_an_answer_that_is_none_is_not_taken_for_silence(
    transcriber: OpenAiTranscriber, server: FakeOpenAi
) -> None:
    server.script.append(Said({"rubbish": 1}))
    with pytest.raises(TranscriberUnavailable):
        await transcriber.transcribe(M4A, within=5)


async def test_what_is_no_recording_costs_no_call(
    transcriber: OpenAiTranscriber, server: FakeOpenAi, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AudioUnreadable):
        await transcriber.transcribe(b"hello" * 20, content_type="text/plain", within=5)
    monkeypatch.setattr(adapter, "MOST_BYTES", 10)
    with pytest.raises(AudioTooLong):
        await transcriber.transcribe(M4A, within=5)
    assert server.forms == []


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    transcriber = OpenAiTranscriber(api_key=SecretStr("sk-secret"), model="m", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(TranscriberUnavailable):
        await transcriber.transcribe(M4A, within=5)
    await transcriber.close()
