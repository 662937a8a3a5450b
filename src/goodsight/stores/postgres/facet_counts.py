"""Counting the values of facets, and finding out which facets are worth showing.

Values are counted in their folded form, in which filters compare them, and shown as the first
product that has one spells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg import sql

from goodsight.core.asked_words import AskedWords
from goodsight.core.colour_names import SEEN_COLOUR
from goodsight.core.facets import PRICE_BUCKETS, bucket_name, nice_number, without_name
from goodsight.core.filters import Filter, fold
from goodsight.core.labelling import predicted_name
from goodsight.core.types import Product
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.facts import attribute_name
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.routes import Where
from goodsight.stores.postgres.seen_colours import COLOUR_COUNTS, SEVERAL_COLOURS
from goodsight.stores.postgres.sessions import Connection

__all__ = ["facet_counts", "narrowings"]

# Of one facet: more are no help to a person.
MAX_VALUES = 60
# Categories count under each run of levels; only whole paths are shown.
MAX_CATEGORY_RUNS = 400
# How many products tell what attributes a catalogue has.
SAMPLED_PRODUCTS = 2000
MAX_ATTRIBUTES = 8
# A facet helps if many products have it, and if several share each of its values.
MINIMUM_SHARE = 0.2
MINIMUM_USES = 2
COLUMN_FACETS = ("category", "brand")
# A feed's own attribute of that name cannot be asked for: the name means what photos show.
_COLOURS_OF_FEED = attribute_name(SEEN_COLOUR)

# How sure a prediction is narrows by "at least", which no list of values offers.
_PREDICTED, _CONFIDENCE = attribute_name(predicted_name("")), "_confidence"

_VALUES = sql.SQL("""
    SELECT value #>> '{{}}', count(*), min(p.id)
    FROM products p CROSS JOIN LATERAL jsonb_array_elements(p.facts -> %(key)s) AS value
    WHERE p.collection_id = %(collection)s AND {condition} AND jsonb_typeof(value) = 'string'
    GROUP BY value ORDER BY count(*) DESC, value LIMIT {limit}
""")
_STOCK = sql.SQL("""
    SELECT count(*) FILTER (WHERE p.stock > 0), count(*) FILTER (WHERE p.stock <= 0)
    FROM products p WHERE p.collection_id = %(collection)s AND {condition}
""")
_PRICE_EDGES = sql.SQL("""
    SELECT percentile_disc(%(shares)s::float8[]) WITHIN GROUP (ORDER BY p.price)
    FROM products p WHERE p.collection_id = %(collection)s AND {condition}
""")
_PRICES = sql.SQL("""
    SELECT width_bucket(p.price, %(edges)s::numeric[]), count(*)
    FROM products p
    WHERE p.collection_id = %(collection)s AND {condition} AND p.price IS NOT NULL
    GROUP BY 1 ORDER BY 1
""")
_BY_ROW = sql.SQL("SELECT p.id, {} FROM products p WHERE p.id = ANY (%s)").format(PRODUCT_COLUMNS)
_NAMES = sql.SQL("""
    WITH sample AS MATERIALIZED (
        SELECT p.id, p.facts FROM products p
        WHERE p.collection_id = %(collection)s ORDER BY p.id LIMIT {limit})
    SELECT key, count(DISTINCT s.id)::float / (SELECT count(*) FROM sample),
           count(DISTINCT value), count(*), min(s.id)
    FROM sample s CROSS JOIN LATERAL jsonb_each(s.facts) AS fact (key, texts)
    CROSS JOIN LATERAL jsonb_array_elements(texts) AS value
    WHERE (key LIKE ':%%' OR key IN ('category', 'brand')) AND jsonb_typeof(value) = 'string'
    GROUP BY key ORDER BY 2 DESC, 3, key
""")
_PRICED = """
    SELECT count(DISTINCT price) > 1, count(stock) > 0 FROM (
        SELECT price, stock FROM products WHERE collection_id = %s ORDER BY id LIMIT %s) AS sample
