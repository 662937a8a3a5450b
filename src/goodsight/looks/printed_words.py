"""Words printed on what a photo shows, read by RapidOCR's PP-OCR models, which it carries."""

from __future__ import annotations

import importlib.util
import logging
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from PIL import Image

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.types import Photo, PixelArray

__all__ = ["WordReader", "can_read_words"]

# Large enough for the names on a package that fills the photo; the detector's time grows with
# the square. Measured: docs/decisions/0014.
SHORT_SIDE_PIXELS = 640
LONG_SIDE_PIXELS = 1024
# Of a photo made to fit: no letter can be read in a narrower strip.
LEAST_SIDE_PIXELS = 32
LEAST_CONFIDENCE = 0.5
# A shelf full of price tags must not take minutes.
MOST_LINES = 60

_SETTINGS = {
    "Global.log_level": "critical",
    "Global.text_score": LEAST_CONFIDENCE,
    # It turns lines that stand on their head. Photos come upright, and it costs a tenth.
    "Global.use_cls": False,
    # The callers bring their own threads, one per core.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    # Photos come in the right size: left to itself, it blows a narrow strip up beyond memory.
    "Global.use_preprocess_img": False,
    "Det.limit_type": "max",
    "Det.limit_side_len": LONG_SIDE_PIXELS,
    "Det.max_candidates": MOST_LINES,
}


def can_read_words() -> bool:
    """Whether what reading needs is installed."""
    try:
        return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "cv2"))
    except ValueError:  # a module that stands in for an absent one has no spec
        return False


class WordReader:
    """Reads printed words. Loads its models when first used; safe to call from threads."""

    def __init__(self) -> None:
        self._loading = Lock()

    def words(self, photo: Photo) -> tuple[str, ...]:
        """The lines read, from top to bottom. Raises ModelError, MissingExtra."""
        return tuple(text for text, _ in self.lines(photo))

    def lines(self, photo: Photo) -> tuple[tuple[str, float], ...]:
        """Lines of text and the confidence in each, `LEAST_CONFIDENCE` … 1.

        Raises ModelError, MissingExtra.
        """
        with self._loading:
            reader = self._reader
        # OpenCV's order is blue, green, red.
        pixels = np.ascontiguousarray(_fitted(photo.pixels)[..., ::-1])
        if min(pixels.shape[:2]) < LEAST_SIDE_PIXELS:
            return ()
        try:
            found = reader(pixels)
        except Exception as error:  # RapidOCR, OpenCV and onnxruntime raise unrelated classes
            raise ModelError(f"RapidOCR failed on {photo.reference}: {error}") from error
        # Nothing found comes back as another class, with or without the fields.
        texts, scores = getattr(found, "txts", None) or (), getattr(found, "scores", None) or ()
        return tuple(
            (text.strip(), float(score))
            for text, score in zip(texts, scores, strict=True)
            if text.strip()
        )

    @cached_property
    def _reader(self) -> Any:
        if not can_read_words():
            raise MissingExtra("reading printed words", extra="quality")
        import cv2
        import rapidocr

        # The photos are read side by side already.
        cv2.setNumThreads(1)
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        try:
            return rapidocr.RapidOCR(params=_SETTINGS)
        except Exception as error:  # as above
            raise ModelError(f"RapidOCR cannot load its models: {error}") from error


def _fitted(pixels: PixelArray) -> PixelArray:
    """The photo in the size in which the detector looks at it."""
    height, width = pixels.shape[:2]
    scale = min(SHORT_SIDE_PIXELS / min(height, width), LONG_SIDE_PIXELS / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
