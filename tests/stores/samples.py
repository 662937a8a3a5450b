"""Products, photos and model cards for the stores' tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from goodsight.core.store_ports import NewPhoto, PhotoPlace, VectorQuery
from goodsight.core.types import ModelCard, Preprocessing, Product, Variant

DIMENSION = 16
CARD = ModelCard(
    name="tiny",
    dimension=DIMENSION,
    preprocessing=Preprocessing(input_size=8, resize_size=8),
    space="tiny-1",
    licence="Apache-2.0",
    source="tests",
    file_hashes={"model.onnx": "00"},
)
OTHER_CARD = replace(CARD, name="other", space="other-1")

SHIRT = Product(
    id="MH01",
    title="Shirt «Ärmel»",
    description="Soft.\nWashable.",
    price=Decimal("19.90"),
    currency="EUR",
    own_stock=0,
    categories=(("Men", "Tops"), ("Sale",)),
    brand="Acme",
    url="https://example.com/mh01?a=1&b=2",
    attributes={"material": ("Cotton", "Elastane"), "size": ("13",), "new": ("yes",), "e": ()},
    variants=(
        Variant("MH01-S", {"size": ("S",), "color": ("Red",)}, Decimal("19.90"), 0, ("a.jpg",)),
        Variant("MH01-M", {"size": ("M",), "color": ("Red",)}, None, 3, ("a.jpg", "b.jpg")),
        Variant("MH01-L", {"size": ("L",)}, Decimal("21.5"), None, ("a.jpg",)),
    ),
    photos=("a.jpg", "b.jpg"),
    source="feed.csv",
)
BARE = Product(id="bare", title="")


def hash_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def unit(*numbers: float) -> np.ndarray:
    """A vector of norm 1 along these first components."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[: len(numbers)] = numbers
    return vector / np.linalg.norm(vector)


def random_units(count: int, seed: int = 0, dimension: int = DIMENSION) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def photo(
    name: str, vector: np.ndarray, thumbnail: bytes | None = None, space: str = CARD.space
) -> NewPhoto:
    return NewPhoto(
        content_hash=hash_of(name),
        width=640,
        height=480,
        findings=("dark", "low contrast"),
        thumbnail=thumbnail if thumbnail is not None else b"webp " + name.encode(),
        vector=vector,
        features=vector * 7,
        space=space,
    )


def place(product_id: str, reference: str, name: str | None = None) -> PhotoPlace:
    return PhotoPlace(product_id, reference, hash_of(name or reference))


def query(vector: np.ndarray, **changes) -> VectorQuery:
    return VectorQuery(vector=vector, space=CARD.space, **changes)


def put(run, products: Sequence[Product], vectors: dict[str, np.ndarray]) -> None:
    """Put products, and a photo for each reference they list; the reference names its bytes."""
    run.put_products(products)
    run.put_photos(
        [photo(reference, vector) for reference, vector in vectors.items()],
        [place(p.id, reference) for p in products for reference in p.photos],
    )


def filled(store, products: Sequence[Product], vectors: dict[str, np.ndarray], name="shop"):
    """A collection with these products and photos, opened."""
    run = begin(store, name)
    put(run, products, vectors)
    run.finish([], remove_missing=True, complete=True)
    return store.open(name)


def begin(store, name="shop", *, source="feed.csv", card=CARD, profile="fast"):
    return store.begin_run(name, profile=profile, card=card, source=source)


def index(store, products, *, source="feed.csv", name="shop", skipped=(), **finish):
    """A run that puts products without photos."""
    run = begin(store, name, source=source)
    changes = run.put_products(products)
    return changes, run.finish(skipped, **{"remove_missing": True, "complete": True, **finish})
