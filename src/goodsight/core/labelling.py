"""label(): photos -> values of an attribute that the feed left out, by their names alone.

Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML
2021: each label becomes a sentence, the sentence a vector in the space of photos, and the nearest
one is the product's. How sure that is comes from the products whose value the feed states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from goodsight.core.errors import UsageError
from goodsight.core.filters import fold
from goodsight.core.ports import TextEncoder
from goodsight.core.scoring import mean_vector, unit_rows
from goodsight.core.store_ports import ProductVectors
from goodsight.core.types import FloatArray, Product

__all__ = [
    "CATEGORY",
    "LEAST_CONFIDENCE",
    "LabelReport",
    "Prediction",
    "PredictionKeeper",
    "confidence_name",
    "label",
    "predicted_name",
    "unlabel",
]

CATEGORY = "category"
LEAST_CONFIDENCE = 0.5
PROMPTS = ("a photo of a {}", "a photo of {}, a product of a shop", "{}")
MAX_LABELS = 1000
PRODUCTS_PER_COMMIT = 500
# Fewer stated values say nothing about how sure a prediction is.
MIN_STATED = 30
# What cosines are multiplied with before the softmax: CLIP's own where nothing better is known.
USUAL_SCALE = 100.0
SCALES = np.geomspace(2, 500, 60)

Products = Callable[[], Iterator[ProductVectors]]


@dataclass(frozen=True, slots=True)
class Prediction:
    """A product's predicted value and how sure it is, 0…1; None where there is none any more."""

    product_id: str
    value: str | None
    confidence: float = 0.0


