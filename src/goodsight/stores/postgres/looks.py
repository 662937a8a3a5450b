"""What is seen in photos: written with them, read with their vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from psycopg import sql
from psycopg.types.numeric import Int8

from goodsight.core.looks import Described, PhotoLooks, SeenPhoto
from goodsight.core.types import FloatArray
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.halfvectors import unit_vectors
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest, storable

__all__ = ["described_as", "looks_of", "staged_looks"]

SIGN_BIT = 1 << 63
_DESCRIBED = {
    Described.NOT: sql.SQL("TRUE"),
    Described.PLAINLY: sql.SQL("i.colours IS NOT NULL"),
    Described.WITH_WORDS: sql.SQL("i.colours IS NOT NULL AND i.printed_words IS NOT NULL"),
}
_LOOKS = sql.SQL("""
    SELECT product_key, reference, content_hash, vector, colours, printed_words FROM (
        SELECT DISTINCT ON (p.id, f.image_id)
               p.id, p.product_key, f.reference, i.content_hash, v.vector, i.colours,
               i.printed_words, array_position(p.photo_references, f.reference) AS position
        FROM products p JOIN photos f ON f.product_id = p.id JOIN images i ON i.id = f.image_id
        JOIN {} v ON v.image_id = f.image_id
        WHERE p.collection_id = %s AND p.key_digest = ANY (%s)
        ORDER BY p.id, f.image_id, position) AS shown
    ORDER BY id, position
""")


def described_as(described: Described) -> sql.Composable:
    """The condition on `images i` that a photo is described as far."""
    return _DESCRIBED[described]


def staged_looks(looks: PhotoLooks | None) -> tuple[object, ...]:
    """The values of colours, colour names, hash and words for a binary copy."""
    if looks is None:
        return None, None, None, None
    unsigned = looks.perceptual_hash
    words = looks.printed_words
    return (
        looks.colours.astype("<f2").tobytes(),
        ",".join(looks.colour_names),
        Int8(unsigned - 2 * SIGN_BIT if unsigned & SIGN_BIT else unsigned),
        None if words is None else storable("\n".join(words)),
    )


def looks_of(
    connection: Connection, collection: ActiveCollection, product_ids: Sequence[str]
) -> dict[str, list[SeenPhoto]]:
    """Product id -> its distinct photos with a vector, in the order of the feed."""
    statement = _LOOKS.format(collection.vectors.photo_vectors)
    keys = [digest(product_id) for product_id in product_ids]
    cursor = connection.cursor(binary=True)
    rows = cursor.execute(statement, [collection.id, keys]).fetchall()
    vectors = unit_vectors([row[3] for row in rows], collection.vectors.dimension)
    found: dict[str, list[SeenPhoto]] = {}
    for (product, reference, content_hash, _, colours, words), vector in zip(
        rows, vectors, strict=True
    ):
        lines = None if words is None else tuple(words.split("\n")) if words else ()
        seen = SeenPhoto(reference, content_hash, vector, _colours(colours), lines)
        found.setdefault(product, []).append(seen)
    return found


def _colours(stored: bytes | None) -> FloatArray | None:
    if stored is None:
        return None
    colours = np.frombuffer(stored, dtype="<f2").astype(np.float32)
    return np.asarray(colours / colours.sum(), dtype=np.float32)
