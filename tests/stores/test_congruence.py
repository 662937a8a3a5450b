"""The same random history in PostgreSQL and in memory leads to the same answers."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from fakes.memory_store import MemoryStore
from goodsight.core.filter_parser import parse_filter
from goodsight.core.types import Metric, Product, Skip, Variant
from stores.samples import begin, hash_of, photo, place, query, random_units

STEPS = 25
REFERENCES = [f"{number}.jpg" for number in range(12)]
IDS = [f"p{number}" for number in range(8)]
SOURCES = ["one", "two"]
FILTERS = [None, "price < 5", "color = 'RED' or in_stock", "not category = 'a/b'"]
# A reference may come to show other bytes; several references may show the same.
BYTES = [f"bytes {number}" for number in range(9)]
VECTORS = dict(zip(BYTES, random_units(len(BYTES), seed=3), strict=True))


def some_product(chance: random.Random) -> Product:
    references = tuple(chance.sample(REFERENCES, chance.randint(0, 4)))
    return Product(
        id=chance.choice(IDS),
        title=chance.choice(["a", "b"]),
        price=chance.choice([None, Decimal(3), Decimal("7.50")]),
        own_stock=chance.choice([None, 0, 2]),
        categories=chance.choice([(), (("a", "b"),)]),
        attributes={"color": (chance.choice(["Red", "blue"]),)},
        variants=tuple(
            Variant(f"v{k}", photos=references[k : k + 1], stock=chance.choice([0, 1]))
            for k in range(chance.randint(0, 2))
        ),
        photos=references,
    )


def some_photos(chance: random.Random):
    places = [
        place(chance.choice(IDS), chance.choice(REFERENCES), chance.choice(BYTES))
        for _ in range(chance.randint(0, 5))
    ]
    by_hash = {hash_of(name): photo(name, vector) for name, vector in VECTORS.items()}
    return [by_hash[p.content_hash] for p in places], places


def step(chance: random.Random, stores, runs) -> list:
    """Do one thing to each store; what each answered."""
    source = chance.choice(SOURCES)
    if source not in runs:
        runs[source] = [begin(store, source=source) for store in stores]
        return []
    act = chance.random()
    if act < 0.45:
        products = [some_product(chance) for _ in range(chance.randint(1, 3))]
        return [list(run.put_products(products)) for run in runs[source]]
    if act < 0.85:
        photos, places = some_photos(chance)
        for run in runs[source]:
            run.put_photos(photos, places)
        return [run.known_places(IDS) for run in runs[source]]
    options = {"remove_missing": chance.random() < 0.7, "complete": chance.random() < 0.7}
    skipped = [Skip(chance.choice(IDS), "unreadable")]
    return [run.finish(skipped, **options) for run in runs.pop(source)]


@pytest.mark.parametrize("seed", range(12))
def test_histories(embedded_store, seed):
    chance = random.Random(seed)  # noqa: S311 - a history that can be repeated
    stores, runs = [MemoryStore(), embedded_store], {}
    for _ in range(STEPS):
        answers = step(chance, stores, runs)
        assert answers[:1] == answers[1:]
        if stores[0].names():
            compare(chance, [store.open("shop") for store in stores])
    for source in SOURCES:
        for run in runs.get(source, ()):
            run.finish([], remove_missing=False, complete=False)


def compare(chance, shops):
    expected, found = (list(shop.get(IDS)) for shop in shops)
    assert found == expected
    infos = [shop.info() for shop in shops]
    expected_info, found_info = ((i.products, i.photos, i.sources) for i in infos)
    assert found_info == expected_info
    text = chance.choice(FILTERS)
    asked = query(
        random_units(1, seed=chance.randint(0, 99))[0],
        where=parse_filter(text) if text else None,
        metric=chance.choice(list(Metric)),
        exact=chance.random() < 0.5,
        limit=chance.choice([1, 5, 100]),
    )
    expected, found = (shop.search(asked).products for shop in shops)
    assert [hit.score for hit in found] == pytest.approx([h.score for h in expected], abs=2e-3)
    by_id = {hit.product.id: hit for hit in expected}
    for hit in found:
        if hit.product.id in by_id:
            twin = by_id[hit.product.id]
            assert (hit.product, hit.photo, hit.variants) == (
                twin.product,
                twin.photo,
                twin.variants,
            )
            assert hit.parts == pytest.approx(twin.parts, abs=2e-3)
