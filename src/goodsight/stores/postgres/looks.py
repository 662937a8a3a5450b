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

__all__ = ["described_as", "looks_of", "sees_patterns", "staged_looks"]

SIGN_BIT = 1 << 63
_DESCRIBED = {
    Described.NOT: sql.SQL("TRUE"),
    # Photos that were described before patterns were have colours alone.
    Described.PLAINLY: sql.SQL("i.pattern IS NOT NULL"),
    Described.WITH_WORDS: sql.SQL("i.pattern IS NOT NULL AND i.printed_words IS NOT NULL"),
}
_LOOKS = sql.SQL("""
    SELECT product_key, reference, content_hash, vector, colours, pattern, printed_words FROM (
        SELECT DISTINCT ON (p.id, f.image_id)
               p.id, p.product_key, f.reference, i.content_hash, v.vector, i.colours, i.pattern,
               i.printed_words, array_position(p.photo_references, f.reference) AS position
        FROM products p JOIN photos f ON f.product_id = p.id JOIN images i ON i.id = f.image_id
        JOIN {} v ON v.image_id = f.image_id
        WHERE p.collection_id = %s AND p.key_digest = ANY (%s)
        ORDER BY p.id, f.image_id, position) AS shown
    ORDER BY id, position
""")


_SEES_PATTERNS = """
    SELECT EXISTS (SELECT FROM images WHERE collection_id = %s AND pattern IS NOT NULL)
"""


def described_as(described: Described) -> sql.Composable:
    """The condition on `images i` that a photo is described as far."""
    return _DESCRIBED[described]


def staged_looks(looks: PhotoLooks | None) -> tuple[object, ...]:
    """The values of colours, colour names, hash, pattern and words for a binary copy."""
    if looks is None:
        return None, None, None, None, None
    unsigned = looks.perceptual_hash
    words = looks.printed_words
    return (
        _kept(looks.colours),
        ",".join(looks.colour_names),
        Int8(unsigned - 2 * SIGN_BIT if unsigned & SIGN_BIT else unsigned),
        _kept(looks.pattern),
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
    for (product, reference, content_hash, _, colours, pattern, words), vector in zip(
        rows, vectors, strict=True
    ):
        seen = SeenPhoto(
            reference=reference,
            content_hash=content_hash,
            vector=vector,
            colours=_distribution(colours),
            pattern=_distribution(pattern),
            printed_words=None if words is None else tuple(words.split("\n")) if words else (),
        )
        found.setdefault(product, []).append(seen)
    return found


def sees_patterns(connection: Connection, collection: ActiveCollection) -> bool:
    """Whether patterns can be compared: not where all photos are of before."""
    [(sees,)] = connection.execute(_SEES_PATTERNS, [collection.id])
    return bool(sees)


def _kept(distribution: FloatArray) -> bytes:
    return distribution.astype("<f2").tobytes()


def _distribution(stored: bytes | None) -> FloatArray | None:
    if stored is None:
        return None
    found = np.frombuffer(stored, dtype="<f2").astype(np.float32)
    return np.asarray(found / found.sum(), dtype=np.float32)