class PredictionKeeper(Protocol):
    """Keeps predictions as attributes that are marked as such; what feeds say stays as it is."""

    def keep(self, attribute: str, predictions: Sequence[Prediction]) -> None:
        """Put `predicted_name` and `confidence_name` of the products; durable when this returns.

        A product that has gone meanwhile is passed over. Raises StoreError.
        """
        ...

    def finish(self) -> None:
        """Let searches notice what was kept."""
        ...


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What labelling came to, in products.

    `stated` have a value of the feed's own, `unsure` got none. `accuracy` is the share of those
    stated with one of the labels whose prediction would have been right; `checked` how many
    they are. None where there are too few.
    """

    labels: int
    predicted: int
    unsure: int
    stated: int
    checked: int
    accuracy: float | None


def predicted_name(attribute: str) -> str:
    """The attribute that holds what was predicted of another."""
    return f"predicted_{attribute}"


def confidence_name(attribute: str) -> str:
    """The attribute that holds how sure the prediction is."""
    return f"{predicted_name(attribute)}_confidence"


def label(
    products: Products,
    encoder: TextEncoder,
    keeper: PredictionKeeper,
    *,
    attribute: str = CATEGORY,
    labels: Sequence[str] | None = None,
    least: float = LEAST_CONFIDENCE,
) -> LabelReport:
    """Predict the attribute of products that lack it, and keep what is sure enough.

    `products` are read with vectors of the encoder's space, which is that of texts too.
    `labels` are the catalogue's own values unless given. Below a confidence of `least` nothing
    is kept. Raises UsageError for fewer than two labels or too many, ModelError, StoreError.
    """
    chosen = _labels(_own_values(products, attribute) if labels is None else labels, attribute)
    table = _Table.of(products, label_vectors(chosen, encoder), chosen, attribute)
    scale, accuracy = table.judged()
    sure = _softmax(table.unknown * scale)
    predictions = [Prediction(product_id, None) for product_id in table.stated_ids]
    predicted = 0
    for product_id, row in zip(table.unknown_ids, sure, strict=True):
        best = int(row.argmax())
        enough = float(row[best]) >= least
        predicted += enough
        predictions.append(
            Prediction(product_id, chosen[best] if enough else None, float(row[best]))
        )
    _keep(keeper, attribute, predictions)
    return LabelReport(
        labels=len(chosen),
        predicted=predicted,
        unsure=len(table.unknown_ids) - predicted,
        stated=len(table.stated_ids),
        checked=len(table.right),
        accuracy=accuracy,
    )


def unlabel(products: Products, keeper: PredictionKeeper, *, attribute: str = CATEGORY) -> None:
    """Take all predictions of an attribute away. Raises StoreError."""
    gone = [Prediction(one.product.id, None) for one in products()]
    _keep(keeper, attribute, gone)


def label_vectors(labels: Sequence[str], encoder: TextEncoder) -> FloatArray:
    """What stands for each label, the mean of its prompts; float32 (n, d), rows of norm 1."""
    prompts = [prompt.format(one) for one in labels for prompt in PROMPTS]
    vectors = encoder.encode_texts(prompts).reshape(len(labels), len(PROMPTS), -1)
    return unit_rows(vectors.mean(axis=1))


@dataclass(frozen=True, slots=True)
class _Table:
    """Cosines of products (n, labels) that lack a value, and of those whose value is a label."""

    unknown_ids: list[str]
    unknown: FloatArray
    stated_ids: list[str]
    known: FloatArray
    right: list[int]

    @classmethod
    def of(
        cls, products: Products, vectors: FloatArray, labels: Sequence[str], attribute: str
    ) -> _Table:
        numbers = {fold(one): number for number, one in enumerate(labels)}
        unknown_ids: list[str] = []
        stated_ids: list[str] = []
        unknown: list[FloatArray] = []
        known: list[FloatArray] = []
        right: list[int] = []
        for one in products():
            cosines = vectors @ mean_vector(one.vectors)
            stated = _stated(one.product, attribute)
            if not stated:
                unknown_ids.append(one.product.id)
                unknown.append(cosines)
                continue
            stated_ids.append(one.product.id)
            answers = {numbers[fold(value)] for value in stated if fold(value) in numbers}
            if len(answers) == 1:
                known.append(cosines)
                right.extend(answers)
        empty = np.zeros((0, len(labels)), dtype=np.float32)
        return cls(
            unknown_ids,
            np.stack(unknown) if unknown else empty,
            stated_ids,
            np.stack(known) if known else empty,
            right,
        )

    def judged(self) -> tuple[float, float | None]:
        """The scale under which the stated values are likeliest, and how often they are right."""
        if len(self.right) < MIN_STATED:
            return USUAL_SCALE, None
        places = np.arange(len(self.right)), np.asarray(self.right)
        likelihoods = [
            np.log(np.maximum(_softmax(self.known * scale)[places], 1e-12)).mean()
            for scale in SCALES
        ]
        accuracy = float((self.known.argmax(axis=1) == places[1]).mean())
        return float(SCALES[int(np.argmax(likelihoods))]), accuracy


def _stated(product: Product, attribute: str) -> Sequence[str]:
    """What the feed says, the last level of each category."""
    if fold(attribute) == CATEGORY:
        return [path[-1] for path in product.categories if path]
    return [
        value
        for attributes in (product.attributes, *(variant.options for variant in product.variants))
        for name, values in attributes.items()
        if fold(name) == fold(attribute)
        for value in values
    ]


def _own_values(products: Products, attribute: str) -> Sequence[str]:
    """The values of the catalogue's products, the commonest first."""
    counts: Counter[str] = Counter()
    for one in products():
        counts.update(_stated(one.product, attribute))
    return [value for value, _ in counts.most_common()]


def _labels(values: Sequence[str], attribute: str) -> Sequence[str]:
    distinct = {fold(value): value.strip() for value in reversed(values) if value.strip()}
    labels = list(reversed(distinct.values()))
    if not 2 <= len(labels) <= MAX_LABELS:
        raise UsageError(
            f"{len(labels)} labels for '{attribute}': give from 2 to {MAX_LABELS:,}, one a line,"
            " or products of the catalogue that have one"
        )
    return labels


def _softmax(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _keep(keeper: PredictionKeeper, attribute: str, predictions: Sequence[Prediction]) -> None:
    for start in range(0, len(predictions), PRODUCTS_PER_COMMIT):
        keeper.keep(attribute, predictions[start : start + PRODUCTS_PER_COMMIT])
    keeper.finish()
