"""Index runs of a collection whose encoder another process may replace at any time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from goodsight.core.embedding_photos import PhotoEmbedder
from goodsight.core.errors import SpaceMismatch
from goodsight.core.indexing import IndexOptions, index
from goodsight.core.ports import Catalog, ImageEncoder, PhotoLoader, Progress
from goodsight.core.reports import IndexReport
from goodsight.core.store_ports import IndexRun
from goodsight.core.types import ModelCard
from goodsight.wiring import Wiring

__all__ = ["EncoderNow", "OpenRun", "begin_run"]

# So often the encoder may be replaced while a run begins.
MAX_CHANGES = 3
# The encoder that a collection has now, and its profile.
EncoderNow = Callable[[], tuple[ImageEncoder, str]]


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run, what photos are seen with, and what with once the encoder was replaced."""

    run: IndexRun
    embedder: PhotoEmbedder
    reopened: Callable[[], PhotoEmbedder]

    def index(
        self,
        catalog: Catalog,
        *,
        options: IndexOptions,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> IndexReport:
        """Bring the collection up to date with the catalogue; see `core.indexing.index`."""
        return index(
            catalog,
            self.embedder,
            self.run,
            reopened=self.reopened,
            options=options,
            progress=progress,
            should_stop=should_stop,
        )


def begin_run(
    wiring: Wiring,
    collection: str,
    source: str,
    *,
    first: EncoderNow,
    again: EncoderNow,
    loader: Callable[[ModelCard], PhotoLoader],
) -> OpenRun:
    """Begin to index `source`, as a run of the encoder that the collection has.

    `first` chooses the encoder, `again` tells which one took its place. Raises what they raise,
    SpaceMismatch, StoreError.
    """

    def seen_with(now: EncoderNow) -> tuple[PhotoEmbedder, str]:
        encoder, profile = now()
        return PhotoEmbedder(loader(encoder.card), encoder, wiring.describer(profile)), profile

    def begun(embedder: PhotoEmbedder, profile: str) -> OpenRun:
        card = embedder.encoder.card
        run = wiring.store().begin_run(collection, profile=profile, card=card, source=source)
        return OpenRun(run, embedder, lambda: seen_with(again)[0])

    seen = seen_with(first)
    for _ in range(MAX_CHANGES):
        with suppress(SpaceMismatch):
            return begun(*seen)
        seen = seen_with(again)
    return begun(*seen)
