"""What the core needs of a store to learn a space and to switch to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from goodsight.core.calibrating import Calibration
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.types import FloatArray, Metric, ModelCard

__all__ = [
    "ActiveSpace",
    "BegunChange",
    "Calibrations",
    "EmbedPhotos",
    "EmbeddedPhoto",
    "EncoderChanges",
    "FeatureCount",
    "FeatureKeeper",
    "FormerSpaces",
    "IndexChange",
    "KeptSpace",
    "LearntFrom",
    "PhotoToEmbed",
    "SpaceKeeper",
]

Calibrations = Mapping[Metric, Calibration]


@dataclass(frozen=True, slots=True)
class LearntFrom:
    """What a collection holds, and held when its space was last learnt: photos, products."""

    photos: int
    learnt_photos: int | None


@dataclass(frozen=True, slots=True)
class ActiveSpace:
    """The space a collection is searched in, and the model it comes from.

    `encoder_space` is the encoder's own; the two differ where a projection follows.
    """

    space: str
    encoder_space: str
    model: str
    projection: Projection | None = None
    calibrations: Calibrations = field(default_factory=dict)


class SpaceKeeper(Protocol):
    """One collection's space, looked at and replaced."""

    def active_space(self) -> ActiveSpace:
        """The space in use. Raises CollectionNotFound."""
        ...

    def learnt_from(self) -> LearntFrom:
        """How many photos there are, and were when the space was learnt."""
        ...

    def feature_batches(self, encoder_space: str | None = None) -> Iterator[FeatureBatch]:
        """All raw features, photos of one product together; for fitting.

        Raises SpaceMismatch where they are not of that encoder, or it is replaced meanwhile.
        """
        ...

    def switch_space(
        self,
        projection: Projection | None,
        calibrations: Calibrations,
        *,
        keep_former: bool = False,
        encoder_space: str | None = None,
    ) -> str:
        """Give every photo its vector in the new space, then search there; its fingerprint.

        None goes back to the encoder's own space. Searches go on in the old space until one
        atomic step; an interruption before it changes nothing. With `keep_former` the old
        space's vectors stay, to go back to. Durable when this returns. Raises SpaceMismatch
        where the projection was learnt from another `encoder_space` than is in use.
        """
        ...

    def keep_calibrations(self, calibrations: Calibrations, space: str | None = None) -> None:
        """Put these in the place of the active space's. Durable when this returns.

        Raises SpaceMismatch where that is not `space`.
        """
        ...


@dataclass(frozen=True, slots=True)
class KeptSpace:
    """A space whose vectors are kept: the one in use, or a former one to go back to.

    `origin` is "encoder" for a model's own space, else that of its projection. `former` is the
    id of the space that was in use before it, where that is kept. `model` is the encoder behind
    it, `encoder_space` that one's own space, and `feature_set` the id of its raw features;
    features that only kept spaces need count among the `bytes` of the first of them.
    """

    id: int
    space: str
    origin: str
    model: str
    dimension: int
    is_active: bool
    former: int | None
    bytes: int
    encoder_space: str
    feature_set: int


@dataclass(frozen=True, slots=True)
class PhotoToEmbed:
    """A photo of the catalogue: the store's `id`, and some of the places that show it."""

    id: int
    content_hash: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmbeddedPhoto:
    """A photo's raw features from an encoder, float32 (f,)."""

    id: int
    features: FloatArray


# Those that cannot be read are left out of the answer.
EmbedPhotos = Callable[[Sequence[PhotoToEmbed]], Sequence[EmbeddedPhoto]]


class FormerSpaces(Protocol):
    """One collection's spaces that were in use before, to go back to."""

    def kept_spaces(self) -> Sequence[KeptSpace]:
        """The space in use and those kept, in the order they were made."""
        ...

    def go_to(self, space_id: int, embed: EmbedPhotos | None = None) -> str:
        """Search in a kept space from now on, in one atomic step; its fingerprint.

        Photos that came meanwhile get their vectors there first; where the space is another
        encoder's, `embed` is that encoder. The space in use is kept in turn. Raises UsageError
        where no such space is kept.
        """
        ...

    def go_back(self) -> str:
        """`go_to` the space that was in use before. Raises UsageError where none is kept."""
        ...

    def prune(self) -> int:
        """Drop every kept space but the one in use; how many."""
        ...


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What changing the vector indexes came to.

    `kind` is "halfvec" or "binary". Bytes are those of the indexes; recalls are the shares of
    the exact first ten that a search finds, for a sample of the catalogue's own photos.
    `is_indexed` is False where the catalogue is too small for an index.
    """

    kind: str
    is_indexed: bool
    bytes_before: int
    bytes_after: int
    recall_before: float
    recall_after: float


@dataclass(frozen=True, slots=True)
class FeatureCount:
    """How many of a collection's photos have features of an encoder, and how many there are."""

    done: int
    total: int


class FeatureKeeper(Protocol):
    """Raw features of one collection's photos from one encoder, in use or to come."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from making them, too. Raises StoreError where one does."""
        ...

    def counts(self) -> FeatureCount:
        """How far embedding is."""
        ...

    def photos_lacking(self, after: int = 0) -> Sequence[PhotoToEmbed]:
        """The next photos without features, by id, behind the id `after`; none at the end."""
        ...

    def keep(self, photos: Sequence[EmbeddedPhoto]) -> None:
        """Keep features; those of photos that are gone are not. Durable when this returns.

        Raises StoreError where the encoder was given up meanwhile.
        """
        ...

    def feature_batches(self) -> Iterator[FeatureBatch]:
        """All features, photos of one product together; for fitting."""
        ...


@dataclass(frozen=True, slots=True)
class BegunChange:
    """A change to another encoder that is under way, or was interrupted.

    `photos` have their features so far.
    """

    id: int
    model: str
    profile: str
    space: str
    begun_at: datetime
    photos: int


class EncoderChanges(Protocol):
    """One collection's encoder, replaced by another one while it is searched."""

    def begun(self) -> BegunChange | None:
        """What was begun and neither switched to nor dropped. Raises CollectionNotFound."""
        ...

    def begin(self, card: ModelCard, profile: str) -> int:
        """The id of a set for the features of the card's encoder.

        What is there of them is used; what was begun for another encoder is dropped. Raises
        UsageError where the encoder is in use, StoreError while another process is embedding.
        """
        ...

    def features(self, set_id: int) -> FeatureKeeper:
        """The features of that set."""
        ...

    def switch(
        self,
        set_id: int,
        projection: Projection | None,
        calibrations: Calibrations,
        embed: EmbedPhotos,
        *,
        keep_former: bool,
    ) -> str:
        """Search with vectors made of those features from one moment on; their space.

        Photos without features are embedded first. Model and profile change in the same step;
        an interruption before it changes nothing. With `keep_former` the space in use stays, to
        go back to. Raises UsageError where the change was given up meanwhile.
        """
        ...

    def drop(self) -> None:
        """Give up what was begun, if anything was: its features go."""
        ...
