"""Long texts are found in JSON, and read in pieces as a parser reads them."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import PlatformError
from partner_api.calls import intake, long_text
from partner_api.calls.intake import read_call
from partner_api.calls.long_text import LONG, long_text_in
from tests.partner_api.conftest import WAV

SOUND = WAV + bytes(range(256)) * 1_500
PLAIN = base64.b64encode(SOUND).decode()
ASKED = {"company_id": "a", "agent_id": "b"}
ESCAPES = {"/": "\\/", "+": "\\u002B", "A": "\\u0041", "=": "\\u003d"}


def body_of(audio: str, **more: object) -> bytes:
    return json.dumps({**more, "audio_file": audio, **ASKED}).encode()


def told(body: bytes) -> object:
    """What is read, or the code and words of why nothing is."""
    try:
        return read_call(body)
    except PlatformError as error:
        return error.code, str(error)


def told_as_a_whole(body: bytes) -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(intake, "long_text_in", lambda _: None)
        return told(body)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4), st.integers(0, 70_000))
def test_what_is_found_is_the_text_that_a_parser_reads(more: dict[str, str], size: int) -> None:
    text = (PLAIN * 2)[:size]
    found = long_text_in(body_of(text, **{f"x{name}": value for name, value in more.items()}))
    assert (found is not None) == (size >= LONG)
    assert found is None or "".join(found.pieces()) == text


@pytest.mark.parametrize("escaped", ["", "/", "+", "A", "=", "/+A="])
@pytest.mark.parametrize("piece", [97, 1_000, 256 * 1024])
def test_escapes_are_read_wherever_pieces_end(escaped: str, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_text, "_PIECE", piece)
    audio = "".join(ESCAPES[letter] if letter in escaped else letter for letter in PLAIN)
    found = long_text_in(b'{"it \\\\\\"says\\\\": "\\\\", "audio_file": "' + audio.encode() + b'"}')
    assert found is not None
    assert "".join(found.pieces()) == PLAIN


@pytest.mark.parametrize(
    "body",
    [
        body_of(PLAIN), body_of(PLAIN)[:-1], body_of(PLAIN) + b"}", body_of(PLAIN[:-1]), body_of("\n" + PLAIN),
        body_of(PLAIN).replace(b"AAAA", b"A\nAA"), body_of(PLAIN).replace(b"AAAA", b"A\\xA"),
        body_of(PLAIN).replace(b"AAAA", b"\xc3\xa9AA"), body_of(PLAIN).replace(b"AAAA", b"\xffAAA"),
        body_of(PLAIN, audio_file="x").replace(b'"agent_id"', b'"audio_file": "x", "agent_id"'),
        body_of("data:audio/wav;base64," + PLAIN), body_of("data:audio/wav," + PLAIN), body_of("https://" + PLAIN),
        body_of(PLAIN, agent="x", metadata={"x": PLAIN}), body_of("AAAA", transcript="Agent: " + "hello " * 20_000),
        body_of(PLAIN, transcript=PLAIN), json.dumps({"a": PLAIN}).encode(), json.dumps([PLAIN]).encode(),
        body_of("A" * 100_000), b'"' * 700_000, b'"' + b"\\" * 700_001 + b'"',
    ],
)  # fmt: skip
def test_bodies_are_told_of_as_if_they_were_read_as_a_whole(body: bytes) -> None:
    assert told(body) == told_as_a_whole(body)
