"""A catalogue's health, from what is stored: no photo is decoded for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from goodsight.core.scoring import blend, mean_vector
from goodsight.core.store_ports import ScoredProduct, VectorQuery
from goodsight.core.types import FloatArray, Skip
from goodsight.core.upkeep import CatalogueHealth, Displaced, Duplicate, ProductName
from goodsight.stores.postgres.collection_rows import ActiveCollection, find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.near_duplicates import near_duplicates
from goodsight.stores.postgres.reading import PostgresProducts
from goodsight.stores.postgres.run_records import last_skips
from goodsight.stores.postgres.sessions import Connection

__all__ = ["MAX_SAMPLE", "catalogue_health"]

MAX_SAMPLE = 500
MAX_LISTED = 200
MAX_SAMPLING_SECONDS = 10.0

_COUNTS = """
    SELECT (SELECT count(*) FROM products WHERE collection_id = %(collection)s),
           (SELECT count(*) FROM photos f JOIN products p ON p.id = f.product_id
             WHERE p.collection_id = %(collection)s)
"""
_WITHOUT_PHOTO = """
    SELECT p.product_key, p.title, count(*) OVER () FROM products p
    WHERE p.collection_id = %(collection)s
      AND NOT EXISTS (SELECT FROM photos f WHERE f.product_id = p.id)
    ORDER BY p.product_key COLLATE "C" LIMIT %(limit)s
"""
_DUPLICATES = """
    SELECT i.content_hash, array_agg(p.product_key ORDER BY p.product_key COLLATE "C"),
           array_agg(p.title ORDER BY p.product_key COLLATE "C"), count(*) OVER ()
    FROM (SELECT DISTINCT f.image_id, f.product_id FROM photos f
          JOIN products p ON p.id = f.product_id
          WHERE p.collection_id = %(collection)s) AS shown
    JOIN images i ON i.id = shown.image_id JOIN products p ON p.id = shown.product_id
    GROUP BY i.content_hash HAVING count(*) > 1
    ORDER BY count(*) DESC, i.content_hash LIMIT %(limit)s
"""
# By a hash of the row's id: spread over the catalogue, and the same ones every time.
_SAMPLE = sql.SQL("""
    SELECT p.product_key, p.title, first.content_hash
    FROM (SELECT * FROM products WHERE collection_id = %(collection)s
          ORDER BY md5(id::text)) AS p
    CROSS JOIN LATERAL (
        SELECT i.content_hash FROM photos f JOIN images i ON i.id = f.image_id
        JOIN {} v ON v.image_id = f.image_id
        WHERE f.product_id = p.id
        ORDER BY array_position(p.photo_references, f.reference) LIMIT 1) AS first
    LIMIT %(limit)s
""")


@dataclass(frozen=True, slots=True)
class _Stored:
    """What single statements tell."""

    counts: tuple[int, int]
    without_photo: list[tuple[str, str, int]]
    duplicates: list[tuple[str, list[str], list[str], int]]
    unreadable: tuple[Skip, ...]
    sample: list[ProductName]
    near_duplicates: tuple[tuple[Duplicate, ...], int]
    space: str


def catalogue_health(
    database: Database, products: PostgresProducts, name: str, sample: int
) -> CatalogueHealth:
    """Look through the collection; search for at most `sample` products (and `MAX_SAMPLE`).

    Raises CollectionNotFound, StoreError.
    """
    wanted = min(sample, MAX_SAMPLE)
    stored = database.read(
        f"looking through '{name}'", lambda c: _look(c, find_collection(c, name), wanted)
    )
    displaced, checked = _search_for(products, stored.sample, stored.space)
    without, duplicates = stored.without_photo, stored.duplicates
    return CatalogueHealth(
        products=stored.counts[0],
        photos=stored.counts[1],
        without_photo=tuple(ProductName(key, title) for key, title, _ in without),
        without_photo_count=without[0][2] if without else 0,
        unreadable=stored.unreadable[:MAX_LISTED],
        unreadable_count=len(stored.unreadable),
        duplicates=tuple(_duplicate(*row) for row in duplicates),
        duplicates_count=duplicates[0][3] if duplicates else 0,
        not_found_by_own_photo=tuple(displaced),
        checked=checked,
        near_duplicates=stored.near_duplicates[0],
        near_duplicates_count=stored.near_duplicates[1],
    )


def _look(connection: Connection, collection: ActiveCollection, sample: int) -> _Stored:
    values = {"collection": collection.id, "limit": MAX_LISTED}
    [(products, photos)] = connection.execute(_COUNTS, values).fetchall()
    statement = _SAMPLE.format(collection.vectors.photo_vectors)
    sampled = connection.execute(statement, {**values, "limit": sample})
    return _Stored(
        counts=(products, photos),
        sample=[ProductName(*row) for row in sampled],
        without_photo=connection.execute(_WITHOUT_PHOTO, values).fetchall(),
        duplicates=connection.execute(_DUPLICATES, values).fetchall(),
        # A skip with a row is a bad row of the feed, not a photo.
        unreadable=tuple(s for s in last_skips(connection, collection.id) if s.row is None),
        near_duplicates=near_duplicates(connection, collection, MAX_LISTED),
        space=collection.space,
    )


def _duplicate(content_hash: str, keys: list[str], titles: list[str], _: int) -> Duplicate:
    named = zip(keys[:MAX_LISTED], titles[:MAX_LISTED], strict=True)
    return Duplicate(content_hash, tuple(ProductName(*name, content_hash) for name in named))


def _search_for(
    products: PostgresProducts, sample: list[ProductName], space: str
) -> tuple[list[Displaced], int]:
    """Those displaced among the products searched for in the time there is, and how many."""
    deadline = time.monotonic() + MAX_SAMPLING_SECONDS
    displaced: list[Displaced] = []
    checked = 0
    for product in sample:
        if time.monotonic() > deadline:
            break
        displaced.extend(_displaced(products, product, space))
        checked += 1
    return displaced, checked


def _displaced(products: PostgresProducts, product: ProductName, space: str) -> Iterator[Displaced]:
    vectors = products.vectors(product.id)
    if not len(vectors):
        return  # removed meanwhile
    found = products.search(VectorQuery(vector=vectors[0], space=space, limit=2)).products
    others = [hit for hit in found if hit.product.id != product.id]
    own = next((hit.score for hit in found if hit.product.id == product.id), None)
    if len(vectors) > 1:
        own = _score_without_first(vectors)
    if others and _comes_first(others[0], product.id, own):
        best = others[0]
        name = ProductName(best.product.id, best.product.title, best.content_hash)
        yield Displaced(product, name, own, best.score)


def _score_without_first(vectors: FloatArray) -> float:
    """What the product would score if the photo searched with were not in the catalogue."""
    query, rest = vectors[0], vectors[1:]
    return blend(float((rest @ query).max()), float(mean_vector(rest) @ query))


def _comes_first(other: ScoredProduct, product_id: str, own: float | None) -> bool:
    """Whether the other one leads; equal scores go by id, as in every search."""
    return own is None or (-other.score, other.product.id) < (-own, product_id)
