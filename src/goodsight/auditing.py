"""`goodsight model audit`: is the model in use whole, and does it still fit its catalogue?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.auditing import drift, spread, worst_noise
from goodsight.core.errors import GoodsightError, PhotoError
from goodsight.core.judgements import category_of
from goodsight.core.learning import is_due
from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import in_space
from goodsight.core.proving import Shelf
from goodsight.core.reports import Check
from goodsight.core.space_ports import ActiveSpace, SpaceKeeper
from goodsight.core.types import FloatArray, Photo
from goodsight.disturbing import disturbed_features
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["AuditOptions", "Auditor"]

# Photos as large as the self-check disturbs them.
LEAST_SIDE_PIXELS = 640
# Measured on grocery photos: other photos of the same kind are 0.05 to 0.16 away, studio
# photos of the same products 0.63.
MOST_DRIFT = 0.3
LEAST_FOUND = 0.6
LEAST_NOISE_COSINE = 0.6
# Of the vectors' dimension. A model that tells products apart has three times as much.
LEAST_RANK = 0.1
MOST_MEAN_COSINE = 0.8
MIN_CATEGORY_PRODUCTS = 5
AGAIN = "goodsight tune, or goodsight collection learn"


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """How many photos are disturbed, how many are given noise, and how often it is tried."""

    photos: int = 20
    noisy_photos: int = 5
    tries: int = 12


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What is looked at: vectors and features by photo, products by number."""

    vectors: FloatArray
    features: FloatArray
    products: NDArray[np.int64]
    ids: Sequence[str]
    categories: Sequence[str]


