"""What the core needs to read catalogues and see photos, as protocols of at most five methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from goodsight.core.looks import Described, PhotoLooks
from goodsight.core.speech import Sound, Transcript
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.types import (
    Embeddings,
    FeatureMaps,
    FloatArray,
    ModelCard,
    Photo,
    Preprocessing,
    Product,
    Query,
    Skip,
)

__all__ = [
    "Catalog",
    "FeatureMapEncoder",
    "ImageEncoder",
    "PhotoDescriber",
    "PhotoLoader",
    "PositionEncoder",
    "Progress",
    "Reranker",
    "SpeechRecogniser",
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


class PhotoDescriber(Protocol):
    """Sees in a photo what its vector does not tell. Safe to call from several threads."""

    @property
    def reach(self) -> Described:
        """How far photos are described: with their printed words or without."""
        ...

    def describe(self, photo: Photo) -> PhotoLooks:
        """Colours, hash and, where they are read, printed words. Raises ModelError."""
        ...

    def describe_plainly(self, photo: Photo) -> PhotoLooks:
        """Colours and hash alone, in a millisecond."""
        ...

    def words(self, photo: Photo) -> tuple[str, ...]:
        """The lines printed on what the photo shows. Raises ModelError."""
        ...


class Reranker(Protocol):
    """Puts the best products a store found into another order."""

    def depth(self, query: Query) -> int:
        """How many of the best products it must see; 0 where it has nothing to say."""
        ...

    def rerank(
        self, query: Query, vector: FloatArray, candidates: Sequence[ScoredProduct]
    ) -> Sequence[ScoredProduct]:
        """The same products, best first; `vector` float32 (d,) is the query's.

        Raises UsageError, ModelError.
        """
        ...


@runtime_checkable
class TextEncoder(Protocol):
    """Texts in, unit vectors out. Safe to call from several threads.

    An `ImageEncoder` that is one too sees texts and photos in one space, its card's.
    """

    @property
    def space(self) -> str:
        """What the vectors belong to: those of two spaces are not compared."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Embed n texts of products into float32 (n, d), rows of norm 1. Raises ModelError."""
        ...

    def encode_question(self, text: str) -> FloatArray:
        """Embed what was asked into float32 (d,) of norm 1. Raises ModelError."""
        ...


class SpeechRecogniser(Protocol):
    """Sound in, words out. Safe to call from several threads."""

    def transcribe(self, sound: Sound) -> Transcript:
        """What is said in the recording. Raises ModelError, MissingExtra."""
        ...


class Progress(Protocol):
    """Told how an index run goes on; counts cover committed work only."""

    def update(self, *, products: int, photos: int, indexed: int, skipped: int) -> None:
        """So far: products put; photos settled (indexed, unchanged or skipped); photos committed
        by this run; things skipped."""
        ...
