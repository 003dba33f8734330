import base64
import textwrap
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.audio import MAX_AUDIO, AudioBytes, AudioUrl, audio_of
from partner_api.calls.errors import AudioTooLarge, UnsupportedAudio
from tests.partner_api.conftest import AUDIO, WAV

RANDOM = bytes(range(256)) * 3


def recording(data: bytes) -> bytes:
    """A recording that holds every byte, and so every character of base64."""
    return WAV + data


@given(st.binary(max_size=300))
def test_base64_is_read_in_either_alphabet_with_or_without_padding_and_line_ends(data: bytes) -> None:
    sound = recording(data)
    plain, safe = base64.b64encode(sound).decode(), base64.urlsafe_b64encode(sound).decode()
    wrapped = "\r\n".join(textwrap.wrap(plain, 76))
    for text in (plain, safe, plain.rstrip("="), safe.rstrip("="), wrapped, f" {plain}\n", plain.replace("A", "A ")):
        assert audio_of(text) == AudioBytes(sound, "audio/wav")


@pytest.mark.parametrize("head", ["data:audio/wav;base64,", "DATA:;base64,", "data:audio/mpeg;codecs=x;BASE64,"])
def test_a_data_url_is_its_content_whatever_it_says_of_it(head: str) -> None:
    assert audio_of(head + AUDIO) == AudioBytes(WAV, "audio/wav")


@pytest.mark.parametrize("url", ["https://example.com/a.mp3", "HTTP://x", "file:///etc/passwd", "ftp://x", "http:"])
def test_what_begins_as_a_url_does_is_one(url: str) -> None:
    assert audio_of(f" {url}\n") == AudioUrl(url)


def test_base64_that_begins_with_http_is_base64() -> None:
    # "http" is base64 of these three bytes, a frame of MPEG 2.5 would not begin so.
    with pytest.raises(UnsupportedAudio, match="first bytes"):
        audio_of("http" * 20)
    ogg = base64.b64encode(b"OggS" + bytes(40)).decode()
    assert audio_of(ogg) == AudioBytes(b"OggS" + bytes(40), "audio/ogg")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"), (" \n ", "is empty"), ("data:audio/wav;base64,", "is empty"), ("=", "padded"),
        ("AAAAA", "padded"), ("AA=A", "padded"), ("AAA==", "padded"), ("AA=", "padded"), ("AAAA=", "padded"),
        ("AA==AA==", "padded"), ("A" * 80, "first bytes"), ("audio.mp3", "not the name"), ("//example.com/", "neither"),
        ("/home/me/my_call.mp3", "not the name"),
        ("AA+_", "both alphabets"), ("AAA\u0660", "not base64"), ("{}", "neither"), ("AA\x00A", "neither"),
        ("data:audio/wav," + AUDIO, "data URL"), ("data:audio/wav;base64" + AUDIO, "data URL"), ("data:", "data URL"),
        ("data:" + "x" * 300 + ";base64," + AUDIO, "data URL"),
        (base64.b64encode(b"%PDF-1.7" + RANDOM).decode(), "first bytes"),
        ("data:audio/mpeg;base64," + base64.b64encode(b"<html>" + RANDOM).decode(), "first bytes"),
    ],
)  # fmt: skip
def test_everything_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnsupportedAudio, match=reason):
        audio_of(text)


@given(st.text(max_size=60))
def test_no_text_brings_it_down(text: str) -> None:
    with suppress(UnsupportedAudio):
        assert isinstance(audio_of(text), AudioUrl | AudioBytes)


def test_a_call_of_8_khz_as_mp3_is_known() -> None:
    for beginning in (b"\xff\xe3", b"\xff\xe2", b"\xff\xfb", b"ID3"):
        sound = beginning + bytes(60)
        assert audio_of(base64.b64encode(sound).decode()) == AudioBytes(sound, "audio/mpeg")


def test_a_recording_may_have_25_mib_and_no_byte_more() -> None:
    most = WAV + bytes(MAX_AUDIO - len(WAV))
    read = audio_of(base64.b64encode(most).decode())
    assert isinstance(read, AudioBytes)
    assert read.data == most
    for more in (1, 1000):
        with pytest.raises(AudioTooLarge):
            audio_of(base64.b64encode(most + bytes(more)).decode())
