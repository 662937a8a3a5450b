"""learn(): a collection's own photos -> a projection and calibrations -> the new space in use.

SpaceKeeper -> features by product -> Projection -> calibrations -> switch
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from goodsight.core.cross_fitting import catalogue_calibrations, sampled, view_calibrations
from goodsight.core.projecting import MAX_DIMENSION, FeatureBatch, fit_projection
from goodsight.core.shortening import principal
from goodsight.core.space_ports import SpaceKeeper

__all__ = ["LearnReport", "Views", "is_due", "is_tuned", "learn"]

# As a share of the photos the space was learnt from: when they have grown or shrunk by so
# much, learning again is worth its seconds.
RELEARN_SHARE = 0.2
# Views show how a photo may change, not how things differ from their photo: trusted less.
VIEWS_SHRINKAGE = 0.95


@dataclass(frozen=True, slots=True)
class Views:
    """Features of photos, and of views made of them; products are numbered, and in order.

    With `teach_projection` False they only calibrate.
    """

    own: FeatureBatch
    views: FeatureBatch
    teach_projection: bool

    @property
    def together(self) -> FeatureBatch:
        """Both, product by product."""
        products = np.concatenate([self.own.products, self.views.products])
        order = np.argsort(products, kind="stable")
        features = np.concatenate([self.own.features, self.views.features])
        return FeatureBatch(products[order], features[order])


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What learning came to.

    `projected` tells whether a projection follows the encoder now, `photos` and `products`
    what it was learnt from; `calibrated` whether scores have confidence now.
    """

    projected: bool
    calibrated: bool
    photos: int
    products: int
    dimension: int
    space: str


def is_due(keeper: SpaceKeeper) -> bool:
    """Whether the collection has changed so much, or never learnt, that it should now."""
    counts = keeper.learnt_from()
    if counts.learnt_photos is None:
        return counts.photos > 0
    return abs(counts.photos - counts.learnt_photos) > RELEARN_SHARE * counts.learnt_photos


def is_tuned(keeper: SpaceKeeper) -> bool:
    """Whether the space in use was trained and proven, which learning alone does not undo."""
    projection = keeper.active_space().projection
    return projection is not None and projection.origin == "tuned"


def learn(
    keeper: SpaceKeeper,
    blocks: Sequence[int],
    *,
    project: bool = True,
    length: int | None = None,
    views: Callable[[], Views | None] = lambda: None,
) -> LearnReport:
    """Learn from what the collection holds, and switch to it in one step.

    `blocks` are the parts of its encoder's features. `views` is asked for where too few
    products have several photos, or photos that differ. With `project` False, or where the
    catalogue cannot teach a projection, it is searched in the encoder's own space. Vectors
    have `length` numbers at most, in either, where that is given. A tuned space stays to go back
    to. Raises CollectionNotFound, StoreError.
    """
    rooted = _never_negative(keeper.feature_batches())
    most = length or MAX_DIMENSION
    projection = (
        fit_projection(keeper.feature_batches(), blocks, rooted=rooted, max_dimension=most)
        if project
        else None
    )
    sample = sampled(keeper.feature_batches(), keeper.learnt_from().photos)
    calibrations = (
        catalogue_calibrations(
            sample, blocks, rooted=rooted, project=projection is not None, length=length
        )
        if sample is not None
        else {}
    )
    seen = None if calibrations else views()
    if seen is not None:
        if project and projection is None and seen.teach_projection:
            projection = fit_projection(
                [seen.together],
                blocks,
                rooted=rooted,
                shrinkage=VIEWS_SHRINKAGE,
                max_dimension=most,
            )
        calibrations = view_calibrations(seen.own, seen.views, projection, blocks)
    if projection is None and length is not None:
        projection = principal(keeper.feature_batches(), blocks, length)
    space = keeper.switch_space(projection, calibrations, keep_former=is_tuned(keeper))
    return LearnReport(
        projected=projection is not None,
        calibrated=bool(calibrations),
        photos=projection.photos if projection else 0,
        products=projection.products if projection else 0,
        dimension=projection.dimension if projection else sum(blocks),
        space=space,
    )


def _never_negative(batches: Iterator[FeatureBatch]) -> bool:
    """Whether features can be rooted; the first page of them tells."""
    first = next(batches, None)
    return first is not None and bool((first.features >= 0).all())
