"""learn_bridge(): a catalogue's texts and photos -> a bridge, kept only where it gains.

BridgeKeeper -> sample -> kinds as questions -> products left out of the map -> gain -> keep

A question is a kind's word ("striped"), answered by the products of that kind. Each product is
judged by a map that was learnt without it and without those of its title: by its title alone,
as a product is whose feed does not tell the kind, and by title and photos together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from goodsight.core.bridging import Bridge, LinearMap, fit_map
from goodsight.core.kinds import Kinds, kinds_of
from goodsight.core.ports import TextEncoder
from goodsight.core.resampling import Interval, group_numbers, mean_intervals
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray, Product

__all__ = [
    "BridgeGain",
    "BridgeKeeper",
    "BridgeSample",
    "is_bridge_due",
    "judged_gain",
    "learn_bridge",
]

# With more products neither the map nor its gain changes much, and texts take time to encode.
SAMPLED_PRODUCTS = 1000
MIN_PRODUCTS = 30
# An interval over fewer questions is chance.
MIN_QUESTIONS = 8
# The interval knows of other questions, not of other products: of catalogues with shuffled photos
# a tenth reach 0, none this (docs/decisions/0026).
LEAST_GAIN = 0.02
PARTS = 5
RELEARN_SHARE = 0.2
TITLES_AT_ONCE = 32
SEED = 0

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BridgeSample:
    """Products with a photo and a vector of their text, at most so many as were asked for.

    `texts` float32 (n, t), and `photos` float32 (n, d), the mean of each product's photos, have
    rows of norm 1. `all_products` is how many there are.
    """

    products: tuple[Product, ...]
    texts: FloatArray
    photos: FloatArray
    photo_space: str
    all_products: int


@dataclass(frozen=True, slots=True)
class BridgeGain:
    """Mean average precision of the questions by titles alone, and with the photos' help.

    `low` and `high` are the 95 % interval of the difference. `products` is how many there
    were, of which a sample was learnt from.
    """

    products: int
    questions: int = 0
    texts_alone: float = 0.0
    together: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def is_gain(self) -> bool:
        """Whether more is found with the bridge, and not by chance."""
        return self.low > LEAST_GAIN


class BridgeKeeper(Protocol):
    """Keeps what one collection's bridge came to."""

    def product_count(self, text_space: str) -> int:
        """How many products there are with a photo and a vector of that space."""
        ...

    def learnt(self, text_space: str) -> BridgeGain | None:
        """What learning came to in the photos' active space; None where it was not tried."""
        ...

    def sample(self, text_space: str, limit: int) -> BridgeSample:
        """Products to learn from, drawn alike each time."""
        ...

    def keep(
        self, text_space: str, photo_space: str, gain: BridgeGain, bridge: Bridge | None
    ) -> None:
        """Keep it in the former one's place; nothing where the photos' space changed meanwhile."""
        ...


def is_bridge_due(keeper: BridgeKeeper, text_space: str) -> bool:
    """Whether the catalogue has changed so much that it should learn, or never did and is large."""
    learnt = keeper.learnt(text_space)
    count = keeper.product_count(text_space)
    if learnt is None:
        return count >= MIN_PRODUCTS
    return abs(count - learnt.products) > RELEARN_SHARE * learnt.products


