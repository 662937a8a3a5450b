"""What a tuned head answers to photos it has not seen, beside what the catalogue answers now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

__all__ = ["Proof"]

Rows = NDArray[np.intp]
# Of queries that changed, enough to look at.
SHOWN_CHANGES = 60


class Proof:
    """Asks a catalogue in two spaces, without and with what was tuned."""

    def __init__(
        self,
        photos: ShopPhotos,
        examples: Examples,
        blocks: Sequence[int],
        split: Split,
        spaces: tuple[Projection | None, Projection | None],
    ) -> None:
        """Ask with the photos of `split`, of which the two `spaces` were learnt without any.

        `examples` are the photos and the views of them, numbered as in `photos`.
        """
        self._photos = photos
        self._examples = examples
        self._blocks = blocks
        self._spaces = spaces
        own = split.shelf[examples.photos[split.shelf] < photos.of_catalogue]
        self._shelf = own[np.argsort(self._products(own), kind="stable")]
        self._shelves = tuple(
            Shelf(self._vectors(self._shelf, space), self._products(self._shelf))
            for space in spaces
        )
        self._known = self._answerable(split.known)
        self._unknown = self._answerable(split.unknown)
        self._known_first = self._first(self._known)

    def known(self) -> Answers:
        """Whether unseen photos find products that were learnt from."""
        return self._answers(self._known, self._known_first)

    def unknown(self) -> Answers:
        """Whether photos find products that nothing was learnt of."""
        return self._answers(self._unknown, self._first(self._unknown))

    def changed(self) -> tuple[ChangedQuery, ...]:
        """Photos of known products that only one space is right about.

        At most `SHOWN_CHANGES`, evenly drawn.
        """
        right = self._products(self._known)
        before, after = self._known_first
        turned = np.flatnonzero((before.products == right) != (after.products == right))
        every = max(1, -(-len(turned) // SHOWN_CHANGES))
        return tuple(self._changed(int(number)) for number in turned[::every])

    def calibrations(self) -> Mapping[Metric, Calibration]:
        """Confidence in the new space, from photos it has not seen."""
        _, after = self._spaces
        return asked_calibrations(
            self._vectors(self._shelf, after),
            self._products(self._shelf),
            self._vectors(self._known, after),
            self._products(self._known),
        )

    def disturbed(self, seen: DisturbedFeatures) -> Answers:
        """Whether disturbed photos of the catalogue find theirs, among all its photos."""
        hits = []
        for space in self._spaces:
            own = slice(self._photos.of_catalogue)
            vectors = in_space(self._photos.features[own], space, self._blocks)
            first = Shelf(vectors, self._photos.products[own]).first(
                in_space(seen.features, space, self._blocks)
            )
            names = [self._photos.ids[number] for number in first.products]
            hits.append([n in right for n, right in zip(names, seen.products, strict=True)])
        before, after = (np.array(found, dtype=bool) for found in hits)
        names = [min(right) for right in seen.products]
        return Answers(before, after, names, [""] * len(names))

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
            shelf.first(self._vectors(rows, space))
            for shelf, space in zip(self._shelves, self._spaces, strict=True)
        )
        return before, after

    def _vectors(self, rows: Rows, space: Projection | None) -> FloatArray:
        return in_space(self._examples.features[rows], space, self._blocks)

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
