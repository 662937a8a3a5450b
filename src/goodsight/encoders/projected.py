"""An encoder followed by a projection learnt from the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import Projection
from goodsight.core.types import Embeddings, ModelCard, Photo

__all__ = ["ProjectedEncoder"]


class ProjectedEncoder:
    """Implements `ImageEncoder` in the projection's space.

    `base` is the encoder behind it, `projection` what follows.
    """

    def __init__(self, base: ImageEncoder, projection: Projection) -> None:
        self.base = base
        self.projection = projection
        self._card = replace(
            base.card, dimension=projection.dimension, space=projection.space(base.card.space)
        )

    @property
    def card(self) -> ModelCard:
        """The base's card, but for the projection's dimension and space."""
        return self._card

    def encode_photos(self, photos: Sequence[Photo]) -> Embeddings:
        """Embed n photos into float32 (n, d), rows of norm 1. Raises ModelError."""
        features = self.base.encode_photos(photos).features
        return Embeddings(self.projection.apply(features), features, self._card.space)