def learn_bridge(
    keeper: BridgeKeeper,
    encoder: TextEncoder,
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> BridgeGain | None:
    """Learn a bridge and keep it where it gains; what it came to, None where it was stopped.

    Raises CollectionNotFound, StoreError, ModelError.
    """
    sample = keeper.sample(encoder.space, SAMPLED_PRODUCTS)
    kinds = kinds_of(sample.products)
    gain, bridge = BridgeGain(sample.all_products), None
    if len(sample.products) >= MIN_PRODUCTS and len(kinds.words) >= MIN_QUESTIONS:
        titles = _encoded_titles(sample.products, encoder, should_stop)
        questions = _encoded_questions(kinds.words, encoder, should_stop)
        if titles is None or questions is None:
            return None
        gain, weight = judged_gain(sample, kinds, titles, questions)
        if gain.is_gain:
            fitted = _fitted(sample, kinds.held, questions, np.ones(len(titles), np.bool_))
            bridge = Bridge(fitted, encoder.space, sample.photo_space, weight)
    keeper.keep(encoder.space, sample.photo_space, gain, bridge)
    return gain


def judged_gain(
    sample: BridgeSample, kinds: Kinds, titles: FloatArray, questions: FloatArray
) -> tuple[BridgeGain, float]:
    """What k questions float32 (k, t) gain beside n titles float32 (n, t); and the weight.

    The weight makes both kinds of scores spread alike; it is not tuned, so that the gain
    is an honest one.
    """
    alone = np.asarray(questions @ titles.T, dtype=np.float64)
    seen = np.empty_like(alone)
    parts = _parts(sample.products)
    for part in range(PARTS):
        asked = parts == part
        if asked.any():
            fitted = _fitted(sample, kinds.held, questions, ~asked)
            seen[:, asked] = fitted.apply(questions) @ sample.photos[asked].T
    weight = float(alone.std(axis=1).mean() / max(seen.std(axis=1).mean(), 1e-12))
    right = kinds.held.T
    before = _average_precisions(alone, right)
    after = _average_precisions(alone + weight * seen, right)
    [(low, high)] = _interval(after - before)
    gain = BridgeGain(
        products=sample.all_products,
        questions=len(questions),
        texts_alone=float(before.mean()),
        together=float(after.mean()),
        low=low,
        high=high,
    )
    return gain, weight


def _interval(differences: NDArray[np.float64]) -> list[Interval]:
    return mean_intervals(differences[:, np.newaxis], np.arange(len(differences)))


def _fitted(
    sample: BridgeSample,
    held: NDArray[np.bool_],
    questions: FloatArray,
    chosen: NDArray[np.bool_],
) -> LinearMap:
    """Learnt from two texts of each chosen product: its own, and the words of its kinds."""
    of_kinds = chosen & held.any(axis=1)
    words = unit_rows(held[of_kinds].astype(np.float32) @ questions)
    texts = np.concatenate([sample.texts[chosen], words])
    return fit_map(texts, np.concatenate([sample.photos[chosen], sample.photos[of_kinds]]))


def _parts(products: Sequence[Product]) -> NDArray[np.intp]:
    """A part for each product, 0 to 4; those of one title stay together."""
    groups = group_numbers([product.title.casefold() for product in products])
    turns = np.random.default_rng(SEED).permutation(int(groups.max()) + 1)
    return np.asarray(turns[groups] % PARTS, dtype=np.intp)


def _average_precisions(scores: Scores, right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of each question's ranking of the n products, (k,); scores and right answers (k, n)."""
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = np.take_along_axis(right, order, axis=1)
    precisions = hits.cumsum(axis=1) / np.arange(1, hits.shape[1] + 1)
    return np.asarray((precisions * hits).sum(axis=1) / hits.sum(axis=1))


def _encoded_titles(
    products: Sequence[Product], encoder: TextEncoder, should_stop: Callable[[], bool]
) -> FloatArray | None:
    rows: list[FloatArray] = []
    for start in range(0, len(products), TITLES_AT_ONCE):
        if should_stop():
            return None
        part = products[start : start + TITLES_AT_ONCE]
        rows.append(encoder.encode_texts([product.title for product in part]))
    return np.concatenate(rows)


def _encoded_questions(
    words: Sequence[str], encoder: TextEncoder, should_stop: Callable[[], bool]
) -> FloatArray | None:
    rows: list[FloatArray] = []
    for word in words:
        if should_stop():
            return None
        rows.append(encoder.encode_question(word))
    return np.stack(rows)