"""

Spellings = Callable[[Product], Iterable[str]]


def narrowings(connection: Connection, collection: ActiveCollection) -> tuple[str, ...]:
    """Names of the facets worth showing: columns, colours of photos, what many products have."""
    statement = _NAMES.format(limit=sql.Literal(SAMPLED_PRODUCTS))
    columns, attributes = [], []
    for key, share, values, uses, row_id in connection.execute(
        statement, {"collection": collection.id}
    ):
        if key in COLUMN_FACETS and values > 1:
            columns.append(key)
        elif key == _COLOURS_OF_FEED or (key.startswith(_PREDICTED) and key.endswith(_CONFIDENCE)):
            continue
        elif share >= MINIMUM_SHARE and 2 <= values <= min(MAX_VALUES, uses / MINIMUM_USES):
            attributes.append((key, row_id))
    del attributes[MAX_ATTRIBUTES:]
    examples = _products(connection, [row_id for _, row_id in attributes])
    sample = [collection.id, SAMPLED_PRODUCTS]
    [(priced, stocked)] = connection.execute(_PRICED, sample)
    [(coloured,)] = connection.execute(SEVERAL_COLOURS, sample)
    return (
        *sorted(columns, reverse=True),
        *(["price"] if priced else []),
        *(["in_stock"] if stocked else []),
        *([SEEN_COLOUR] if coloured else []),
        *(_name_spelling(examples[row_id], key) for key, row_id in attributes),
    )


def facet_counts(
    connection: Connection,
    collection: ActiveCollection,
    names: Sequence[str],
    where: Filter | None,
    asked: AskedWords | None,
) -> dict[str, Mapping[str, int]]:
    """For each name the counts of its values; see the port."""
    counts: dict[str, Mapping[str, int]] = {}
    for name in names:
        passing = Where.of(without_name(where, name), asked)
        counted = _Asked(
            connection,
            passing.condition or sql.SQL("TRUE"),
            {**passing.values, "collection": collection.id},
        )
        counts[name] = counted.counts(name)
    return counts


@dataclass(frozen=True, slots=True)
class _Asked:
    """The products whose values are counted."""

    connection: Connection
    condition: sql.Composable
    parameters: Mapping[str, object]

    def counts(self, name: str) -> Mapping[str, int]:
        match name:
            case "price":
                return self._prices()
            case "in_stock":
                return self._stock()
            case "category":
                return self._values("category", MAX_CATEGORY_RUNS, _category_spellings)
            case "seen_colour":
                return dict(self._rows(COLOUR_COUNTS.format(condition=self.condition)))
            case "brand":
                return self._values("brand", MAX_VALUES, lambda product: [product.brand or ""])
            case _:
                folded = fold(name)
                return self._values(
                    attribute_name(folded), MAX_VALUES, lambda p: _attribute_values(p, folded)
                )

    def _values(self, key: str, limit: int, spellings: Spellings) -> Mapping[str, int]:
        rows = self._rows(
            _VALUES.format(condition=self.condition, limit=sql.Literal(limit)), key=key
        )
        examples = _products(self.connection, [row_id for _, _, row_id in rows])
        counts = {}
        for folded, count, row_id in rows:
            spelled = [text for text in spellings(examples[row_id]) if fold(text) == folded]
            if spelled:
                counts[spelled[0]] = count
        return counts

    def _stock(self) -> Mapping[str, int]:
        [(there, gone)] = self._rows(_STOCK.format(condition=self.condition))
        return {name: count for name, count in (("true", there), ("false", gone)) if count}

    def _prices(self) -> Mapping[str, int]:
        """Buckets between round numbers, each with about as many products as the others."""
        shares = [part / PRICE_BUCKETS for part in range(1, PRICE_BUCKETS)]
        [(found,)] = self._rows(_PRICE_EDGES.format(condition=self.condition), shares=shares)
        edges = sorted({nice_number(edge) for edge in found or ()} - {Decimal(0)})
        if not edges:
            return {}
        rows = self._rows(_PRICES.format(condition=self.condition), edges=edges)
        bounds = [None, *edges, None]
        return {bucket_name(*bounds[bucket : bucket + 2]): count for bucket, count in rows}

    def _rows(self, statement: sql.Composed, **more: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement, {**self.parameters, **more}).fetchall()


def _products(connection: Connection, row_ids: Iterable[int]) -> dict[int, Product]:
    rows = connection.execute(_BY_ROW, [sorted(set(row_ids))])
    return {row_id: ProductRow(*values).product() for row_id, *values in rows}


def _category_spellings(product: Product) -> Iterable[str]:
    for path in product.categories:
        for depth in range(1, len(path) + 1):
            yield "/".join(path[:depth])


def _attribute_values(product: Product, folded_name: str) -> Iterable[str]:
    for attributes in (product.attributes, *(variant.options for variant in product.variants)):
        for name, values in attributes.items():
            if fold(name) == folded_name:
                yield from values


def _name_spelling(product: Product, key: str) -> str:
    """The attribute's name as the product has it, for the name it has in the facts."""
    for attributes in (product.attributes, *(variant.options for variant in product.variants)):
        for name in attributes:
            if attribute_name(fold(name)) == key:
                return name
    return key.removeprefix(":")