class Auditor:
    """Audits the model of one collection. A finding is a check, never an exception."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def audit(
        self,
        options: AuditOptions | None = None,
        *,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Check]:
        """All checks, the quick ones first.

        Raises CollectionNotFound, StoreError, and Interrupted once `should_stop` says True.
        """
        options = options or AuditOptions()
        active = self._keeper.active_space()
        try:
            base = self._reader.base_encoder()
        except GoodsightError as error:
            yield Check("files", False, str(error), "add the model again, or install goodsight")
            return
        yield from _hashes(base, active)
        catalogue = self._catalogue(active.space)
        if catalogue is None:
            yield Check("photos", False, "none", "goodsight index SOURCE")
            return
        yield self._change()
        yield from _drifted(catalogue, active)
        yield _coverage(catalogue)
        yield from _collapse(catalogue)
        yield self._robustness(base, active, catalogue, options, should_stop)
        yield self._noise(self._wiring.projected(base, active.projection), catalogue, options)

    def _catalogue(self, space: str) -> _Catalogue | None:
        stored = list(self._reader.stored().product_vectors(space))
        if not stored:
            return None
        counts = [len(item.vectors) for item in stored]
        return _Catalogue(
            vectors=np.concatenate([item.vectors for item in stored]),
            features=np.concatenate([item.features for item in stored]),
            products=np.repeat(np.arange(len(stored)), counts),
            ids=[item.product.id for item in stored],
            categories=[category_of(item.product) for item in stored],
        )

    def _change(self) -> Check:
        counts = self._keeper.learnt_from()
        then = "never" if counts.learnt_photos is None else f"from {counts.learnt_photos:,}"
        detail = f"learnt {then} photos, {counts.photos:,} now"
        return Check("catalogue unchanged", not is_due(self._keeper), detail, AGAIN)

    def _robustness(
        self,
        base: ImageEncoder,
        active: ActiveSpace,
        catalogue: _Catalogue,
        options: AuditOptions,
        should_stop: Callable[[], bool],
    ) -> Check:
        seen = disturbed_features(
            self._wiring,
            self._reader,
            base,
            photos=options.photos,
            least_side=LEAST_SIDE_PIXELS,
            should_stop=should_stop,
        )
        if not seen.products:
            return Check("disturbed photos", False, "no photo can be read", "goodsight doctor")
        vectors = in_space(seen.features, active.projection, base.card.feature_blocks)
        first = Shelf(catalogue.vectors, catalogue.products).first(vectors)
        names = [catalogue.ids[number] for number in first.products]
        found = np.mean([n in right for n, right in zip(names, seen.products, strict=True)])
        detail = f"{found:.0%} of {len(names)} still find their product"
        return Check("disturbed photos", bool(found >= LEAST_FOUND), detail, AGAIN)

    def _noise(self, encoder: ImageEncoder, catalogue: _Catalogue, options: AuditOptions) -> Check:
        loader = self._wiring.kept_photos(encoder.card, self._reader.collection)
        shelf = Shelf(catalogue.vectors, catalogue.products)
        cosines, fooled = [], 0

        def encode(photos: Sequence[Photo]) -> FloatArray:
            return encoder.encode_photos(photos).vectors

        for number, drawn in enumerate(self._reader.stored().sampled_photos(options.noisy_photos)):
            try:
                found = self._reader.kept_photo(drawn.reference, drawn.content_hash, loader)
            except PhotoError:
                continue
            photo, cosine = worst_noise(found.photo, encode, tries=options.tries, seed=number)
            cosines.append(cosine)
            first = shelf.first(encode([photo])).products[0]
            fooled += catalogue.ids[first] not in {product.id for product in drawn.products}
        if not cosines:
            return Check("small noise", False, "no photo can be read", "goodsight doctor")
        detail = (
            f"cosine {min(cosines):.2f} at worst, {fooled} of {len(cosines)} photos find another"
            " product"
        )
        return Check("small noise", min(cosines) >= LEAST_NOISE_COSINE, detail, AGAIN)

    @property
    def _keeper(self) -> SpaceKeeper:
        return self._wiring.store().spaces(self._reader.collection)


def _hashes(base: ImageEncoder, active: ActiveSpace) -> Iterator[Check]:
    """Opening a model has compared its files with its card."""
    files = len(base.card.file_hashes)
    yield Check("files", True, f"{base.card.name}: {files} as its card says")
    if active.projection is not None:
        same = active.projection.space(active.encoder_space) == active.space
        detail = f"space {active.space}"
        yield Check("projection", same, detail, "goodsight model rollback, or learn again")


def _drifted(catalogue: _Catalogue, active: ActiveSpace) -> Iterator[Check]:
    if active.projection is None:
        return
    moved = drift(catalogue.features, active.projection)
    if moved is None:
        yield Check("photos of the same kind", True, "not told: learnt by an earlier version")
        return
    detail = f"the photos' mean has moved by {moved:.2f} of their spread"
    yield Check("photos of the same kind", moved <= MOST_DRIFT, detail, AGAIN)


def _coverage(catalogue: _Catalogue) -> Check:
    """A category in which no two products have several photos taught the model nothing."""
    photos = np.bincount(catalogue.products, minlength=len(catalogue.ids))
    members: dict[str, list[int]] = defaultdict(list)
    for number, category in enumerate(catalogue.categories):
        members[category].append(number)
    thin = Counter(
        {
            category: len(numbers)
            for category, numbers in members.items()
            if len(numbers) >= MIN_CATEGORY_PRODUCTS and (photos[numbers] > 1).sum() < 2
        }
    )
    named = ", ".join(f"{name or 'without category'} ({n})" for name, n in thin.most_common(5))
    detail = f"{len(members)} categories" if not thin else f"untaught: {named}"
    remedy = "add a second photo to some of their products"
    return Check("coverage", not thin, detail, remedy)


def _collapse(catalogue: _Catalogue) -> Iterator[Check]:
    found = spread(catalogue.vectors)
    broken = f"{found.broken} of {len(catalogue.vectors)}"
    yield Check("vectors are whole", not found.broken, f"{broken} broken", "index again")
    least = LEAST_RANK * min(catalogue.vectors.shape[1], len(catalogue.ids))
    fine = found.effective_rank >= least and found.mean_cosine <= MOST_MEAN_COSINE
    detail = (
        f"effective rank {found.effective_rank:.0f} of {catalogue.vectors.shape[1]}, mean cosine"
        f" {found.mean_cosine:.2f}"
    )
    yield Check("vectors fill their space", fine, detail, "goodsight model rollback")
