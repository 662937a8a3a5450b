"""Everything that is seen in a photo beside its vector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goodsight.core.looks import Described, PhotoLooks
from goodsight.core.types import Photo
from goodsight.looks.colours import foreground_colours
from goodsight.looks.foreground import Foreground
from goodsight.looks.patterns import foreground_pattern
from goodsight.looks.perceptual_hash import perceptual_hash
from goodsight.looks.printed_words import WordReader
from goodsight.looks.small_copy import small_copy

__all__ = ["Describer"]


class Describer:
    """Implements `core.ports.PhotoDescriber`. Safe to call from several threads.

    Words are read where there is a `reader`.
    """

    def __init__(self, reader: WordReader | None = None) -> None:
        self._reader = reader

    @property
    def reach(self) -> Described:
        """How far photos are described; words are read where there is a reader."""
        return Described.PLAINLY if self._reader is None else Described.WITH_WORDS

    def describe(self, photo: Photo) -> PhotoLooks:
        """Colours, pattern, hash and, with a reader, the printed words. Raises ModelError."""
        plain = self.describe_plainly(photo)
        return plain if self._reader is None else replace(plain, printed_words=self.words(photo))

    def describe_plainly(self, photo: Photo) -> PhotoLooks:
        """Colours, pattern and hash alone."""
        small = small_copy(photo.pixels)
        pixels = np.asarray(small)
        shown = Foreground.of(pixels)
        colours, names = foreground_colours(shown)
        return PhotoLooks(
            colours=colours,
            colour_names=names,
            pattern=foreground_pattern(pixels, shown),
            perceptual_hash=perceptual_hash(small),
        )

    def words(self, photo: Photo) -> tuple[str, ...]:
        """The words printed on what the photo shows; none without a reader."""
        return () if self._reader is None else self._reader.words(photo)
