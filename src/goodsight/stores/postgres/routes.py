"""How a search finds its candidates: by the vector indexes, or by comparing with every photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from psycopg import sql

from goodsight.core.ports import VectorQuery
from goodsight.core.types import Metric
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.filters import condition_of
from goodsight.stores.postgres.sessions import Connection

__all__ = ["Route", "StaleCollection", "Where", "choose_route", "near_for"]

# Photos and means the indexes are asked for, for each product wanted, and at least. Wider for
# KL divergence, whose order is another one than theirs.
NEAR_PER_PRODUCT = 4
MINIMUM_NEAR = 40
KL_WIDENING = 4
# A filter that leaves so few photos is searched quicker by comparing with them all.
FEW_PHOTOS = 4000

_PROBE = sql.SQL("""
    SELECT count(*) FROM (
        SELECT FROM products p JOIN photos f ON f.product_id = p.id
        WHERE p.collection_id = %(collection)s AND {} LIMIT %(few)s) AS found
""")


class Route(Enum):
    """How candidates are found."""

    INDEX = "the vector indexes"
    COMPARE = "comparing with every photo"


class StaleCollection(Exception):
    """The collection is not what it was when it was looked up; look again."""


@dataclass(frozen=True, slots=True)
class Where:
    """A query's filter in SQL; `condition` is None where there is none."""

    condition: sql.Composable | None
    values: Mapping[str, object]

    @classmethod
    def of(cls, query: VectorQuery) -> Where:
        """Translate the query's filter."""
        if query.where is None:
            return cls(None, {})
        condition = condition_of(query.where)
        return cls(condition.text, condition.values)


def choose_route(
    connection: Connection, collection: ActiveCollection, query: VectorQuery, where: Where
) -> Route:
    """The quicker way that keeps its promise of recall."""
    if query.exact or not collection.is_indexed:
        return Route.COMPARE
    if where.condition is None:
        return Route.INDEX
    parameters = {**where.values, "collection": collection.id, "few": FEW_PHOTOS}
    [(count,)] = connection.execute(_PROBE.format(where.condition), parameters)
    return Route.INDEX if count >= FEW_PHOTOS else Route.COMPARE


def near_for(query: VectorQuery) -> int:
    """How many photos, and as many means, to ask the indexes for."""
    near = max(MINIMUM_NEAR, NEAR_PER_PRODUCT * query.limit)
    return near * KL_WIDENING if query.metric is Metric.KL else near
