"""How a search finds its candidates: by the vector indexes, or by comparing with every photo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from psycopg import sql

from goodsight.core.asked_words import AskedWords
from goodsight.core.errors import SpaceMismatch
from goodsight.core.filters import Filter
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Metric
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.filters import condition_of
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vector_sets import IndexKind
from goodsight.stores.postgres.words_sql import FindsWords

__all__ = [
    "BINARY_WIDENING",
    "Near",
    "Route",
    "StaleCollection",
    "Where",
    "choose_route",
    "how_near",
]

# How many photos and means the indexes are asked for. Where products with many photos crowd
# the nearest, more photos are, so that others come into view.
NEAR_PER_PRODUCT = 3
MINIMUM_NEAR = 30
CROWDED_PHOTOS = 8
MAX_PHOTO_WIDENING = 5
# The order by KL divergence is another one than the indexes'.
KL_WIDENING = 4
# Signs alone order roughly; docs/decisions/0035 has the curve.
BINARY_WIDENING = 10
# A filter that leaves so few photos is searched quicker by comparing with them all.
FEW_PHOTOS = 4000

_PROBE = sql.SQL("""
    SELECT count(*) FROM (
        SELECT FROM products p WHERE p.collection_id = %(collection)s AND {} LIMIT {}) AS found
""")


_NO_RANK = sql.SQL("0")


class Route(Enum):
    """How candidates are found."""

    INDEX = "the vector indexes"
    COMPARE = "comparing with every photo"


class StaleCollection(SpaceMismatch):
    """The collection is not what it was when it was looked up; look again."""

    def __init__(self) -> None:
        super().__init__("the collection's space is switched again and again: ask later")


class Near(NamedTuple):
    """How many photos, and how many products' means, to take of what the indexes bring.

    They are asked for `widening` times as many.
    """

    photos: int
    means: int
    widening: int = 1


@dataclass(frozen=True, slots=True)
class Where:
    """A query's filter and words in SQL; `condition` is None where there are none.

    `rank` says how well the words fit, 0 without words.
    """

    condition: sql.Composable | None
    values: Mapping[str, object]
    rank: sql.Composable

    @classmethod
    def of(cls, tree: Filter | None, words: AskedWords | None) -> Where:
        """Translate a filter and words, both of which a product must pass."""
        if tree is None and words is None:
            return cls(None, {}, _NO_RANK)
        condition = condition_of(tree)
        if words is None:
            return cls(condition.text, condition.values, _NO_RANK)
        finds = FindsWords.of(words)
        text = sql.SQL("({} AND {})").format(condition.text, finds.condition)
        return cls(text, {**condition.values, **finds.values}, finds.rank)


def choose_route(
    connection: Connection, collection: ActiveCollection, query: VectorQuery, where: Where
) -> Route:
    """The quicker way that keeps its promise of recall."""
    if query.exact or not collection.is_indexed:
        return Route.COMPARE
    if where.condition is None:
        return Route.INDEX
    few_products = math.ceil(FEW_PHOTOS / collection.photos_per_product)
    probe = _PROBE.format(where.condition, sql.Literal(few_products))
    [(count,)] = connection.execute(probe, {**where.values, "collection": collection.id})
    return Route.INDEX if count >= few_products else Route.COMPARE


def how_near(
    collection: ActiveCollection, query: VectorQuery, binary_widening: int = BINARY_WIDENING
) -> Near:
    """How many candidates to ask the indexes for; those of signs for more."""
    near = max(MINIMUM_NEAR, NEAR_PER_PRODUCT * query.limit, query.limit + query.besides)
    if query.metric is Metric.KL:
        near *= KL_WIDENING
    widening = min(max(collection.crowding / CROWDED_PHOTOS, 1), MAX_PHOTO_WIDENING)
    wider = binary_widening if collection.vectors.kind is IndexKind.BINARY else 1
    return Near(photos=round(near * widening), means=near, widening=wider)
