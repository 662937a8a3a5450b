"""Words that were asked for, read against a collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from goodsight.core.asked_words import AskedWords, Wanted
from goodsight.core.reading_words import ENOUGH_PRODUCTS, read_words
from goodsight.core.spelling import Vocabulary
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.vocabulary import KeptVocabulary
from goodsight.stores.postgres.words_sql import FindsWords, wanted_text

__all__ = ["read_asked"]

_HAS_ALL = sql.SQL("""
    SELECT FROM products p WHERE p.collection_id = %(collection)s AND {condition} LIMIT 1
""")
_COUNTS = sql.SQL("""
    SELECT CASE WHEN numnode(asked) > 0 THEN
        (SELECT count(*) FROM (SELECT FROM products p
         WHERE p.collection_id = %(collection)s AND p.words @@ asked LIMIT {limit}) AS found) END
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS word (text, position)
    CROSS JOIN LATERAL to_tsquery('english', word.text) AS asked
    ORDER BY position
""")


def read_asked(
    database: Database, connection: Connection, collection: ActiveCollection, words: str
) -> AskedWords:
    """The words, read against the collection as it is; the same for a page and its counts."""
    kept = database.remembered((collection.id, "vocabulary"), KeptVocabulary)
    return database.remembered(
        (collection.id, collection.index_version, "words", words),
        lambda: read_words(words, _ProductCounter(connection, collection, kept)),
    )


@dataclass(frozen=True, slots=True)
class _ProductCounter:
    """Counts the products of a collection that have words; see the port `WordCounter`."""

    connection: Connection
    collection: ActiveCollection
    kept: KeptVocabulary

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

    def vocabulary(self) -> Vocabulary:
        """The collection's words."""
        return self.kept.read(self.connection, self.collection)
