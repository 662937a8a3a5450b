"""What a run did and how a collection stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goodsight.core.types import Skip

__all__ = [
    "Check",
    "CollectionInfo",
    "EmbedReport",
    "IndexReport",
    "ModelInUse",
    "PhotoCounts",
    "ProductCounts",
    "ReplacementReport",
]


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """What an index run did with products."""

    seen: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class PhotoCounts:
    """What an index run did with photos; `indexed` counts committed photos only."""

    seen: int = 0
    indexed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an index run did, and what it left out."""

    products: ProductCounts
    photos: PhotoCounts
    skipped: tuple[Skip, ...]
    seconds: float
    space: str
    interrupted: bool = False

    @property
    def usable(self) -> bool:
        """Whether any photo of the source can be found now."""
        return self.photos.indexed + self.photos.unchanged > 0

    @property
    def photos_per_second(self) -> float:
        """Committed photos over the whole run's wall time."""
        return self.photos.indexed / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What embedding a collection's photos with another encoder came to.

    `photos` have features of it, `embedded` of them by this process, and `from_thumbnails` of
    those by a small copy, as their originals are gone. `skipped` cannot be read at all: their
    products are found by their other photos, and by their words.
    """

    photos: int = 0
    embedded: int = 0
    from_thumbnails: int = 0
    skipped: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplacementReport:
    """What replacing a collection's model came to.

    `projected` tells whether a projection follows the model, `calibrated` whether scores have
    confidence; `notes` tell in words what the former model had that does not follow.
    """

    former_model: str
    model: str
    profile: str
    space: str
    dimension: int
    projected: bool
    calibrated: bool
    embedding: EmbedReport
    notes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection as it stands. `index_version` grows with every committed change.

    `indexed_at` is when the last index run ended that read its feed to the end.
    """

    name: str
    profile: str
    model: str
    space: str
    dimension: int
    products: int
    photos: int
    index_version: int
    has_vector_index: bool
    sources: tuple[str, ...] = ()
    indexed_at: datetime | None = None
    encoder_space: str = ""


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """What a collection is searched with; `encoder_space` is the model's own space."""

    model: str
    profile: str
    space: str
    encoder_space: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing `doctor` looked at: whether it is well, and if not, what mends it."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
