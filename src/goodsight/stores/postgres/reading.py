"""One collection, read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from psycopg import sql
from psycopg.errors import UndefinedTable

from goodsight.core.calibrating import Calibration
from goodsight.core.errors import SpaceMismatch
from goodsight.core.filters import Filter
from goodsight.core.looks import SeenPhoto
from goodsight.core.reports import CollectionInfo, ModelInUse
from goodsight.core.spoken_phrases import SpokenPhrases
from goodsight.core.store_ports import (
    BrowseQuery,
    Facets,
    Found,
    ProductVectors,
    SampledPhoto,
    VectorQuery,
)
from goodsight.core.suggesting import Suggestion, Suggestions
from goodsight.core.types import FloatArray, KeptPhoto, Metric, Product
from goodsight.core.vocabulary import Vocabulary
from goodsight.stores.postgres.asked import WordReader, as_read
from goodsight.stores.postgres.browsing import browse, photo, photos
from goodsight.stores.postgres.catalogue_words import vocabulary
from goodsight.stores.postgres.collection_info import described
from goodsight.stores.postgres.collection_rows import ActiveCollection, find_collection
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.divergence import search_by_divergence
from goodsight.stores.postgres.facet_counts import facet_counts, narrowings
from goodsight.stores.postgres.kept_vectors import vectors_after, vectors_of
from goodsight.stores.postgres.known_words import suggestions_of
from goodsight.stores.postgres.looks import looks_of, sees_patterns
from goodsight.stores.postgres.models_in_use import model_in_use, photo_side
from goodsight.stores.postgres.photo_samples import sampled_photos
from goodsight.stores.postgres.photo_writes import decode_features
from goodsight.stores.postgres.products import PRODUCT_COLUMNS, ProductRow
from goodsight.stores.postgres.routes import StaleCollection, Where
from goodsight.stores.postgres.search import search
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.spaces import calibrations
from goodsight.stores.postgres.spoken_phrases import spoken_phrases
from goodsight.stores.postgres.text import digest
from goodsight.stores.postgres.text_fits import fits_of

__all__ = ["PostgresProducts"]

Result = TypeVar("Result")
LOOKS = 5

_GET = sql.SQL("""
    SELECT p.key_digest, {} FROM products p
    WHERE p.collection_id = %s AND p.key_digest = ANY (%s)
""").format(PRODUCT_COLUMNS)
_THUMBNAILS = """
    SELECT content_hash, thumbnail FROM images
    WHERE collection_id = %s AND content_hash = ANY (%s)
"""
_FEATURES = """
    SELECT i.content_hash, f.bytes_each, f.numbers FROM images i
    JOIN features f ON f.image_id = i.id
    WHERE i.collection_id = %s AND f.vector_set_id = %s AND i.content_hash = ANY (%s)
