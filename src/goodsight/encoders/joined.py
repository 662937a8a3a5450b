"""Several networks as one encoder: their features side by side.

Side by side, never added up: each network's features live in a space of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from goodsight.core.projecting import conditioned
from goodsight.core.types import Embeddings, FloatArray, ModelCard, Photo, Preprocessing
from goodsight.encoders.onnx_encoder import OnnxEncoder, OnnxFeatureMapEncoder, directions

__all__ = ["JoinedEncoder", "join_encoders", "joined_card"]


def joined_card(name: str, cards: Sequence[ModelCard]) -> ModelCard:
    """The card of networks joined in this order.

    Its preprocessing is the largest network's: what a decoded photo must suffice for.
    """
    largest = max(cards, key=lambda card: card.preprocessing.resize_size)
    spaces = "+".join(card.space for card in cards)
    return ModelCard(
        name=name,
        dimension=sum(card.dimension for card in cards),
        preprocessing=largest.preprocessing,
        space=hashlib.sha256(spaces.encode()).hexdigest()[:16],
        licence=", ".join(dict.fromkeys(card.licence for card in cards)),
        source=", ".join(dict.fromkeys(card.source for card in cards)),
        file_hashes={file: digest for card in cards for file, digest in card.file_hashes.items()},
        blocks=tuple(block for card in cards for block in card.feature_blocks),
        # All or none: networks are tuned together.
        tuned_from=cards[0].tuned_from,
    )


def join_encoders(name: str, encoders: Sequence[OnnxEncoder]) -> JoinedEncoder:
    """The networks as one encoder, which shows maps if all of them do."""
    shown = [encoder for encoder in encoders if isinstance(encoder, OnnxFeatureMapEncoder)]
    if len(shown) == len(encoders):
        return JoinedPositionEncoder(name, shown)
    return JoinedEncoder(name, encoders)


class JoinedEncoder:
    """Implements `ImageEncoder`. Safe to call from several threads."""

    def __init__(self, name: str, encoders: Sequence[OnnxEncoder]) -> None:
        self._encoders = tuple(encoders)
        self._card = joined_card(name, [encoder.card for encoder in encoders])

    @property
    def card(self) -> ModelCard:
        """What the networks are together."""
        return self._card

    def encode_photos(self, photos: Sequence[Photo]) -> Embeddings:
        """Embed n photos into float32 (n, d), rows of norm 1. Raises ModelError."""
        features = np.concatenate(
            [encoder.encode_photos(photos).features for encoder in self._encoders], axis=1
        )
        vectors = directions(conditioned(features, self._card.feature_blocks, rooted=False))
        return Embeddings(vectors, features, self._card.space)


class JoinedPositionEncoder(JoinedEncoder):
    """Implements `PositionEncoder` too: every network shows a map."""

    def __init__(self, name: str, encoders: Sequence[OnnxFeatureMapEncoder]) -> None:
        super().__init__(name, encoders)
        self._shown = tuple(encoders)

    @property
    def preprocessings(self) -> tuple[Preprocessing, ...]:
        """Each network's; see `PositionEncoder`."""
        return tuple(encoder.card.preprocessing for encoder in self._shown)

    def encode_positions(self, photo: Photo) -> tuple[FloatArray, ...]:
        """One map (channels, rows, columns) a network; see `PositionEncoder`."""
        return tuple(
            positions for encoder in self._shown for positions in encoder.encode_positions(photo)
        )
