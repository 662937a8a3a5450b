"""The values that travel between modules. Frozen, slotted, without behaviour beyond derivation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from goodsight.core.choices import Look, Metric, Sort
from goodsight.core.model_card import ModelCard, Preprocessing
from goodsight.core.understood import Understood

__all__ = [
    "Embeddings",
    "FeatureMaps",
    "Finding",
    "Hit",
    "KeptPhoto",
    "Metric",
    "ModelCard",
    "Photo",
    "Preprocessing",
    "Product",
    "Query",
    "Results",
    "Skip",
    "Sort",
    "Term",
    "Timings",
    "Variant",
]

Attributes = Mapping[str, tuple[str, ...]]
FloatArray = NDArray[np.float32]
PixelArray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Variant:
    """One buyable form of a product: a size, a colour.

    `price` and `stock` are None where the feed says nothing. `photos` are references, a
    subset of the product's.
    """

    id: str
    options: Attributes = field(default_factory=dict)
    price: Decimal | None = None
    stock: int | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a catalogue, with its variants.

    `price` is in `currency` (ISO 4217) and is the lowest of the variants' where they differ.
    `categories` are paths, each a tuple of levels from the root. `attributes` map a name to
    one or several values. `photos` are references in the order of the feed, variants' photos
    included, without repeats; what a reference means is the photo loader's business.
    `source` names the feed the product came from.
    """

    id: str
    title: str
    description: str = ""
    price: Decimal | None = None
    currency: str | None = None
    own_stock: int | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    brand: str | None = None
    url: str | None = None
    attributes: Attributes = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    photos: tuple[str, ...] = ()
    source: str = ""

    @property
    def stock(self) -> int | None:
        """Sum of the variants' stock where any variant states one, else the product's own."""
        stated = [variant.stock for variant in self.variants if variant.stock is not None]
        return sum(stated) if stated else self.own_stock

    @property
    def in_stock(self) -> bool | None:
        """Whether anything is left; None where the feed says nothing about stock."""
        stock = self.stock
        return None if stock is None else stock > 0

    def variants_showing(self, photo: str) -> tuple[str, ...]:
        """Ids of the variants that show this photo reference, those in stock first."""
        showing = [variant for variant in self.variants if photo in variant.photos]
        showing.sort(key=lambda variant: (variant.stock or 0) <= 0)
        return tuple(variant.id for variant in showing)


@dataclass(frozen=True, slots=True)
class Skip:
    """Something left out, and why. Skips never stop the rest and never vanish.

    `row` is the 1-based line of the feed (the header is line 1) or None for a photo or file.
    """

    reference: str
    reason: str
    row: int | None = None


class Finding(StrEnum):
    """What is remarkable about a photo."""

    DARK = "dark"
    BLURRED = "blurred"
    LOW_CONTRAST = "low contrast"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Photo:
    """A decoded photo.

    `pixels` is uint8 (H, W, 3), sRGB, upright; it may be smaller than the original, whose
    upright size is `width` × `height` pixels. `content_hash` is the SHA-256 of the file's
    bytes in hex.
    """

    reference: str
    content_hash: str
    pixels: PixelArray
    width: int
    height: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo of the catalogue as the store knows it; sizes in pixels of the upright original."""

    reference: str
    content_hash: str
    width: int
    height: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors of one space.

    `vectors` is float32 (n, d) with rows of Euclidean norm 1; `features` is float32 (n, f),
    the encoder's output before any projection and normalisation.
    """

    vectors: FloatArray
    features: FloatArray
    space: str


@dataclass(frozen=True, slots=True)
class FeatureMaps:
    """Last feature maps, float32 (n, channels, rows, columns), before pooling."""

    maps: FloatArray
    space: str


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query: exactly one of `photo`, `text` and `product_id` is given.

    A negative `weight` asks for products unlike the term.
    """

    photo: Photo | None = None
    text: str | None = None
    product_id: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    Without a term the whole catalogue is looked through. `where` is a text in the filter
    language. `exact` compares with every photo instead of the index. `offset` best products
    are passed over. `facets` are names to count values of, see `goodsight.core.facets`.
    Where the best product's confidence is below `min_confidence` the verdict is "no match".
    `look` says what is compared; `colours`, names or #rrggbb, stand for those of the photos.
    With `understand` the texts are read as a request: what they say of price, colour and the
    like narrows as well.
    """

    terms: tuple[Term, ...] = ()
    where: str | None = None
    limit: int = 10
    metric: Metric = Metric.COSINE
    exact: bool = False
    offset: int = 0
    sort: Sort = Sort.MATCH
    facets: tuple[str, ...] = ()
    min_confidence: float = 0.0
    look: Look = Look.STYLE
    colours: tuple[str, ...] = ()
    understand: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One product found.

    `photo` is the reference of its best photo, `variants` the ids of the variants this photo
    shows (those in stock first). `score` grows with likeness; its scale depends on the
    metric. `confidence` is a probability, or None where no calibration exists.
    """

    product: Product
    photo: str
    content_hash: str
    variants: tuple[str, ...]
    score: float
    confidence: float | None = None
    explanation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timings:
    """Where a search spent its time, in milliseconds."""

    decode_ms: float
    encode_ms: float
    store_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query; `hits` are sorted, best first, one per product.

    `total` is how many products there are in all, where that is a sharp number: a photo ranks
    every product and selects none. `facets` map a name to the counts of its values.
    `understood` is how the query's texts were read, where that was asked for; `read_as` are the
    words asked for with misspelt ones put right, None where there were none; `some_words` tells
    that no product has all of them.
    """

    query_id: str
    hits: tuple[Hit, ...]
    no_match: bool
    facets: Mapping[str, Mapping[str, int]]
    space: str
    index_version: int
    timings: Timings
    total: int | None = None
    understood: Understood | None = None
    read_as: str | None = None
    some_words: bool = False
