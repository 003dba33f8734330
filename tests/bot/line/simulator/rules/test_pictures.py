"""The size that a picture states."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.simulator.rules.pictures import picture_size
from tests.bot.line.simulator.staging import png

APPLICATION = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + b"\x00" * 10
FRAME = b"\xff\xc2" + struct.pack(">HBHH", 17, 8, 843, 2500) + b"\x03"


@pytest.mark.parametrize(
    ("data", "content_type", "size"),
    [
        (png(2500, 843), "image/png", (2500, 843)),
        (b"\xff\xd8" + APPLICATION + FRAME, "image/jpeg", (2500, 843)),
        (b"\xff\xd8" + APPLICATION, "image/jpeg", None),
        (png(2500, 843), "image/jpeg", None),
        (png(2500, 843), "image/gif", None),
        (b"", "image/png", None),
    ],
)
def test_a_picture_states_its_size(data: bytes, content_type: str, size: tuple[int, int] | None) -> None:
    assert picture_size(data, content_type) == size


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_are_read_without_harm(data: bytes, start: bytes) -> None:
    for content_type in ("image/jpeg", "image/png"):
        found = picture_size(start + data, content_type)
        assert found is None or min(found) >= 0
