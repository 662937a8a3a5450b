"""What the core needs to read catalogues and see photos, as protocols of at most five methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from goodsight.core.looks import PhotoLooks
from goodsight.core.types import Embeddings, FeatureMaps, ModelCard, Photo, Product, Skip

__all__ = [
    "Catalog",
    "FeatureMapEncoder",
    "ImageEncoder",
    "PhotoDescriber",
    "PhotoLoader",
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


class PhotoDescriber(Protocol):
    """Sees in a photo what its vector does not tell. Safe to call from several threads."""

    @property
    def reads_words(self) -> bool:
        """Whether printed words are read too; else they stay None."""
        ...

    def describe(self, photo: Photo) -> PhotoLooks:
        """Colours, hash, printed words. Raises ModelError."""
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
