"""A collection's own words and suggestions, read once and kept while they are good enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from psycopg import sql

from goodsight.core.spelling import KnownWords
from goodsight.core.suggesting import Suggestion, SuggestionKind, Suggestions
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.sessions import Connection

__all__ = ["known_words_of", "suggestions_of"]

Reading = TypeVar("Reading")

# Reading takes at most one part in so many of the time: a shop that edits a price every second
# does not have all its words read every second. Meanwhile a word that came since is not known
# as a remedy for a misspelt one; asked for, it is found all the same.
PATIENCE = 50
# Titles that are suggested; of a larger catalogue those of the products that came first.
MAX_TITLES = 50_000
# A word that fewer products have is in one title, which is suggested itself.
LEAST_PRODUCTS = 2

_WORDS = """
    SELECT word, count(*) FROM products p CROSS JOIN unnest(p.spellings) AS word
    WHERE p.collection_id = %s GROUP BY word
"""
_OFFERED = sql.SQL("""
    SELECT 'category', level, count(DISTINCT p.id) FROM products p
    CROSS JOIN json_array_elements(p.categories) AS path
    CROSS JOIN json_array_elements_text(path) AS level
    WHERE p.collection_id = %(collection)s GROUP BY level
    UNION ALL
    SELECT 'brand', brand, count(*) FROM products
    WHERE collection_id = %(collection)s AND brand IS NOT NULL GROUP BY brand
    UNION ALL
    (SELECT 'product', title, count(*) FROM products
     WHERE collection_id = %(collection)s AND title <> ''
     GROUP BY title ORDER BY min(id) LIMIT {})
""").format(sql.Literal(MAX_TITLES))


class _Kept(Generic[Reading]):
    """What was read of one collection, as of some index version. For several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._value: Reading | None = None
        self._version = -1
        self._good_until = 0.0

    def value(self, version: int, read: Callable[[], Reading]) -> Reading:
        """What was read, read anew where the version is another and patience is at its end."""
        with self._mutex:
            began = time.monotonic()
            outdated = self._version != version and began >= self._good_until
            if self._value is None or outdated:
                self._value, self._version = read(), version
                ended = time.monotonic()
                self._good_until = ended + PATIENCE * (ended - began)
            return self._value


def known_words_of(
    database: Database, connection: Connection, collection: ActiveCollection
) -> KnownWords:
    """The collection's words."""

    def read() -> KnownWords:
        return KnownWords(dict(connection.execute(_WORDS, [collection.id]).fetchall()))

    kept: _Kept[KnownWords] = database.remembered((collection.id, "known_words"), _Kept)
    return kept.value(collection.index_version, read)


def suggestions_of(
    database: Database, connection: Connection, collection: ActiveCollection
) -> Suggestions:
    """The collection's categories, brands, titles and frequent words."""

    def read() -> Suggestions:
        known_words = known_words_of(database, connection, collection)
        rows = connection.execute(_OFFERED, {"collection": collection.id})
        offered = [Suggestion(text, SuggestionKind(kind), count) for kind, text, count in rows]
        words = [
            Suggestion(word, SuggestionKind.WORD, count)
            for word, count in known_words.counts.items()
            if count >= LEAST_PRODUCTS and len(word) > 1
        ]
        return Suggestions((*offered, *words), known_words)

    kept: _Kept[Suggestions] = database.remembered((collection.id, "suggestions"), _Kept)
    return kept.value(collection.index_version, read)
