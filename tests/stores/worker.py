"""What other processes do in the tests: `python worker.py TASK LOCATION SEED [COUNT]`.

Each line it prints is a fact it has been told is durable.
"""

from __future__ import annotations

import sys
from pathlib import Path

from goodsight.core.types import Product
from goodsight.stores import open_store
from stores.samples import begin, photo, place, query, random_units

PHOTOS_PER_PRODUCT = 3
BATCH = 5


def shown_by(source: str, number: int) -> Product:
    """Products of all sources share a photo; even numbers are listed by every source."""
    own = [f"{source}-{number}-{k}.jpg" for k in range(PHOTOS_PER_PRODUCT)]
    name = f"common-{number}" if number % 2 == 0 else f"{source}-{number}"
    return Product(id=name, title=source, photos=(*own, "shared.jpg"), source=source)


def vector_of(reference: str):
    return random_units(1, seed=sum(reference.encode()) % 1000)[0]


def index(store, source: str, count: int, *, finish: bool = True) -> None:
    run = begin(store, source=source)
    for start in range(0, count, BATCH):
        products = [shown_by(source, number) for number in range(start, min(start + BATCH, count))]
        run.put_products(products)
        places = [
            place(product.id, reference) for product in products for reference in product.photos
        ]
        known = run.known_photos([p.content_hash for p in places])
        fresh = {p.reference for p in places if p.content_hash not in known}
        run.put_photos([photo(name, vector_of(name)) for name in sorted(fresh)], places)
        for p in places:
            print(p.product_id, p.reference, flush=True)
    if finish:
        run.finish([], remove_missing=True, complete=True)


def search(store, count: int) -> None:
    shop = store.open("shop")
    for seed in range(count):
        found = shop.search(query(random_units(1, seed=seed)[0], limit=5))
        scores = [hit.score for hit in found.products]
        assert scores == sorted(scores, reverse=True)
        assert all(hit.photo in hit.product.photos for hit in found.products)


def main(task: str, location: str, source: str, count: str) -> None:
    store = open_store(location if "://" in location else Path(location))
    if task == "index":
        index(store, source, int(count))
    elif task == "endless":
        while True:
            index(store, source, int(count), finish=False)
            source += "'"
    else:
        search(store, int(count))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
