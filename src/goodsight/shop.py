"""The façade behind `goodsight.open()`: index, search and evaluate a shop's catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

from goodsight.archiving import Archiver
from goodsight.asking import SearchTerm, choice, overrides_of, term_of
from goodsight.collection_runs import begin_run
from goodsight.config import Settings, load_settings
from goodsight.core.access import AuditLog, KeyStore
from goodsight.core.answering import Watch
from goodsight.core.browsing import browse
from goodsight.core.choices import Look
from goodsight.core.errors import UsageError
from goodsight.core.explaining import Explanation
from goodsight.core.judgements import Level
from goodsight.core.measures import Evaluation
from goodsight.core.ports import ImageEncoder, Progress, TextEncoder
from goodsight.core.query_vectors import is_visual
from goodsight.core.reports import Check, IndexReport
from goodsight.core.searching import search as search_store
from goodsight.core.types import Metric, Product, Query, Results
from goodsight.diagnosis import diagnose
from goodsight.editing import Editor
from goodsight.explanation import Explainer, shown_results
from goodsight.feed_wiring import FeedOptions
from goodsight.judging import Judge
from goodsight.labelling import Labeller
from goodsight.meaning import learn_meanings
from goodsight.mending import mend
from goodsight.rendering import ShownResults
from goodsight.understanding import answered
from goodsight.wiring import Wiring

if TYPE_CHECKING:
    from goodsight.stores.postgres.reading import PostgresProducts

__all__ = ["FeedOptions", "Shop", "ShownResults", "open"]


def open(
    location: str | Path | None = None,
    *,
    collection: str | None = None,
    settings: Settings | None = None,
) -> Shop:
    """Open a shop's catalogue.

    `location` is the folder where Goodsight keeps everything, or a postgresql:// URL of a
    database server; by default what the settings say. Nothing is started before it is
    needed. Raises UsageError for settings that cannot be read.
    """
    return Shop(Wiring(settings or load_settings(overrides_of(location))), collection)


class Shop(Archiver):
    """One collection of a shop's database; a context manager that closes what it opened."""

    def index(
        self,
        source: str | Path,
        *,
        profile: str | None = None,
        model: str | None = None,
        keep_missing: bool = False,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        learning: Callable[[], None] = lambda: None,
        **feed: Unpack[FeedOptions],
    ) -> IndexReport:
        """Bring the collection up to date with a feed file or a folder of photos.

        `feed` says what the feed does not (see `FeedOptions`). Creates the collection in
        `profile` ("fast" unless said otherwise) or with the named `model`. `learning` is told
        when the photos are in and the collection begins to learn from them.

        Raises CatalogError, UsageError where the collection has another profile or
        model, StoreError, ModelError. An interrupted run is resumed by running it again.
        """
        catalog = self._wiring.catalog(str(source), **feed)
        begun = begin_run(
            self._wiring,
            self.collection,
            catalog.source,
            first=lambda: self.encoder_for_indexing(profile, model),
            again=self.encoder_in_use,
            loader=self._wiring.catalogue_photos,
        )
        report = begun.index(
            catalog,
            options=self._wiring.index_options(remove_missing=not keep_missing),
            progress=progress,
            should_stop=should_stop,
        )
        if not report.interrupted:
            learn_meanings(self._wiring, self.collection, should_stop=should_stop)
            self.learner().learn_if_due(begins=learning, should_stop=should_stop)
        return replace(report, space=self.info().space)

    def labeller(self) -> Labeller:
        """For predicting categories and attributes that the feed left out."""
        return Labeller(self._wiring, self)

    def count_photos(self, source: str | Path, **feed: Unpack[FeedOptions]) -> int:
        """How many photos a feed or folder lists, read through for it. Raises CatalogError.

        Of a feed by URL what was last fetched is read.
        """
        items = self._wiring.catalog_at_hand(str(source), **feed).read()
        return sum(len(item.photos) for item in items if isinstance(item, Product))

    def source_state(self, source: str | Path, **feed: Unpack[FeedOptions]) -> str:
        """A text that differs once the source has changed; a URL is asked. Raises CatalogError."""
        return self._wiring.state_of(str(source), **feed)

    def search(
        self,
        *terms: SearchTerm,
        where: str | None = None,
        limit: int = 10,
        metric: Metric | str = Metric.COSINE,
        exact: bool = False,
        min_confidence: float | None = None,
        look: Look | str = Look.STYLE,
        colours: Sequence[str] = (),
        understand: bool = False,
    ) -> ShownResults:
        """Find the products that look most like the photos given, and have the words.

        A term is a photo (a path, a URL, or a decoded `Photo`) or, if it is no existing file,
        a text; `goodsight.term` makes one with a weight or a box, or names a product. `look`
        compares style, colour, both or pattern; `colours`, names or #rrggbb, stand for the
        photos' own. Below `min_confidence` the verdict is "no match". With `understand` the
        texts are read as a request, see `understand()`. Raises PhotoError, FilterError,
        UsageError, CollectionNotFound, StoreError.
        """
        started = time.perf_counter()
        parts = tuple(term_of(term, self._wiring, self) for term in terms)
        query = Query(
            terms=parts,
            where=where,
            limit=limit,
            metric=choice(Metric, metric),
            exact=exact,
            min_confidence=(
                self._wiring.settings.min_confidence if min_confidence is None else min_confidence
            ),
            look=choice(Look, look),
            colours=tuple(colours),
            understand=understand,
        )
        if not any(part.text is None or part.text.strip() for part in parts):
            raise UsageError("an empty query: give a photo or a text")
        return self.find(query, decode_ms=(time.perf_counter() - started) * 1000)

    def find(
        self,
        query: Query,
        *,
        decode_ms: float = 0.0,
        watch: Watch = lambda _: nullcontext(),
    ) -> ShownResults:
        """Answer a query whose photos are decoded; without a term it looks through everything.

        `watch` is entered for each stage. Raises what `search` raises.
        """
        store = self.stored()
        query, understood = self.understood_query(self._wiring.mended(query))

        def answer(query: Query) -> Results:
            if self.compares_looks(query):
                return self._search(query, store, decode_ms, watch)
            return browse(query, store, matcher=store, watch=watch)

        query, found = answered(query, understood, answer)
        return shown_results(found, query, store.thumbnails, self.explainer())

    def _search(
        self, query: Query, store: PostgresProducts, decode_ms: float, watch: Watch
    ) -> Results:
        def ask(encoder: ImageEncoder) -> Results:
            if not is_visual(query) and not isinstance(encoder, TextEncoder):
                # The model that saw texts was replaced just now.
                return browse(query, store, matcher=store, watch=watch)
            return search_store(
                query,
                encoder,
                store,
                photos=lambda: self.photo_sample(encoder.card),
                matcher=store,
                browser=store,
                calibrations=lambda version: store.calibrations(version, encoder.card.space),
                rerankers=self._wiring.rerankers(store),
                decode_ms=decode_ms,
                watch=watch,
            )

        return self.in_its_space(ask)

    def explain(
        self,
        *terms: SearchTerm,
        product_id: str,
        where: str | None = None,
        metric: Metric | str = Metric.COSINE,
        look: Look | str = Look.STYLE,
        colours: Sequence[str] = (),
    ) -> Explanation:
        """Why a search for the terms finds this product; see `Explanation`.

        Raises UsageError where it does not find it, and what `search` raises.
        """
        parts = tuple(term_of(term, self._wiring, self) for term in terms)
        chosen, seen = choice(Metric, metric), choice(Look, look)
        query = Query(parts, where, metric=chosen, look=seen, colours=tuple(colours))
        return self.explainer().explain(query, product_id)

    def explainer(self) -> Explainer:
        """For explaining hits of queries whose photos are decoded."""
        return Explainer(self._wiring, self, self.find)

    def evaluate(
        self,
        queries: str | Path,
        *,
        level: Level | str = Level.PRODUCT,
        where: str | None = None,
        metric: Metric | str = Metric.COSINE,
        exact: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Evaluation:
        """Judge the collection with labelled queries: a CSV of product_id, image, text.

        Raises CatalogError where the CSV cannot be read, CollectionNotFound, StoreError.
        """
        return self.judge().labelled(
            Path(queries),
            level=choice(Level, level),
            where=where,
            metric=choice(Metric, metric),
            exact=exact,
            progress=progress,
        )

    def judge(self) -> Judge:
        """For judging the collection in every way: labelled queries, and none at all."""
        return Judge(self._wiring, self, self.find)

    def delete(self) -> None:
        """Delete the collection with all its products, photos and vectors."""
        self._wiring.store().delete(self.collection)

    def editor(self) -> Editor:
        """For putting and removing products one by one."""
        return Editor(self._wiring, self.collection, self.encoder_in_use)

    def create(self, profile: str | None = None) -> None:
        """Make the collection, empty, where it does not exist. Raises UsageError."""
        chosen = self.encoder_for_indexing(profile, None)
        Editor(self._wiring, self.collection, lambda: chosen).put([])

    def doctor(self, *, fix: bool = False) -> tuple[Check, ...]:
        """Check the installation and the store; never raises for what it can report.

        With `fix` what can be mended safely is mended first, and told.
        """
        mended = tuple(mend(self._wiring)) if fix else ()
        return (*mended, *diagnose(self._wiring))

    def keys(self) -> KeyStore:
        """The keys of the HTTP service to this database."""
        return self._wiring.store().keys

    def audit(self) -> AuditLog:
        """The record of administrative acts on this database."""
        return self._wiring.store().audit

    def close(self) -> None:
        """Give back connections; an embedded server stops with its last user."""
        self._opened = None
        self._wiring.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