"""


class PostgresProducts:
    """One collection of a database. Safe to use from several threads."""

    def __init__(self, database: Database, collection: ActiveCollection, words: WordReader) -> None:
        self._database = database
        self._words = words
        self._name = collection.name
        # As last seen, by whoever looked.
        self.profile = collection.profile
        self._known: ActiveCollection | None = collection

    def info(self) -> CollectionInfo:
        """How the collection stands. Raises CollectionNotFound."""
        return self._read("describing the collection", described)

    def in_use(self) -> ModelInUse:
        """What the collection is searched with now. Raises CollectionNotFound."""
        return self._read("looking up the model", lambda _, now: model_in_use(now))

    def photo_side(self) -> int:
        """Pixels that photos to search with must keep on their shorter side."""
        return self._database.read("looking up the models", lambda c: photo_side(c, self._name))

    def search(self, query: VectorQuery) -> Found:
        """The best products, best first; see the port."""

        def work(connection: Connection, collection: ActiveCollection) -> Found:
            collection.check_space(query.space)
            way = search_by_divergence if query.metric is Metric.KL else search
            asked = self._words.read(connection, collection, query.words)
            found = way(connection, collection, query, Where.of(query.where, asked))
            return self._notice(collection, as_read(found, asked))

        return self._read("searching", work, look_again=False)

    def get(self, product_ids: Sequence[str]) -> Sequence[Product]:
        """The products that exist among these ids, in the order asked."""
        keys = [digest(product_id) for product_id in product_ids]

        def work(connection: Connection, collection: ActiveCollection) -> list[Product]:
            rows = connection.execute(_GET, [collection.id, keys])
            found = {key: ProductRow(*row).product() for key, *row in rows}
            return [found[key] for key in keys if key in found]

        return self._read("looking up products", work)

    def vectors(self, product_id: str, space: str | None = None) -> FloatArray:
        """The product's photo vectors, float32 (n, d), rows of norm 1; see the port."""
        doing = "looking up a product's vectors"
        return self._read(doing, lambda c, now: vectors_of(c, now, product_id, space))

    def thumbnails(self, content_hashes: Sequence[str]) -> Mapping[str, bytes]:
        """Content hash -> WebP bytes, for those that exist."""

        def work(connection: Connection, collection: ActiveCollection) -> dict[str, bytes]:
            cursor = connection.cursor(binary=True)
            cursor.execute(_THUMBNAILS, [collection.id, list(content_hashes)])
            return {content_hash: bytes(thumbnail) for content_hash, thumbnail in cursor}

        return self._read("looking up thumbnails", work)

    def features(self, content_hashes: Sequence[str]) -> Mapping[str, FloatArray]:
        """Content hash -> the encoder's raw output, float32 (f,), for those that exist.

        What a projection is refitted on, without decoding a photo again.
        """

        def work(connection: Connection, collection: ActiveCollection) -> dict[str, FloatArray]:
            cursor = connection.cursor(binary=True)
            parameters = [collection.id, collection.feature_set, list(content_hashes)]
            rows = cursor.execute(_FEATURES, parameters)
            return {key: decode_features(bytes_each, data) for key, bytes_each, data in rows}

        return self._read("looking up features", work)

    def product_vectors(self, space: str | None = None) -> Iterator[ProductVectors]:
        """Every product that has a photo, with its vectors and features, a page at a time.

        Memory does not grow with the collection. Each page is read by itself, so that a long
        evaluation holds no transaction open; what changes meanwhile may be seen or not.
        Raises SpaceMismatch where the collection changes its model, or is not in `space`.
        """
        space, after = space or self.info().space, 0

        def page(
            connection: Connection, collection: ActiveCollection
        ) -> tuple[int | None, list[ProductVectors]]:
            collection.check_space(space)
            return vectors_after(connection, collection, after)

        while True:
            last, products = self._read("reading the vectors", page)
            yield from products
            if last is None:
                return
            after = last

    def sampled_photos(self, count: int) -> Sequence[SampledPhoto]:
        """At most `count` photos drawn evenly, the same ones for the same catalogue."""
        return self._read("drawing photos", lambda c, now: sampled_photos(c, now, count))

    def calibrations(self, index_version: int, space: str) -> Mapping[Metric, Calibration]:
        """What turns a space's scores into confidence, by metric, as of an index version."""
        return self._database.remembered(
            (self._name, index_version, space, "calibrations"),
            lambda: self._read("looking it up", lambda c, now: calibrations(c, now, space)),
        )

    def looks(self, product_ids: Sequence[str]) -> Mapping[str, Sequence[SeenPhoto]]:
        """What is seen in the products' photos; see the port `LooksReader`."""
        return self._read("looking at photos", lambda c, now: looks_of(c, now, product_ids))

    def browse(self, query: BrowseQuery) -> Found:
        """The products that pass, without a photo; see the port."""

        def work(connection: Connection, collection: ActiveCollection) -> Found:
            asked = self._words.read(connection, collection, query.words)
            found = browse(connection, collection, query, Where.of(query.where, asked))
            return as_read(found, asked)

        return self._read("looking through", work)

    def text_fits(
        self, text: str, product_ids: Sequence[str], *, in_meaning: bool
    ) -> Mapping[str, float]:
        """How far products have what a text says; see the port `TextMatcher`."""

        def work(connection: Connection, collection: ActiveCollection) -> dict[str, float]:
            asked = self._words.read(connection, collection, text)
            return fits_of(connection, collection, asked, product_ids, in_meaning=in_meaning)

        return self._read("reading words", work)

    def facets(self, names: Sequence[str], where: Filter | None, words: str | None) -> Facets:
        """For each name the counts of its values; see the port."""

        def count(connection: Connection, collection: ActiveCollection) -> Facets:
            asked = self._words.read(connection, collection, words)
            return facet_counts(connection, collection, names, where, asked)

        return self._remembered("counting", (tuple(names), where, words), count)

    def narrowings(self) -> Sequence[str]:
        """Names of the facets worth showing; see the port."""
        return self._remembered("looking for facets", "narrowings", narrowings)

    def sees_patterns(self) -> bool:
        """Whether patterns can be compared."""
        return self._remembered("looking for patterns", "patterns", sees_patterns)

    def spoken_phrases(self) -> SpokenPhrases:
        """What customers may say: the words of titles, categories, brands and values."""
        return self._remembered("reading the words", "spoken phrases", spoken_phrases)

    def vocabulary(self) -> Vocabulary:
        """What the products can be asked about; see the port `VocabularyReader`."""
        return self._remembered("reading the vocabulary", "vocabulary", vocabulary)

    def suggestions(self, typed: str, limit: int) -> Sequence[Suggestion]:
        """What somebody who types may want to ask, best first."""

        def work(connection: Connection, collection: ActiveCollection) -> Suggestions:
            return suggestions_of(self._database, connection, collection)

        return self._read("looking for suggestions", work).find(typed, limit)

    def photos(self, product_id: str) -> Sequence[KeptPhoto]:
        """The product's photos in the order of the feed."""
        return self._read("looking up photos", lambda c, now: photos(c, now, product_id))

    def photo(self, content_hash: str) -> KeptPhoto | None:
        """One photo of the collection, with one of its references."""
        return self._read("looking up a photo", lambda c, now: photo(c, now, content_hash))

    def _remembered(
        self,
        doing: str,
        question: Hashable,
        ask: Callable[[Connection, ActiveCollection], Result],
    ) -> Result:
        """The answer to a question about the collection, asked once until it changes."""

        def work(connection: Connection, collection: ActiveCollection) -> Result:
            return self._database.remembered(
                (collection.id, collection.index_version, question),
                lambda: ask(connection, collection),
            )

        return self._read(doing, work)

    def _read(
        self,
        doing: str,
        work: Callable[[Connection, ActiveCollection], Result],
        *,
        look_again: bool = True,
    ) -> Result:
        """Do work on the collection as it is now.

        `look_again` is False for work that finds out itself whether what was looked up
        before still holds: it raises StaleCollection, or misses a table.
        """

        def attempt(connection: Connection) -> Result:
            # Other threads forget and look up meanwhile: what one has read oneself counts.
            known = None if look_again else self._known
            if known is not None:
                with suppress(SpaceMismatch, UndefinedTable):
                    return work(connection, known)
            for _ in range(LOOKS):
                # Between the two statements the space may be switched.
                with suppress(StaleCollection, UndefinedTable):
                    return work(connection, self._found(connection))
            return work(connection, self._found(connection))

        return self._database.read(f"{doing} of '{self._name}'", attempt)

    def _found(self, connection: Connection) -> ActiveCollection:
        self._known = found = find_collection(connection, self._name)
        self.profile = found.profile
        return found

    def _notice(self, collection: ActiveCollection, found: Found) -> Found:
        """Look the collection up anew next time if it has changed: it may be indexed now."""
        if found.index_version != collection.index_version:
            self._known = None
        return found
