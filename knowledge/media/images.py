"""Images to pieces of a size that text is recognised in well: upright, on white, never larger than needed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.kinds import is_phones, is_readable

Pixels = npt.NDArray[np.uint8]

MOST_PIXELS = 50_000_000
# Beyond this the recogniser takes longer and reads no better: 5.8 s for a page at 300 dpi, 2.1 s at 150.
LONGEST_SIDE = 1300
# A side below this is enlarged, but never by more than `_MOST_ENLARGED`.
_SHORT_SIDE = 736
_MOST_ENLARGED = 3.0
# What is longer than this, such as a screenshot of a whole conversation, is read in pieces of `LONGEST_SIDE`.
_LONG = 2.5
_STRIP_WIDTH = 800
_MOST_PIECES = 6
_CUT_WITHIN = 120
# The EXIF tag of how a camera was held, and what undoes each of its values.
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an image as BGR `pixels` (height, width, 3); its corner stands at `left`, `top` of the whole."""

    pixels: Pixels
    left: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """An image ready to be read: its size after scaling, and its pieces from the top or the left."""

    width: int
    height: int
    pieces: tuple[Piece, ...]


def opened(data: bytes) -> Picture:
    """Decode an image: its first frame, turned as its EXIF says. Raises ImageRefused.

    Its size is looked at before anything is decoded.
    """
    if is_phones(data):
        raise ImageRefused(ImageRefusal.HEIC)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ImageRefused(ImageRefusal.TOO_MANY_PIXELS, limit=MOST_PIXELS // 1_000_000)
            return picture_of(_upright(image))
    except Image.DecompressionBombError:
        raise ImageRefused(ImageRefusal.TOO_MANY_PIXELS, limit=MOST_PIXELS // 1_000_000) from None
    except UnidentifiedImageError:
        known = is_readable(data)
        raise ImageRefused(ImageRefusal.UNREADABLE if known else ImageRefusal.UNKNOWN_FORMAT) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        # What Pillow raises on damaged files, beside its own errors.
        raise ImageRefused(ImageRefusal.UNREADABLE) from None


def picture_of(image: Image.Image) -> Picture:
    """Scale an RGB image and cut it into pieces."""
    width, height = _scaled(image.width, image.height)
    resized = image.resize((width, height), Image.Resampling.LANCZOS) if (width, height) != image.size else image
    pixels = np.ascontiguousarray(np.asarray(resized, dtype=np.uint8)[:, :, ::-1])
    return Picture(width, height, tuple(_pieces(pixels)))


def _upright(image: Image.Image) -> Image.Image:
    """The first frame in RGB, shrunk early, since each copy of a large image costs up to 150 MB."""
    orientation = image.getexif().get(_ORIENTATION, 1)
    size = _scaled(image.width, image.height)
    # A JPEG can be decoded at a half, a quarter or an eighth of its size for a fraction of the work.
    image.draft("RGB", size)
    image.load()
    has_palette = image.mode in ("1", "P")
    shrunk = image.convert("RGBA" if "transparency" in image.info else "RGB") if has_palette else image
    shrunk.thumbnail(size)
    if shrunk.mode in ("RGBA", "LA", "RGBa", "La"):
        flat = Image.new("RGB", shrunk.size, "white")
        flat.paste(shrunk.convert("RGBA"), mask=shrunk.getchannel("A"))
        shrunk = flat
    turn = _TURNS.get(orientation)
    return shrunk.convert("RGB") if turn is None else shrunk.transpose(turn).convert("RGB")


def _scaled(width: int, height: int) -> tuple[int, int]:
    """The size that an image is read at."""
    short, long = sorted((width, height))
    if long > _LONG * short:
        factor = min(_STRIP_WIDTH / short, _MOST_PIECES * LONGEST_SIDE / long)
    else:
        factor = min(LONGEST_SIDE / long, max(1.0, _SHORT_SIDE / short))
    factor = min(factor, _MOST_ENLARGED)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _pieces(pixels: Pixels) -> Iterator[Piece]:
    height, width = pixels.shape[:2]
    if max(height, width) <= LONGEST_SIDE:
        yield Piece(pixels)
    elif height >= width:
        for start, end in _cuts(pixels):
            yield Piece(pixels[start:end], top=start)
    else:
        for start, end in _cuts(pixels.transpose(1, 0, 2)):
            yield Piece(np.ascontiguousarray(pixels[:, start:end]), left=start)


def _cuts(pixels: Pixels) -> Iterator[tuple[int, int]]:
    """Where to cut a long image: between lines of text, where a row of pixels changes least."""
    restless = pixels.std(axis=(1, 2))
    start = 0
    while len(pixels) - start > LONGEST_SIDE:
        last = start + LONGEST_SIDE
        end = last - _CUT_WITHIN + int(np.argmin(restless[last - _CUT_WITHIN : last]))
        yield start, end
        start = end
    yield start, len(pixels)
