"""Photos without labels, learnt from as what the catalogue itself is sure to see on them.

A photo gets the product that it finds among the catalogue's photos, where the calibrated
confidence is high enough (Lee, "Pseudo-Label: The Simple and Efficient Semi-Supervised Learning
Method for Deep Neural Networks", ICML workshop 2013; that confidence decides: Sohn et al.,
"FixMatch", NeurIPS 2020). It is then a view of the catalogue's photo that it is nearest to: views
are learnt from, and never searched nor asked with. docs/decisions/0039.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.calibrating import COMPETITORS, Calibration
from goodsight.core.cross_fitting import catalogue_calibrations, sampled
from goodsight.core.errors import InputError
from goodsight.core.projecting import FeatureBatch, conditioned, fit_projection, in_space
from goodsight.core.proving import Shelf
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray, Metric
from goodsight.training.examples import Examples

__all__ = ["LEAST_CONFIDENCE", "PseudoLabelled", "Unlabelled", "pseudo_labelled"]

# Of those taken on the grocery photos three to eight in a hundred are wrong: docs/decisions/0039.
LEAST_CONFIDENCE = 0.7
PHOTOS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Photos of unknown products, each a group of its own with views of it.

    The least `confidence` is a probability.
    """

    examples: Examples
    confidence: float = LEAST_CONFIDENCE

    def __len__(self) -> int:
        """How many photos there are, views not counted."""
        return int((~self.examples.views).sum())

    def unlike(
        self, features: FloatArray, cosine: float, blocks: Sequence[int], *, rooted: bool
    ) -> Unlabelled:
        """Without what is as near as `cosine` to one of features float32 (n, f), and its views."""
        if not len(features):
            return self
        own = np.flatnonzero(~self.examples.views)
        shown = unit_rows(conditioned(features, blocks, rooted))
        asked = unit_rows(conditioned(self.examples.features[own], blocks, rooted))
        near = np.array(
            [
                alike
                for start in range(0, len(asked), PHOTOS_AT_ONCE)
                for alike in (asked[start : start + PHOTOS_AT_ONCE] @ shown.T).max(axis=1)
            ]
        )
        new = self.examples.photos[own[near < cosine]]
        kept = np.flatnonzero(np.isin(self.examples.photos, new))
        return Unlabelled(self.examples.rows(kept), self.confidence)


@dataclass(frozen=True, slots=True)
class PseudoLabelled:
    """Examples with those photos behind them, as views, that were `taken`."""

    examples: Examples
    taken: int


def pseudo_labelled(
    known: Examples, unlabelled: Unlabelled, blocks: Sequence[int], *, rooted: bool
) -> PseudoLabelled:
    """The examples, and the photos on which they are sure to see one of their products.

    Only photos among `known` answer, in the space that they teach by themselves; confidence is
    fitted on halves of them. Raises InputError where they are too few for that.
    """
    own = np.flatnonzero(~known.views)
    own = own[np.argsort(known.groups[own], kind="stable")]
    catalogue = FeatureBatch(known.groups[own], known.features[own])
    projection = fit_projection([catalogue], blocks, rooted=rooted)
    calibration = _calibration(catalogue, blocks, rooted, projects=projection is not None)
    asked = unlabelled.examples.rows(np.flatnonzero(~unlabelled.examples.views))
    sure, nearest = _answers(
        Shelf(in_space(catalogue.features, projection, blocks), catalogue.products),
        catalogue,
        in_space(asked.features, projection, blocks),
        calibration,
    )
    taken = sure >= unlabelled.confidence
    shows = {
        int(photo): int(known.photos[own[row]])
        for photo, row in zip(asked.photos[taken], nearest[taken], strict=True)
    }
    rows = np.flatnonzero(np.isin(unlabelled.examples.photos, list(shows)))
    numbers = [shows[int(photo)] for photo in unlabelled.examples.photos[rows]]
    return PseudoLabelled(
        known.with_views(unlabelled.examples.features[rows], np.array(numbers, dtype=np.int64)),
        len(shows),
    )


def _calibration(
    catalogue: FeatureBatch, blocks: Sequence[int], rooted: bool, *, projects: bool
) -> Calibration:
    sample = sampled([catalogue], len(catalogue.features))
    if sample is not None:
        found = catalogue_calibrations(sample, blocks, rooted=rooted, project=projects)
        if Metric.COSINE in found:
            return found[Metric.COSINE]
    raise InputError(
        "the catalogue has too few products with photos that differ to tell how sure it is of a"
        " photo without a label: leave such photos out, or sort them (--from-folder)"
    )


def _answers(
    shelf: Shelf, catalogue: FeatureBatch, asked: FloatArray, calibration: Calibration
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """For each of q photos, how sure its product is, and the row of that one's nearest photo."""
    sure, nearest = np.zeros(len(asked)), np.zeros(len(asked), dtype=np.intp)
    for start in range(0, len(asked), PHOTOS_AT_ONCE):
        products, photos = shelf.scores(asked[start : start + PHOTOS_AT_ONCE], Metric.COSINE)
        for row, (scores, alike) in enumerate(zip(products, photos, strict=True), start):
            best = np.sort(scores)[::-1][:COMPETITORS]
            sure[row] = calibration.confidences(best.tolist())[0]
            right = catalogue.products == shelf.names[scores.argmax()]
            nearest[row] = np.where(right, alike, -np.inf).argmax()
    return sure, nearest
