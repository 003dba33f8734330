"""Text in images by RapidOCR (PP-OCRv6), whose models come with its package: nothing is fetched.

Runs in processes of their own only: one page costs 1 to 2 s of one processor, and the models 120 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import rapidocr
from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError
from rapidocr.main import RapidOCRError

from bot.traditional import as_written
from knowledge.media.images import LONGEST_SIDE, Picture, Piece, Pixels
from knowledge.media.layout import Box, Point, TextLine, lines_of

# What is less sure than this is more often a pattern than a word.
LEAST_CONFIDENCE = 0.6
# A single letter is what a wheel or a lamp looks like.
_LEAST_CHARACTERS = 2
_UPSIDE_DOWN = "180"
_SURELY = 0.9
_MODELS = Path(rapidocr.__file__).parent / "models"
Corners = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines of an image in reading order, and how sure they are on the whole (0 where there are none)."""

    lines: tuple[TextLine, ...]
    confidence: float

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def recognised(picture: Picture) -> Recognised:
    """Read a picture in this process; loads the models at the first call, which takes about a second."""
    boxes = [box for piece in picture.pieces for box in _boxes(piece)]
    sure = [line for line in lines_of(boxes) if line.confidence >= LEAST_CONFIDENCE]
    if sum(character.isalnum() for line in sure for character in line.text) < _LEAST_CHARACTERS:
        return Recognised((), 0.0)
    texts = as_written("\n".join(line.text for line in sure)).split("\n")
    lines = tuple(replace(line, text=text) for line, text in zip(sure, texts, strict=True))
    weight = sum(len(line.text) for line in lines)
    return Recognised(lines, sum(line.confidence * len(line.text) for line in lines) / weight)


@cache
def engine() -> rapidocr.RapidOCR:
    """The recogniser with its models loaded. It keeps no thread, so a process that holds it may fork."""
    cv2.setNumThreads(1)
    loaded = rapidocr.RapidOCR(
        params={
            "Global.log_level": "error",
            # Named, the models are neither looked for elsewhere nor fetched.
            "Det.model_path": str(_MODELS / "PP-OCRv6_det_small.onnx"),
            "Cls.model_path": str(_MODELS / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
            "Rec.model_path": str(_MODELS / "PP-OCRv6_rec_small.onnx"),
            "Det.limit_type": "max",
            "Det.limit_side_len": LONGEST_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    # The library loads each model when it is first needed; here that is now.
    list(_boxes_by(loaded, Piece(_sample())))
    return loaded


def _boxes(piece: Piece) -> Iterator[Box]:
    return _boxes_by(engine(), piece)


def _boxes_by(loaded: rapidocr.RapidOCR, piece: Piece) -> Iterator[Box]:
    """The steps of the library in its order: find text, tell what is upside down, read it."""
    try:
        crops, found = loaded.detect_and_crop(piece.pixels, {})
        turns = loaded.cls_and_rotate(crops)[1].cls_res or []
        places = [Box("", 0.0, _corners(box, piece)) for box in (found.boxes if found.boxes is not None else ())]
        turned = _agreed(places, [label == _UPSIDE_DOWN and score > _SURELY for label, score in turns])
        read = loaded.recognize_txt(
            [np.rot90(crop, 2) if turn else crop for crop, turn in zip(crops, turned, strict=True)]
        )
    except RapidOCRError:
        # So the library says that it found nothing.
        return
    except ONNXRuntimeError:
        # The models are sound and so is what they are given: what fails them is a lack of memory.
        raise MemoryError from None
    for place, turn, text, confidence in zip(places, turned, read.txts or (), read.scores, strict=True):
        shown = " ".join(text.split())
        if shown:
            yield Box(shown, float(confidence), place.corners, is_turned=turn)


def _corners(box: Corners, piece: Piece) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((float(x) + piece.left, float(y) + piece.top) for x, y in box)
    return (a, b, c, d)


def _agreed(boxes: Sequence[Box], turned: Sequence[bool]) -> list[bool]:
    """Whether each text is upside down, as most text of its direction is: alone, the model errs at odd letters."""
    agreed = {}
    for stands in (False, True):
        votes = [
            (box.width + box.height) * (1 if turn else -1)
            for box, turn in zip(boxes, turned, strict=True)
            if box.stands is stands
        ]
        agreed[stands] = sum(votes) > 0
    return [agreed[box.stands] for box in boxes]


def _sample() -> Pixels:
    """A picture with something like text in it."""
    pixels = np.full((64, 320, 3), 255, dtype=np.uint8)
    cv2.putText(pixels, "OK 123", (20, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)
    return pixels
