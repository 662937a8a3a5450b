"""Predicted values, kept among a product's attributes and facts.

The product's value hash stays that of what its feed said: the next index run finds it
unchanged and leaves the predictions there, and a feed that says something new writes the
product anew, without them. Its words stay too: a guess can be filtered by, not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from psycopg import sql
from psycopg.types.json import Json

from goodsight.core.filters import fold
from goodsight.core.labelling import Prediction, confidence_name, predicted_name
from goodsight.core.types import Product
from goodsight.stores.postgres.collection_rows import find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.facts import facts_document
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import digest, storable

__all__ = ["PostgresPredictions"]

_READ = sql.SQL("""
    SELECT p.id, {columns} FROM products p
    WHERE p.collection_id = %s AND p.key_digest = ANY (%s) ORDER BY p.id FOR UPDATE OF p
""").format(columns=PRODUCT_COLUMNS)
_WRITE = "UPDATE products SET attributes = %s, facts = %s::jsonb WHERE id = %s"
_NEW_VERSION = "UPDATE collections SET index_version = index_version + 1 WHERE id = %s"


class PostgresPredictions:
    """One collection's predictions; see the port `PredictionKeeper`."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def keep(self, attribute: str, predictions: Sequence[Prediction]) -> None:
        """Put predictions, all or none; see the port. Raises CollectionNotFound."""
        wanted = {digest(prediction.product_id): prediction for prediction in predictions}
        with translated(f"labelling '{self._name}'"), self._session() as connection:
            collection = find_collection(connection, self._name).id
            with connection.transaction():
                rows = connection.execute(_READ, [collection, list(wanted)]).fetchall()
                changed = []
                for row_id, *values in rows:
                    before = ProductRow(*values).product()
                    after = _labelled(before, attribute, wanted[digest(before.id)])
                    if after.attributes != before.attributes:
                        attributes = {name: list(texts) for name, texts in after.attributes.items()}
                        changed.append((Json(attributes), facts_document(after), row_id))
                connection.cursor().executemany(_WRITE, changed)

    def finish(self) -> None:
        """Let searches notice what was kept."""
        with translated(f"labelling '{self._name}'"), self._session() as connection:
            connection.execute(_NEW_VERSION, [find_collection(connection, self._name).id])

    def _session(self) -> Connection:
        return self._database.connect()


def _labelled(product: Product, attribute: str, prediction: Prediction) -> Product:
    names = predicted_name(attribute), confidence_name(attribute)
    ours = {fold(name) for name in names}
    attributes = {
        name: values for name, values in product.attributes.items() if fold(name) not in ours
    }
    if prediction.value is not None:
        confidence = f"{prediction.confidence:.2f}"
        attributes |= zip(
            map(storable, names), ((storable(prediction.value),), (confidence,)), strict=True
        )
    return replace(product, attributes=attributes)
