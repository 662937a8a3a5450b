"""Writing products by value: rows, variants, sightings, and places no longer listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from goodsight.core.store_ports import ProductChange
from goodsight.core.types import Product
from goodsight.stores.postgres.documents import ProductDocument, document_of, joined
from goodsight.stores.postgres.sessions import Connection

__all__ = ["ProductsWritten", "write_products"]

_STORED = """
    SELECT key_digest, id, value_hash, source_id FROM products
    WHERE collection_id = %s AND key_digest = ANY (%s)
"""
_WRITE = """
    INSERT INTO products (
        collection_id, source_id, product_key, key_digest, value_hash, title, description, price,
        currency, own_stock, stock, categories, brand, url, attributes, source,
        photo_references, facts, words, spellings)
    SELECT %s, %s, product_key, key_digest, value_hash, title, description, price, currency,
           own_stock, stock, categories, brand, url, attributes, source, photo_references,
           facts::jsonb,
           setweight(to_tsvector('english', words_title), 'A')
               || setweight(to_tsvector('english', words_kind), 'B')
               || setweight(to_tsvector('english', words_attributes), 'C')
               || setweight(to_tsvector('english', words_description), 'D')
               || array_to_tsvector(lexemes),
           spellings
    FROM json_to_recordset(%s) AS document (
        product_key text, key_digest bytea, value_hash bytea, title text, description text,
        price numeric, currency text, own_stock numeric, stock numeric, categories json,
        brand text, url text, attributes json, source text, photo_references text[], facts text,
        words_title text, words_kind text, words_attributes text, words_description text,
        lexemes text[], spellings text[])
    ON CONFLICT (collection_id, key_digest) DO UPDATE SET
        source_id = excluded.source_id, value_hash = excluded.value_hash,
        title = excluded.title, description = excluded.description, price = excluded.price,
        currency = excluded.currency, own_stock = excluded.own_stock, stock = excluded.stock,
        categories = excluded.categories, brand = excluded.brand, url = excluded.url,
        attributes = excluded.attributes, source = excluded.source,
        photo_references = excluded.photo_references, facts = excluded.facts,
        words = excluded.words, spellings = excluded.spellings, updated_at = now()
    RETURNING key_digest, id
"""
_DROP_VARIANTS = "DELETE FROM variants WHERE product_id = ANY (%s)"
_WRITE_VARIANTS = """
    INSERT INTO variants (product_id, position, variant_key, options, price, stock,
                          photo_references)
    SELECT p.id, position, variant_key, options, document.price, document.stock,
           document.photo_references
    FROM json_to_recordset(%s) AS document (
        key_digest bytea, position integer, variant_key text, options json, price numeric,
        stock numeric, photo_references text[])
    JOIN products p ON p.collection_id = %s AND p.key_digest = document.key_digest
"""
_DROP_PLACES = """
    DELETE FROM photos USING products p
    WHERE p.id = photos.product_id AND p.id = ANY (%s)
      AND photos.reference <> ALL (p.photo_references)
    RETURNING photos.product_id
"""
_TAKE_OVER = "UPDATE products SET source_id = %s WHERE id = ANY (%s)"
_SIGHT = """
    INSERT INTO sightings AS old (product_id, run_id)
    SELECT product_id, %s FROM unnest(%s::bigint[]) AS seen (product_id) ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET run_id = excluded.run_id
    WHERE old.run_id < excluded.run_id
"""


@dataclass(frozen=True, slots=True)
class ProductsWritten:
    """One answer per product put, how many places went, and whose means that changes."""

    changes: tuple[ProductChange, ...]
    dropped_places: int
    touched_products: set[int]


class _Stored(NamedTuple):
    row_id: int
    value_hash: bytes
    source_id: int


def write_products(
    connection: Connection,
    *,
    collection_id: int,
    source_id: int,
    run_id: int,
    products: Sequence[Product],
) -> ProductsWritten:
    """Insert what is new, update what differs, and note that all of it was seen."""
    documents = [document_of(product) for product in products]
    # Of a product that comes twice, the last is written, as if put one after the other.
    latest = {document.digest: document for document in documents}
    rows = connection.execute(_STORED, [collection_id, list(latest)])
    stored = {digest: _Stored(*values) for digest, *values in rows}
    same = {key for key, found in stored.items() if found.value_hash == latest[key].value_hash}
    row_ids = {key: found.row_id for key, found in stored.items()}
    row_ids |= _write_rows(
        connection, collection_id, source_id, [latest[key] for key in latest if key not in same]
    )
    taken_over = [stored[key].row_id for key in same if stored[key].source_id != source_id]
    if taken_over:
        connection.execute(_TAKE_OVER, [source_id, taken_over])
    changed_rows = [row_ids[key] for key in latest if key not in same]
    dropped = [row for (row,) in connection.execute(_DROP_PLACES, [changed_rows])]
    connection.execute(_SIGHT, [run_id, list(row_ids.values())])
    return ProductsWritten(_changes(documents, stored), len(dropped), set(dropped))


def _changes(
    documents: Sequence[ProductDocument], stored: Mapping[bytes, _Stored]
) -> tuple[ProductChange, ...]:
    changes = []
    hashes = {key: found.value_hash for key, found in stored.items()}
    for document in documents:
        before = hashes.get(document.digest)
        if before is None:
            changes.append(ProductChange.ADDED)
        elif before == document.value_hash:
            changes.append(ProductChange.UNCHANGED)
        else:
            changes.append(ProductChange.CHANGED)
        hashes[document.digest] = document.value_hash
    return tuple(changes)


def _write_rows(
    connection: Connection,
    collection_id: int,
    source_id: int,
    documents: Sequence[ProductDocument],
) -> dict[bytes, int]:
    """Write products with their variants; digest -> row id."""
    if not documents:
        return {}
    texts = joined(document.text for document in documents)
    rows = connection.execute(_WRITE, [collection_id, source_id, texts])
    row_ids: dict[bytes, int] = dict(rows.fetchall())
    connection.execute(_DROP_VARIANTS, [list(row_ids.values())])
    variants = [text for document in documents for text in document.variants]
    if variants:
        connection.execute(_WRITE_VARIANTS, [joined(variants), collection_id])
    return row_ids
