"""What a collection can be asked about: the values that its products have, and how many do."""

from __future__ import annotations

from psycopg import sql

from goodsight.core.colour_names import SEEN_COLOUR
from goodsight.core.labelling import predicted_name
from goodsight.core.vocabulary import Vocabulary
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.facts import attribute_name
from goodsight.stores.postgres.seen_colours import COLOUR_COUNTS
from goodsight.stores.postgres.sessions import Connection

__all__ = ["vocabulary"]

# So many products tell what a catalogue is about; a value that only others have stays text.
SAMPLED_PRODUCTS = 20_000
# More values of one name are no choice that people name in a request.
MAX_VALUES = 5000

_PREDICTED = attribute_name(predicted_name(""))

_VALUES = sql.SQL("""
    WITH sample AS MATERIALIZED (
        SELECT p.id, p.facts FROM products p
        WHERE p.collection_id = %(collection)s ORDER BY p.id LIMIT {products}),
    counted AS (
        SELECT key, value #>> '{{}}' AS text, count(DISTINCT s.id) AS products,
               row_number() OVER (PARTITION BY key ORDER BY count(DISTINCT s.id) DESC,
                                  value #>> '{{}}') AS place
        FROM sample s CROSS JOIN LATERAL jsonb_each(s.facts) AS fact (key, texts)
        CROSS JOIN LATERAL jsonb_array_elements(texts) AS value
        WHERE (key LIKE ':%%' OR key IN ('category', 'brand', 'currency'))
          AND jsonb_typeof(value) = 'string'
        GROUP BY key, value)
    SELECT key, text, products FROM counted WHERE place <= {values} ORDER BY key, place
""").format(products=sql.Literal(SAMPLED_PRODUCTS), values=sql.Literal(MAX_VALUES))
_NUMBERS = """
    SELECT min(price), max(price), count(stock) > 0 FROM products WHERE collection_id = %s
"""


def vocabulary(connection: Connection, collection: ActiveCollection) -> Vocabulary:
    """The collection's values in their folded form; see `Vocabulary`."""
    counts: dict[str, dict[str, int]] = {}
    for key, text, products in connection.execute(_VALUES, {"collection": collection.id}):
        # A long text is kept as a fingerprint, which nobody types. A guess must not become a
        # filter that nobody asked for: it would hide what was guessed wrong.
        if not text.startswith("\x01") and not key.startswith(_PREDICTED):
            counts.setdefault(key, {})[text] = products
    # A feed's own attribute of that name cannot be asked for, see `facet_counts`.
    counts.pop(attribute_name(SEEN_COLOUR), None)
    colours = connection.execute(
        COLOUR_COUNTS.format(condition=sql.SQL("TRUE")), {"collection": collection.id}
    )
    seen = {name: products for name, products in colours}  # noqa: C416 - rows are no pairs
    [(least, greatest, stocked)] = connection.execute(_NUMBERS, [collection.id])
    return Vocabulary(
        categories=counts.pop("category", {}),
        brands=counts.pop("brand", {}),
        currencies=tuple(code.upper() for code in counts.pop("currency", {})),
        attributes={key.removeprefix(":"): values for key, values in counts.items()},
        seen_colours=seen,
        least_price=least,
        greatest_price=greatest,
        has_stock=stocked,
    )
