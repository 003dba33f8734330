"""Pictures to read; those with Chinese text are kept as files, since fonts differ from machine to machine."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

IMAGES = Path(__file__).parent / "images"


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


@pytest.fixture(scope="session")
def notice() -> bytes:
    """A landlord's notice, 800x600."""
    return (IMAGES / "notice.png").read_bytes()


@pytest.fixture(scope="session")
def receipt() -> bytes:
    """A receipt as it is photographed: leaning, blurred, unevenly lit, in a JPEG of low quality."""
    return (IMAGES / "receipt.jpg").read_bytes()
