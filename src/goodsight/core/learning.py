"""learn(): a collection's own photos -> a projection and calibrations -> the new space in use.

SpaceKeeper -> features by product -> Projection -> calibrations -> switch
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goodsight.core.calibrating import Calibration
from goodsight.core.cross_fitting import catalogue_calibrations, sampled, view_calibrations
from goodsight.core.projecting import MAX_DIMENSION, FeatureBatch, Projection, fit_projection
from goodsight.core.shortening import principal
from goodsight.core.space_ports import SpaceKeeper
from goodsight.core.types import Metric

__all__ = [
    "LearnReport",
    "LearntSpace",
    "Views",
    "is_due",
    "is_tuned",
    "learn",
    "learnt_space",
]

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


@dataclass(frozen=True, slots=True)
class LearntSpace:
    """What features of a catalogue teach: what follows the encoder, and how sure scores are."""

    projection: Projection | None
    calibrations: Mapping[Metric, Calibration]

    def report(self, space: str, blocks: Sequence[int]) -> LearnReport:
        """What it came to, once it is in use as that space."""
        projection = self.projection
        return LearnReport(
            projected=projection is not None,
            calibrated=bool(self.calibrations),
            photos=projection.photos if projection else 0,
            products=projection.products if projection else 0,
            dimension=projection.dimension if projection else sum(blocks),
            space=space,
        )


def learn(
    keeper: SpaceKeeper,
    blocks: Sequence[int],
    *,
    encoder_space: str | None = None,
    project: bool = True,
    length: int | None = None,
    views: Callable[[], Views | None] = lambda: None,
) -> LearnReport:
    """Learn from what the collection holds, and switch to it in one step.

    `blocks` are the parts of its encoder's features, `encoder_space` that encoder's space. With
    `project` False, or where the catalogue cannot teach a projection, it is searched in the
    encoder's own space. Vectors have `length` numbers at most, in either, where that is given.
    A tuned space stays to go back to. Raises CollectionNotFound, StoreError, and SpaceMismatch
    where the encoder is replaced meanwhile.
    """
    space = encoder_space or keeper.active_space().encoder_space
    learnt = learnt_space(
        lambda: keeper.feature_batches(space),
        keeper.learnt_from().photos,
        blocks,
        project=project,
        length=length,
        views=views,
    )
    switched = keeper.switch_space(
        learnt.projection,
        learnt.calibrations,
        keep_former=is_tuned(keeper),
        encoder_space=space,
    )
    return learnt.report(switched, blocks)


def learnt_space(
    batches: Callable[[], Iterator[FeatureBatch]],
    photos: int,
    blocks: Sequence[int],
    *,
    project: bool,
    length: int | None = None,
    views: Callable[[], Views | None] = lambda: None,
) -> LearntSpace:
    """What a catalogue of so many photos teaches by its features, which `batches` reads.

    `views` is asked for where too few products have several photos, or photos that differ.
    Vectors have `length` numbers at most, where that is given.
    """
    rooted = _never_negative(batches())
    most = length or MAX_DIMENSION
    projection = (
        fit_projection(batches(), blocks, rooted=rooted, max_dimension=most) if project else None
    )
    sample = sampled(batches(), photos)
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
        projection = principal(batches(), blocks, length)
    return LearntSpace(projection, calibrations)


def _never_negative(batches: Iterator[FeatureBatch]) -> bool:
    """Whether features can be rooted; the first page of them tells."""
    first = next(batches, None)
    return first is not None and bool((first.features >= 0).all())
