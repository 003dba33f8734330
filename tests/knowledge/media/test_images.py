from __future__ import annotations

import contextlib
import struct
import warnings
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.images import LONGEST_SIDE, opened, picture_of
from tests.knowledge.media.conftest import encoded

ORIENTATION = 0x0112


def refusal_of(data: bytes) -> ImageRefusal:
    with pytest.raises(ImageRefused) as refused, warnings.catch_warnings(action="ignore"):
        opened(data)
    return refused.value.refusal


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def two_tone() -> Image.Image:
    """Dark above, light below; wider than high."""
    image = Image.new("RGB", (1000, 800), "white")
    image.paste((0, 0, 0), (0, 0, 1000, 400))
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_every_common_kind_is_opened(kind: str) -> None:
    picture = opened(encoded(two_tone(), kind))
    assert (picture.width, picture.height) == (1000, 800)
    pixels = picture.pieces[0].pixels
    assert pixels.shape == (800, 1000, 3)
    assert pixels[:390].mean() < 10
    assert pixels[410:].mean() > 245


def test_a_photo_is_turned_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    picture = opened(encoded(two_tone(), "JPEG", exif=exif))
    assert (picture.width, picture.height) == (800, 1000)
    assert picture.pieces[0].pixels[:, 410:].mean() < 10


def test_what_is_transparent_is_read_on_white() -> None:
    image = Image.new("RGBA", (800, 800), (0, 0, 0, 0))
    assert opened(encoded(image)).pieces[0].pixels.min() == 255
    palette = Image.new("P", (800, 800), 0)
    assert opened(encoded(palette, "GIF", transparency=0)).pieces[0].pixels.min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "CMYK"])
def test_rare_modes_are_opened(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(encoded(Image.new(mode, (800, 800)), kind)).width == 800


def test_of_a_moving_picture_the_first_frame_is_read() -> None:
    frames = [Image.new("L", (800, 800), shade) for shade in (0, 255)]
    assert opened(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])).pieces[0].pixels.max() < 10


@given(st.tuples(st.integers(1, 6000), st.integers(1, 6000)).filter(lambda size: size[0] * size[1] < 4_000_000))
@settings(max_examples=40, deadline=None)
def test_no_piece_is_larger_than_the_recogniser_wants_and_none_is_lost(size: tuple[int, int]) -> None:
    picture = picture_of(Image.new("RGB", size))
    assert all(max(piece.pixels.shape) <= LONGEST_SIDE for piece in picture.pieces)
    covered = sum(piece.pixels.shape[0] * piece.pixels.shape[1] for piece in picture.pieces)
    assert covered == picture.width * picture.height
    assert len(picture.pieces) <= 8


def test_a_long_screenshot_is_cut_between_its_lines() -> None:
    image = Image.new("RGB", (800, 4000), "white")
    for top in range(0, 4000, 100):
        for left in range(0, 800, 20):
            image.paste((0, 0, 0), (left, top + 40, left + 10, top + 100))
    for piece in opened(encoded(image)).pieces[1:]:
        assert piece.top % 100 <= 40


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (png_of(50_000, 50_000), ImageRefusal.TOO_MANY_PIXELS),
        (png_of(10_000, 10_000), ImageRefusal.TOO_MANY_PIXELS),
        (png_of(10, 10), ImageRefusal.UNREADABLE),
        (encoded(two_tone(), "JPEG")[:3000], ImageRefusal.UNREADABLE),
        (b"\xff\xd8\xff\xe0" + bytes(20), ImageRefusal.UNREADABLE),
        (b"\0\0\0\x18ftypheic" + bytes(40), ImageRefusal.HEIC),
        (b"\0\0\0\x18ftypM4A " + bytes(40), ImageRefusal.UNKNOWN_FORMAT),
        (encoded(two_tone(), "TIFF"), ImageRefusal.UNKNOWN_FORMAT),
        ("圖片".encode(), ImageRefusal.UNKNOWN_FORMAT),
    ],
)
def test_what_is_not_read_is_refused_by_its_name(data: bytes, refusal: ImageRefusal) -> None:
    assert refusal_of(data) is refusal


@given(st.binary(max_size=300), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_damage_never_raises_anything_else(rubbish: bytes, kind: str, at: int) -> None:
    good = encoded(Image.new("RGB", (20, 20), "red"), kind)
    with warnings.catch_warnings(action="ignore"), contextlib.suppress(ImageRefused):
        opened(good[:at] + rubbish + good[at + len(rubbish) :])
