"""One photo on its way into a collection: loaded, described, embedded."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from goodsight.core.errors import PhotoError
from goodsight.core.looks import Described
from goodsight.core.ports import ImageEncoder, PhotoDescriber, PhotoLoader
from goodsight.core.store_ports import NewPhoto, PhotoPlace
from goodsight.core.types import Skip

__all__ = ["PhotoEmbedder", "SeenAgain", "seen_again"]


@dataclass(frozen=True, slots=True)
class PhotoEmbedder:
    """What photos are seen with. The loader keeps as many pixels as the encoder needs."""

    loader: PhotoLoader
    encoder: ImageEncoder
    describer: PhotoDescriber | None = None

    @property
    def space(self) -> str:
        """That of the encoder."""
        return self.encoder.card.space

    @property
    def reach(self) -> Described:
        """How far photos are described."""
        return Described.NOT if self.describer is None else self.describer.reach

    def embed(self, reference: str) -> NewPhoto | Skip:
        """Everything that is kept of a photo, or why it cannot be read. Raises ModelError."""
        try:
            photo = self.loader.load(reference)
        except PhotoError as error:
            return Skip(reference, error.reason)
        embeddings = self.encoder.encode_photos([photo])
        return NewPhoto(
            content_hash=photo.content_hash,
            width=photo.width,
            height=photo.height,
            findings=tuple(photo.findings),
            thumbnail=self.loader.thumbnail(photo),
            vector=embeddings.vectors[0],
            features=embeddings.features[0],
            space=embeddings.space,
            looks=None if self.describer is None else self.describer.describe(photo),
        )


@dataclass(frozen=True, slots=True)
class SeenAgain:
    """Photos embedded anew, with their places, and those that cannot be read any more."""

    photos: tuple[NewPhoto, ...]
    places: tuple[PhotoPlace, ...]
    skipped: tuple[Skip, ...]


def seen_again(
    photos: Sequence[NewPhoto],
    places: Sequence[PhotoPlace],
    embedder: PhotoEmbedder,
    pool: Executor,
) -> SeenAgain:
    """The photos as another encoder sees them, which are loaded once more for it.

    Places whose photo is not among `photos` stay as they are. Raises ModelError.
    """
    shown: dict[str, list[PhotoPlace]] = {}
    for place in places:
        shown.setdefault(place.content_hash, []).append(place)
    stale = [photo for photo in photos if photo.space != embedder.space]
    references = [shown[photo.content_hash][0].reference for photo in stale]
    kept = [photo for photo in photos if photo.space == embedder.space]
    skipped: list[Skip] = []
    for photo, outcome in zip(stale, pool.map(embedder.embed, references), strict=True):
        its = shown.pop(photo.content_hash)
        if isinstance(outcome, Skip):
            skipped += [replace(outcome, reference=place.reference) for place in its]
            continue
        kept.append(outcome)
        # The bytes may have changed meanwhile: what was decoded counts.
        again = [replace(place, content_hash=outcome.content_hash) for place in its]
        shown[outcome.content_hash] = [*shown.get(outcome.content_hash, ()), *again]
    whole = tuple(place for its in shown.values() for place in its)
    return SeenAgain(tuple(kept), whole, tuple(skipped))
