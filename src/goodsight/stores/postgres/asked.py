"""Words that were asked for, read against a collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from psycopg import sql

from goodsight.core.asked_words import AskedWords, Wanted
from goodsight.core.ports import TextEncoder
from goodsight.core.reading_words import ENOUGH_PRODUCTS, read_words
from goodsight.core.spelling import KnownWords
from goodsight.core.store_ports import Found
from goodsight.stores.postgres.bridges import bridge_of
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.known_words import known_words_of
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text_vectors import nearest_by_looks, nearest_texts
from goodsight.stores.postgres.words_sql import FindsWords, wanted_text

__all__ = ["WordReader", "as_read"]

_HAS_ALL = sql.SQL("""
    SELECT FROM products p WHERE p.collection_id = %(collection)s AND {condition} LIMIT 1
""")
# Products near in meaning that count beside those that have words.
MAX_NEAR = 50
_HAS_VECTORS = "SELECT FROM text_vectors WHERE collection_id = %s LIMIT 1"
_COUNTS = sql.SQL("""
    SELECT CASE WHEN numnode(asked) > 0 THEN
        (SELECT count(*) FROM (SELECT FROM products p
         WHERE p.collection_id = %(collection)s AND p.words @@ asked LIMIT {limit}) AS found) END
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS word (text, position)
    CROSS JOIN LATERAL to_tsquery('english', word.text) AS asked
    ORDER BY position
""")


class WordReader:
    """Reads words against a collection as it is: the same for a page and its counts."""

    def __init__(
        self, database: Database, text_encoder: Callable[[], TextEncoder | None] = lambda: None
    ) -> None:
        self._database = database
        self._text_encoder = text_encoder

    def read(
        self, connection: Connection, collection: ActiveCollection, words: str | None
    ) -> AskedWords | None:
        """What a product needs for the words. Raises ModelError."""
        if words is None:
            return None
        counter = _ProductCounter(self._database, connection, collection, self._text_encoder)
        return self._database.remembered(
            (collection.id, collection.index_version, "words", words),
            lambda: read_words(words, counter),
        )


def as_read(found: Found, asked: AskedWords | None) -> Found:
    """What was found, with how the words were read for it."""
    if asked is None:
        return found
    return replace(found, read_as=asked.read_as, some_words=bool(asked.enough or asked.near))


@dataclass(frozen=True, slots=True)
class _ProductCounter:
    """Counts the products of a collection that have words; see the port `WordCounter`."""

    database: Database
    connection: Connection
    collection: ActiveCollection
    text_encoder: Callable[[], TextEncoder | None]

    def has_all(self, asked: AskedWords) -> bool:
        """Whether any product has all that is asked."""
        finds = FindsWords.of(asked)
        statement = _HAS_ALL.format(condition=finds.condition)
        parameters = {**finds.values, "collection": self.collection.id}
        return self.connection.execute(statement, parameters).fetchone() is not None

    def counts(self, wanted: Sequence[Wanted]) -> Sequence[int | None]:
        """For each thing the number of products that have it, up to one more than are weighed."""
        statement = _COUNTS.format(limit=sql.Literal(ENOUGH_PRODUCTS + 1))
        words = [wanted_text(thing) for thing in wanted]
        parameters = {"collection": self.collection.id, "words": words}
        return [count for (count,) in self.connection.execute(statement, parameters)]

    def near(self, text: str) -> Sequence[tuple[int, float]]:
        """Products nearest in meaning; see the port."""
        encoder = self._encoder()
        if encoder is None:
            return ()
        asked = encoder.encode_question(text)
        return nearest_texts(self.connection, self.collection, encoder.space, asked, MAX_NEAR)

    def near_by_looks(self, text: str) -> Sequence[tuple[int, float]]:
        """Products nearest in meaning and looks; see the port."""
        encoder = self._encoder()
        if encoder is None:
            return ()
        bridge = bridge_of(self.database, self.connection, self.collection, encoder.space)
        if bridge is None or bridge.photo_space != self.collection.space:
            return ()
        asked = encoder.encode_question(text)
        return nearest_by_looks(self.connection, self.collection, bridge, asked, MAX_NEAR)

    def _encoder(self) -> TextEncoder | None:
        """None where the collection's texts have no vectors, or nothing here encodes them."""
        if self.connection.execute(_HAS_VECTORS, [self.collection.id]).fetchone() is None:
            return None
        return self.text_encoder()

    def known_words(self) -> KnownWords:
        """The collection's words."""
        return known_words_of(self.database, self.connection, self.collection)
