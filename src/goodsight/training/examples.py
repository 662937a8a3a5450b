"""What a head learns from: features, and which of them belong together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import InputError
from goodsight.core.projecting import FeatureBatch
from goodsight.core.types import FloatArray

__all__ = ["Examples"]

Numbers = NDArray[np.int64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Examples:
    """n raw features float32 (n, f), and for each what it shows.

    `groups` int64 (n,) are the products; where nothing is known of products, each photo is a
    group of its own, and its views are what belongs together. `photos` int64 (n,) number the
    photos: rows of one number are a photo and views of it. `views` bool (n,) tells the views,
    which are learnt from and never searched or asked with. `hashes` uint64 (n,) are perceptual
    hashes, which find copies; None where there are none.
    """

    features: FloatArray
    groups: Numbers
    photos: Numbers
    views: NDArray[np.bool_]
    hashes: NDArray[np.uint64] | None = None

    def __post_init__(self) -> None:
        parts = [self.groups, self.photos, self.views]
        if self.hashes is not None:
            parts.append(self.hashes)
        if self.features.ndim != 2 or any(part.shape != (len(self),) for part in parts):
            raise InputError("examples: each feature needs one group, one photo and one mark")
        if not np.isfinite(self.features).all():
            raise InputError("examples: features that are no finite numbers; index the photos anew")

    def __len__(self) -> int:
        return len(self.features)

    @classmethod
    def of_photos(
        cls,
        features: FloatArray,
        groups: Numbers,
        hashes: NDArray[np.uint64] | None = None,
    ) -> Examples:
        """Photos without views: float32 (n, f), and the product of each."""
        count = len(features)
        return cls(features, groups, np.arange(count), np.zeros(count, dtype=bool), hashes)

    @classmethod
    def of_batches(cls, batches: Iterable[FeatureBatch]) -> Examples:
        """A catalogue's photos as the store reads them. Raises InputError where there are none."""
        read = list(batches)
        if not read:
            raise InputError("the catalogue has no photos to learn from; index some first")
        features = np.concatenate([batch.features for batch in read])
        return cls.of_photos(features, np.concatenate([batch.products for batch in read]))

    def with_views(self, features: FloatArray, photos: Numbers) -> Examples:
        """The same and views float32 (m, f) of the photos so numbered, int64 (m,)."""
        first = {int(photo): row for row, photo in reversed(list(enumerate(self.photos)))}
        of = np.array([first[int(photo)] for photo in photos], dtype=np.intp)
        return Examples(
            np.concatenate([self.features, features]),
            np.concatenate([self.groups, self.groups[of]]),
            np.concatenate([self.photos, photos]),
            np.concatenate([self.views, np.ones(len(features), dtype=bool)]),
            None if self.hashes is None else np.concatenate([self.hashes, self.hashes[of]]),
        )

    def without_products(self) -> Examples:
        """The same with each photo as a group of its own: what is left without any labels."""
        return Examples(self.features, self.photos, self.photos, self.views, self.hashes)

    def rows(self, chosen: Rows) -> Examples:
        """Some of the rows, in the order asked for."""
        return Examples(
            self.features[chosen],
            self.groups[chosen],
            self.photos[chosen],
            self.views[chosen],
            None if self.hashes is None else self.hashes[chosen],
        )

    def batch(self) -> FeatureBatch:
        """All rows, group by group, views among them."""
        order = np.argsort(self.groups, kind="stable")
        return FeatureBatch(self.groups[order], self.features[order])

    def fingerprint(self) -> str:
        """64 hex digits that change with any of the numbers."""
        digest = hashlib.sha256(str(self.features.shape).encode())
        for part in (self.features, self.groups, self.photos, self.views):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()
