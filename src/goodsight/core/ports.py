"""What the core needs to read catalogues and see photos, as protocols of at most five methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from goodsight.core.types import (
    Embeddings,
    FeatureMaps,
    FloatArray,
    ModelCard,
    Photo,
    Preprocessing,
    Product,
    Skip,
)

__all__ = [
    "Catalog",
    "FeatureMapEncoder",
    "ImageEncoder",
    "PhotoLoader",
    "PositionEncoder",
    "Progress",
    "TextEncoder",
]


class Catalog(Protocol):
    """A feed. `source` identifies it: products of one source are removed by no other."""

    @property
    def source(self) -> str:
        """The same for every reading of the same feed."""
        ...

    def read(self) -> Iterator[Product | Skip]:
        """Yield products in the order of the feed, and a `Skip` for each bad row.

        Raises CatalogError where the feed cannot be read at all.
        """
        ...


class PhotoLoader(Protocol):
    """Untrusted bytes in, photos out. Safe to call from several threads."""

    def content_hash(self, reference: str) -> str:
        """SHA-256 of the photo's bytes in hex. Raises PhotoError."""
        ...

    def load(self, reference: str) -> Photo:
        """Decode the photo. Raises PhotoError with the reason."""
        ...

    def thumbnail(self, photo: Photo) -> bytes:
        """A small WebP of the photo."""
        ...


class ImageEncoder(Protocol):
    """Photos in, unit vectors out. Safe to call from several threads."""

    @property
    def card(self) -> ModelCard:
        """What the encoder is, its space included."""
        ...

    def encode_photos(self, photos: Sequence[Photo]) -> Embeddings:
        """Embed n photos into float32 (n, card.dimension). Raises ModelError."""
        ...


class FeatureMapEncoder(Protocol):
    """An encoder that also shows its last feature maps."""

    def encode_feature_maps(self, photos: Sequence[Photo]) -> FeatureMaps:
        """Last feature maps of n photos, before pooling. Raises ModelError."""
        ...


@runtime_checkable
class PositionEncoder(Protocol):
    """An encoder whose features are means over positions of the photo, and that shows them."""

    @property
    def preprocessings(self) -> tuple[Preprocessing, ...]:
        """How a photo becomes the input of each network: which part of it a map covers."""
        ...

    def encode_positions(self, photo: Photo) -> tuple[FloatArray, ...]:
        """One map float32 (channels, rows, columns) for each block of a feature.

        The mean over a map's positions is that block of the photo's features. Raises
        ModelError.
        """
        ...


class TextEncoder(Protocol):
    """Texts in, unit vectors of the same space as the photos' out."""

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Embed n texts into float32 (n, d). Raises ModelError."""
        ...


class Progress(Protocol):
    """Told how an index run goes on; counts cover committed work only."""

    def update(self, *, products: int, photos: int, indexed: int, skipped: int) -> None:
        """So far: products put; photos settled (indexed, unchanged or skipped); photos committed
        by this run; things skipped."""
        ...
