from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.errors import ConfigurationError
from bot.ports import configured_transcriber
from bot.texts import Language, say
from tests.support.settings import MakeSettings

ERRORS = ("speech_unavailable", "speech_unreadable", "speech_too_long", "speech_silent")


async def test_speech_is_transcribed_where_something_is_configured_for_it(
    settings: MakeSettings, tmp_path: Path
) -> None:
    clock = ManualClock()
    assert configured_transcriber(settings(), clock) is None
    assert configured_transcriber(settings(openai_api_key="sk-x", openai_transcribe_model=""), clock) is None
    by_key = configured_transcriber(settings(openai_api_key="sk-x"), clock)
    assert by_key is not None
    await by_key.close()
    with pytest.raises(ConfigurationError):
        configured_transcriber(settings(whisper_model_path=str(tmp_path)), clock)


@pytest.mark.parametrize("language", Language)
def test_every_failure_has_a_text(language: Language) -> None:
    assert all(say(f"media.{error}", language) for error in ERRORS)
