"""What a tuned head answers to photos it has not seen, beside what the catalogue answers now."""

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

__all__ = ["Proof"]

Rows = NDArray[np.intp]
# Of queries that changed, enough to look at.
SHOWN_CHANGES = 60


@dataclass(frozen=True, slots=True)
class Proof:
    """Asks a catalogue in two spaces.

    `examples` are the photos and the views of them, numbered as in `photos`; `shelf` are the
    rows that are searched. `before` and `after` were both learnt without what is asked with.
    """

    photos: ShopPhotos
    examples: Examples
    blocks: Sequence[int]
    shelf: Rows
    before: Projection | None
    after: Projection | None

    def answers(self, rows: Rows) -> Answers:
        """Whether the photos of these rows find their products, where those are on the shelf."""
        rows = self._answerable(rows)
        right = self._products(rows)
        before, after = (self._first(rows, space) for space in (self.before, self.after))
        return Answers(
            before=before.products == right,
            after=after.products == right,
            products=[self.photos.ids[number] for number in right],
            categories=[self.photos.categories[number] for number in right],
        )

    def changed(self, rows: Rows) -> tuple[ChangedQuery, ...]:
        """Queries that only one of the two is right about; at most `SHOWN_CHANGES`, evenly."""
        rows = self._answerable(rows)
        right = self._products(rows)
        before, after = (self._first(rows, space) for space in (self.before, self.after))
        turned = np.flatnonzero((before.products == right) != (after.products == right))
        every = max(1, -(-len(turned) // SHOWN_CHANGES))
        return tuple(
            self._changed(int(rows[number]), before, after, int(number))
            for number in turned[::every]
        )

    def calibrations(self, rows: Rows) -> Mapping[Metric, Calibration]:
        """Confidence in the new space, from photos it has not seen."""
        shelf, rows = self._sorted_shelf(), self._answerable(rows)
        return asked_calibrations(
            in_space(self.examples.features[shelf], self.after, self.blocks),
            self._products(shelf),
            in_space(self.examples.features[rows], self.after, self.blocks),
            self._products(rows),
        )

    def disturbed(self, seen: DisturbedFeatures) -> Answers:
        """Whether disturbed photos of the catalogue find theirs, among all its photos."""
        hits = []
        for space in (self.before, self.after):
            own = slice(self.photos.of_catalogue)
            vectors = in_space(self.photos.features[own], space, self.blocks)
            first = Shelf(vectors, self.photos.products[own]).first(
                in_space(seen.features, space, self.blocks)
            )
            names = [self.photos.ids[number] for number in first.products]
            hits.append([n in right for n, right in zip(names, seen.products, strict=True)])
        before, after = (np.array(found, dtype=bool) for found in hits)
        names = [min(right) for right in seen.products]
        return Answers(before, after, names, [""] * len(names))

    def _sorted_shelf(self) -> Rows:
        own = self.shelf[self.examples.photos[self.shelf] < self.photos.of_catalogue]
        return own[np.argsort(self._products(own), kind="stable")]

    def _answerable(self, rows: Rows) -> Rows:
        """Those whose product has a photo on the shelf: labelled things may have none."""
        return rows[np.isin(self._products(rows), self._products(self._sorted_shelf()))]

    def _first(self, rows: Rows, space: Projection | None) -> First:
        shelf = self._sorted_shelf()
        vectors: FloatArray = in_space(self.examples.features[shelf], space, self.blocks)
        found = Shelf(vectors, self._products(shelf)).first(
            in_space(self.examples.features[rows], space, self.blocks)
        )
        return First(found.products, shelf[found.photos])

    def _products(self, rows: Rows) -> NDArray[np.int64]:
        return self.photos.products[self.examples.photos[rows]]

    def _changed(self, row: int, before: First, after: First, number: int) -> ChangedQuery:
        photo = int(self.examples.photos[row])
        product = int(self.photos.products[photo])
        return ChangedQuery(
            content_hash=self.photos.content_hashes[photo],
            product_id=self.photos.ids[product],
            title=self.photos.titles[product],
            before=self._found(before, number),
            after=self._found(after, number),
        )

    def _found(self, first: First, number: int) -> FoundProduct:
        product = int(first.products[number])
        photo = int(self.examples.photos[first.photos[number]])
        return FoundProduct(
            self.photos.ids[product], self.photos.titles[product], self.photos.content_hashes[photo]
        )
