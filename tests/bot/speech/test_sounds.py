from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.port import AudioUnreadable
from bot.speech.sounds import sound_of
from tests.bot.speech.conftest import M4A, recording


@pytest.mark.parametrize(
    ("data", "content_type", "suffix"),
    [
        (M4A, "", "m4a"),
        (M4A, "audio/mpeg", "m4a"),
        (recording(), "audio/x-m4a", "wav"),
        (b"OggS" + bytes(60), "", "ogg"),
        (b"ID3" + bytes(60), "", "mp3"),
        (b"\xff\xfb" + bytes(60), "", "mp3"),
        (b"fLaC" + bytes(60), "", "flac"),
        (b"\x1aE\xdf\xa3" + bytes(60), "", "webm"),
        (bytes(60), "audio/mpeg; codecs=mp3", "mp3"),
    ],
)
def test_bytes_tell_what_a_recording_is_before_its_label_does(data: bytes, content_type: str, suffix: str) -> None:
    assert sound_of(data, content_type).suffix == suffix


@pytest.mark.parametrize("data", [b"", M4A[:20], b"%PDF-1.7" + bytes(60)])
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        sound_of(data, "text/plain")


@given(st.binary(max_size=80), st.text(max_size=20))
def test_nothing_else_is_ever_raised(data: bytes, content_type: str) -> None:
    try:
        found = sound_of(data, content_type)
    except AudioUnreadable:
        return
    assert found.suffix in {"m4a", "mp3", "wav", "ogg", "flac", "webm"}
