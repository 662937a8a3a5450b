"""What a tuned model answers to photos it has not seen, beside what the catalogue answers now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.calibrating import Calibration
from goodsight.core.cross_fitting import asked_calibrations
from goodsight.core.gating import Answers
from goodsight.core.projecting import Projection, in_space
from goodsight.core.proving import First, Shelf
from goodsight.core.tuning import ChangedQuery, FoundProduct
from goodsight.core.types import FloatArray, Metric
from goodsight.disturbing import DisturbedFeatures
from goodsight.training.examples import Examples
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.splitting import Split

__all__ = ["Proof", "Seen"]

Rows = NDArray[np.intp]
# Of queries that changed, enough to look at.
SHOWN_CHANGES = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """All examples as one model sees them.

    `features` float32 (n, f) are the network's raw output in parts as long as `blocks`, which
    `projection` makes vectors of; without one they are the network's own.
    """

    features: FloatArray
    blocks: Sequence[int]
    projection: Projection | None

    def vectors(self, rows: Rows | slice) -> FloatArray:
        """Vectors float32 (m, d) of some examples, of norm 1."""
        return self.of(self.features[rows])

    def of(self, features: FloatArray) -> FloatArray:
        """Vectors float32 (m, d) of raw features (m, f) of the same network."""
        return in_space(features, self.projection, self.blocks)


class Proof:
    """Asks a catalogue in two spaces, without and with what was tuned."""

    def __init__(
        self,
        photos: ShopPhotos,
        examples: Examples,
        split: Split,
        models: tuple[Seen, Seen],
    ) -> None:
        """Ask with the photos of `split`, of which the two models have learnt without any.

        `examples` are the photos and the views of them, the photos first and numbered as in
        `photos`.
        """
        self._photos = photos
        self._examples = examples
        self._models = models
        own = split.shelf[examples.photos[split.shelf] < photos.of_catalogue]
        self._shelf = own[np.argsort(self._products(own), kind="stable")]
        self._shelves = tuple(
            Shelf(model.vectors(self._shelf), self._products(self._shelf)) for model in models
        )
        self._known = self._answerable(split.known)
        self._unknown = self._answerable(split.unknown)
        self._known_first = self._first(self._known)

    @property
    def suite(self) -> str:
        """What `known` asks with: of products with one visit only no photo can be kept aside."""
        if self._examples.views[self._known].any():
            return "views of the catalogue's photos"
        return "unseen photos of known products"

    def known(self) -> Answers:
        """Whether unseen photos find products that were learnt from."""
        return self._answers(self._known, self._known_first)

    def unknown(self) -> Answers:
        """Whether photos find products that nothing was learnt of."""
        return self._answers(self._unknown, self._first(self._unknown))

    def gains_and_losses(self) -> tuple[int, int]:
        """How many photos of known products only the new space is right about, and only the old."""
        answers = self.known()
        return int((answers.after & ~answers.before).sum()), int(
            (answers.before & ~answers.after).sum()
        )

    def changed(self) -> tuple[ChangedQuery, ...]:
        """Photos of known products that only one space is right about.

        At most `SHOWN_CHANGES`, evenly drawn.
        """
        answers = self.known()
        turned = np.flatnonzero(answers.before != answers.after)
        every = max(1, -(-len(turned) // SHOWN_CHANGES))
        return tuple(self._changed(int(number)) for number in turned[::every])

    def calibrations(self) -> Mapping[Metric, Calibration]:
        """Confidence in the new space, from photos it has not seen."""
        _, after = self._models
        return asked_calibrations(
            after.vectors(self._shelf),
            self._products(self._shelf),
            after.vectors(self._known),
            self._products(self._known),
        )

    def disturbed(self, before: DisturbedFeatures, after: DisturbedFeatures) -> Answers:
        """Whether disturbed photos of the catalogue find theirs, among all its photos.

        They are the same photos, as each model's network sees them.
        """
        own = slice(self._photos.of_catalogue)
        hits = []
        for model, seen in zip(self._models, (before, after), strict=True):
            shelf = Shelf(model.vectors(own), self._photos.products[own])
            first = shelf.first(model.of(seen.features))
            names = [self._photos.ids[number] for number in first.products]
            hits.append([n in right for n, right in zip(names, seen.products, strict=True)])
        names = [min(right) for right in before.products]
        found = [np.array(right, dtype=bool) for right in hits]
        return Answers(found[0], found[1], names, [""] * len(names))

    def _answers(self, rows: Rows, first: tuple[First, First]) -> Answers:
        right = self._products(rows)
        before, after = first
        return Answers(
            before=before.products == right,
            after=after.products == right,
            products=[self._photos.ids[number] for number in right],
            categories=[self._photos.categories[number] for number in right],
        )

    def _answerable(self, rows: Rows) -> Rows:
        """Those whose product has a photo on the shelf: labelled things may have none."""
        return rows[np.isin(self._products(rows), self._products(self._shelf))]

    def _first(self, rows: Rows) -> tuple[First, First]:
        """What the photos of these rows find first in both spaces."""
        before, after = (
            shelf.first(model.vectors(rows))
            for shelf, model in zip(self._shelves, self._models, strict=True)
        )
        return before, after

    def _products(self, rows: Rows) -> NDArray[np.int64]:
        return self._photos.products[self._examples.photos[rows]]

    def _changed(self, number: int) -> ChangedQuery:
        photo = int(self._examples.photos[self._known[number]])
        product = int(self._photos.products[photo])
        before, after = (self._found(first, number) for first in self._known_first)
        return ChangedQuery(
            content_hash=self._photos.content_hashes[photo],
            product_id=self._photos.ids[product],
            title=self._photos.titles[product],
            before=before,
            after=after,
        )

    def _found(self, first: First, number: int) -> FoundProduct:
        product = int(first.products[number])
        photo = int(self._examples.photos[self._shelf[first.photos[number]]])
        return FoundProduct(
            self._photos.ids[product],
            self._photos.titles[product],
            self._photos.content_hashes[photo],
        )
