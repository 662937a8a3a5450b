"""The dominant colours of products' photos, as a filter's condition and a facet's counts.

They belong to photos, not to a product's facts: an edit of the product leaves them alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from goodsight.core.colour_names import colour_key

__all__ = ["COLOUR_COUNTS", "HAS_COLOURS", "SEVERAL_COLOURS", "SHOWS_COLOURS", "colour_keys"]

# Of `products p`; the parameter is an array of keys.
SHOWS_COLOURS = sql.SQL("""EXISTS (
    SELECT FROM photos f JOIN images i ON i.id = f.image_id
    WHERE f.product_id = p.id AND i.colour_names && {}::text[])""")
HAS_COLOURS = sql.SQL("""EXISTS (
    SELECT FROM photos f JOIN images i ON i.id = f.image_id
    WHERE f.product_id = p.id AND i.colour_names <> '{{}}')""")
COLOUR_COUNTS = sql.SQL("""
    SELECT colour, count(DISTINCT p.id)
    FROM products p JOIN photos f ON f.product_id = p.id JOIN images i ON i.id = f.image_id
    CROSS JOIN LATERAL unnest(i.colour_names) AS colour
    WHERE p.collection_id = %(collection)s AND {condition}
    GROUP BY colour ORDER BY 2 DESC, 1
""")
# Whether choosing one would narrow; the parameters are a collection and how many products to ask.
SEVERAL_COLOURS = """
    SELECT count(DISTINCT colour) > 1
    FROM (SELECT id FROM products WHERE collection_id = %s ORDER BY id LIMIT %s) AS sample
    JOIN photos f ON f.product_id = sample.id JOIN images i ON i.id = f.image_id
    CROSS JOIN LATERAL unnest(i.colour_names) AS colour
"""


def colour_keys(values: Iterable[object]) -> list[str]:
    """The keys of those values that name a colour, in English or Chinese."""
    keys = {colour_key(value) for value in values if isinstance(value, str)}
    return sorted(key for key in keys if key is not None)
