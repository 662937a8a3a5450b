"""A collection's own words, read once and kept while they are good enough."""

from __future__ import annotations

import threading
import time

from goodsight.core.spelling import Vocabulary
from goodsight.stores.postgres.collection_rows import ActiveCollection
from goodsight.stores.postgres.sessions import Connection

__all__ = ["KeptVocabulary"]

# Reading takes at most one part in so many of the time: a shop that edits a price every second
# does not have all its words read every second. Meanwhile a word that came since is not known
# as a remedy for a misspelt one; asked for, it is found all the same.
PATIENCE = 50

_WORDS = """
    SELECT word, count(*) FROM products p CROSS JOIN unnest(p.spellings) AS word
    WHERE p.collection_id = %s GROUP BY word
"""


class KeptVocabulary:
    """One collection's vocabulary, as of some index version. Safe to use from several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._vocabulary = Vocabulary({})
        self._version = -1
        self._good_until = 0.0

    def read(self, connection: Connection, collection: ActiveCollection) -> Vocabulary:
        """The collection's words."""
        with self._mutex:
            now = time.monotonic()
            if self._version != collection.index_version and now >= self._good_until:
                rows = connection.execute(_WORDS, [collection.id])
                self._vocabulary = Vocabulary(dict(rows.fetchall()))
                self._version = collection.index_version
                ended = time.monotonic()
                self._good_until = ended + PATIENCE * (ended - now)
            return self._vocabulary
