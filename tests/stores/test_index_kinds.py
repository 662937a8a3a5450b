"""Vector indexes of signs: a fraction of the size, what they bring compared by its vectors."""

from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.errors import UsageError
from goodsight.core.projecting import Projection
from goodsight.core.scoring import unit_rows
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Product
from stores.samples import CARD, begin, filled, photo, place, random_units
from stores.test_spaces import shelf

DIMENSION = 256
FAMILY = 11
PRODUCTS, PHOTOS = 1100, 4
WIDE = replace(CARD, name="wide", dimension=DIMENSION, space="wide-1")
PLAIN = Projection(
    mean=np.zeros(DIMENSION, np.float32),
    matrix=np.eye(DIMENSION, dtype=np.float32),
    blocks=(DIMENSION,),
    rooted=False,
    photos=PRODUCTS * PHOTOS,
    products=PRODUCTS,
)


@pytest.fixture
def wide(postgres_store):
    """More photos than are compared one by one, in a space around 0."""
    rng = np.random.default_rng(5)
    # Eleven like one another, so that there are ten nearest worth the name.
    families = random_units(PRODUCTS // FAMILY, 7, DIMENSION).repeat(FAMILY, axis=0)
    centres = unit_rows(families + 0.5 * random_units(PRODUCTS, 8, DIMENSION))
    run = begin(postgres_store, card=WIDE)
    vectors = {}
    for start in range(0, PRODUCTS, 275):
        products = []
        for number in range(start, start + 275):
            references = tuple(f"{number}-{shot}.jpg" for shot in range(PHOTOS))
            noise = rng.normal(0, 0.02, (PHOTOS, DIMENSION))
            rows = unit_rows((centres[number] + noise).astype(np.float32))
            vectors |= dict(zip(references, rows, strict=True))
            products.append(Product(f"p{number:04}", f"Product {number}", photos=references))
        run.put_products(products)
        some = [reference for product in products for reference in product.photos]
        run.put_photos(
            [photo(reference, vectors[reference], space=WIDE.space) for reference in some],
            [place(p.id, reference) for p in products for reference in p.photos],
        )
    run.finish([], remove_missing=True, complete=True)
    keeper = postgres_store.spaces("shop")
    keeper.switch_space(PLAIN, {})
    return postgres_store.open("shop"), keeper, centres, vectors


def asked(shop, vector, **changes):
    query = VectorQuery(vector=vector, space=shop.info().space, limit=10, **changes)
    return [found.product.id for found in shop.search(query).products]


def test_signs_take_a_fraction_and_find_the_same(wide):
    shop, keeper, centres, vectors = wide
    change = keeper.change_index(binary=True)
    assert change.is_indexed
    # The links between neighbours stay as they are, beside the signs.
    assert change.bytes_after < 0.4 * change.bytes_before
    assert change.recall_after >= 0.95
    for number in range(0, PRODUCTS, 50):
        assert asked(shop, centres[number])[0] == f"p{number:04}"
    near = np.mean(
        [
            len(set(asked(shop, rows)) & set(asked(shop, rows, exact=True))) / 10
            for rows in unit_rows(centres[::55] + random_units(20, 3, DIMENSION) / 2)
        ]
    )
    assert near >= 0.95
    best = shop.search(
        VectorQuery(vector=vectors["7-2.jpg"], space=shop.info().space, limit=1)
    ).products[0]
    # Scored by the vectors themselves, not by their signs.
    assert best.photo == "7-2.jpg"
    assert best.parts["best"] == pytest.approx(1, abs=3e-3)
    back = keeper.change_index(binary=False)
    assert back.bytes_after == pytest.approx(change.bytes_before, rel=0.05)


def test_a_new_space_has_indexes_of_the_same_kind(wide, postgres_store):
    shop, keeper, centres, _ = wide
    keeper.change_index(binary=True)
    turned = replace(PLAIN, matrix=np.roll(PLAIN.matrix, 1, axis=0))
    keeper.switch_space(turned, {}, keep_former=True)
    kinds = postgres_store.database.read(
        "looking",
        lambda c: c.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname ~ '^photo_vectors_[0-9]+_hnsw$'"
        ).fetchall(),
    )
    assert len(kinds) == 2
    assert all("bit_hamming_ops" in kind for (kind,) in kinds)
    assert asked(shop, turned.apply(centres[[9]])[0])[0] == "p0009"
    keeper.go_back()
    assert asked(shop, centres[9])[0] == "p0009"


def test_signs_that_say_too_little_are_refused(postgres_store):
    products, vectors = shelf()
    filled(postgres_store, products, vectors)
    with pytest.raises(UsageError, match="signs say too little"):
        postgres_store.spaces("shop").change_index(binary=True)


def test_a_space_of_too_few_numbers_goes_back_to_numbers(wide, postgres_store):
    shop, keeper, centres, _ = wide
    keeper.change_index(binary=True)
    short = replace(PLAIN, matrix=np.ascontiguousarray(PLAIN.matrix[:, :48]))
    keeper.switch_space(short, {}, keep_former=True)
    kinds = postgres_store.database.read(
        "looking", lambda c: c.execute("SELECT dimension, index_kind FROM vector_sets").fetchall()
    )
    assert (48, "halfvec") in kinds
    assert (DIMENSION, "binary") in kinds
    assert asked(shop, short.apply(centres[[9]])[0])[0] == "p0009"
