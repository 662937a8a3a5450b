"""A collection's photos embedded by another encoder while the one in use goes on serving.

    change = ReEmbedder(wiring, reader).begin("model")   goes on where an interrupted one stopped
    change.embed(progress=..., should_stop=...)          committed batch by batch
    change.feature_batches()                             to learn a projection from
    change.switch(projection, calibrations)              one atomic step
    change.drop()                                        or given up

Photos are read from their originals; where one is gone, from its thumbnail. What comes while
all this goes on is embedded before the switch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from goodsight.core.errors import Interrupted, PhotoError
from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.reports import EmbedReport
from goodsight.core.space_ports import (
    BegunChange,
    Calibrations,
    EmbeddedPhoto,
    EncoderChanges,
    KeptSpace,
    PhotoToEmbed,
)
from goodsight.core.types import FloatArray, Skip
from goodsight.profiles import profile_of_model
from goodsight.reading import CollectionReader, FoundPhoto
from goodsight.wiring import Wiring

__all__ = ["EncoderChange", "ReEmbedder"]

Stop = Callable[[], bool]


class ReEmbedder:
    """Replaces the encoder of one collection."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def begin(self, model: str, *, profile: str | None = None) -> EncoderChange:
        """Begin to change to the named model, or go on with what was interrupted.

        What was begun for another model is dropped. The collection's profile becomes `profile`,
        by default the one that starts with the model, else "own". Raises UsageError where
        the model is in use, ModelError, MissingExtra, CollectionNotFound, and StoreError while
        another process is embedding.
        """
        encoder = self._wiring.encoder(model)
        profile = profile or profile_of_model(model)
        set_id = self._changes.begin(encoder.card, profile)
        return EncoderChange(self._wiring, self._reader, encoder, profile, set_id)

    def begun(self) -> BegunChange | None:
        """What was interrupted, or is under way. Raises CollectionNotFound."""
        return self._changes.begun()

    def give_up(self) -> None:
        """Drop what was begun. Raises CollectionNotFound, StoreError while it is under way."""
        self._changes.drop()

    def to_kept(self, kept: KeptSpace) -> EncoderChange:
        """For bringing a kept space of another encoder up to date.

        Raises ModelError where that encoder is not here any more.
        """
        encoder = self._reader.encoder_of(kept.model, kept.encoder_space)
        return EncoderChange(self._wiring, self._reader, encoder, "", kept.feature_set)

    @property
    def _changes(self) -> EncoderChanges:
        return self._wiring.store().encoder_changes(self._reader.collection)


class EncoderChange:
    """A change to another encoder, begun."""

    def __init__(
        self,
        wiring: Wiring,
        reader: CollectionReader,
        encoder: ImageEncoder,
        profile: str,
        set_id: int,
    ) -> None:
        self.encoder = encoder
        self.profile = profile
        self._wiring = wiring
        self._reader = reader
        self._set_id = set_id
        self._changes = wiring.store().encoder_changes(reader.collection)
        self._features = self._changes.features(set_id)
        self._loader = wiring.kept_photos(encoder.card, reader.collection)
        self._unreadable: dict[int, Skip] = {}
        self._embedded = 0
        self._from_thumbnails = 0

    @property
    def report(self) -> EmbedReport:
        """What embedding has come to."""
        return EmbedReport(
            photos=self._features.counts().done,
            embedded=self._embedded,
            from_thumbnails=self._from_thumbnails,
            skipped=tuple(self._unreadable.values()),
        )

    def embed(
        self,
        *,
        progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
        should_stop: Stop = lambda: False,
        skipped: Callable[[Skip], None] = lambda _: None,
    ) -> EmbedReport:
        """Embed every photo that lacks its features; what it came to.

        `progress` hears how many photos are done, committed, of how many; `skipped` of photos
        that cannot be read. Raises ModelError, StoreError, and Interrupted once `should_stop`
        says True: what is done is kept, and the next one goes on from there.
        """
        with self._features.alone():
            counts = self._features.counts()
            done = counts.done
            progress(done, counts.total)
            for batch in self._batches(self._lacking(), should_stop, skipped):
                self._features.keep(batch)
                done += len(batch)
                progress(done, max(done, counts.total))
        return self.report

    def feature_batches(self) -> Iterator[FeatureBatch]:
        """All features of the new encoder, photos of one product together; for fitting."""
        return self._features.feature_batches()

    def switch(
        self,
        projection: Projection | None,
        calibrations: Calibrations,
        *,
        keep_former: bool = True,
    ) -> str:
        """Search with the new encoder from one moment on; its space.

        What came meanwhile is embedded first. With `keep_former` the space in use stays, with
        the features of its encoder, to go back to. Raises UsageError where the change was
        given up by another process, ModelError, StoreError.
        """
        return self._changes.switch(
            self._set_id, projection, calibrations, self.embed_photos, keep_former=keep_former
        )

    def drop(self) -> None:
        """Give the change up: its features go. Raises StoreError."""
        self._changes.drop()

    def embed_photos(self, photos: Sequence[PhotoToEmbed]) -> Sequence[EmbeddedPhoto]:
        """The features of these photos, but for those that are known to be unreadable."""
        unknown = [photo for photo in photos if photo.id not in self._unreadable]
        batches = self._batches(unknown, should_stop=lambda: False, skipped=lambda _: None)
        return [photo for batch in batches for photo in batch]

    def _lacking(self) -> Iterator[PhotoToEmbed]:
        after = 0
        while photos := self._features.photos_lacking(after):
            yield from photos
            after = photos[-1].id

    def _batches(
        self, photos: Iterable[PhotoToEmbed], should_stop: Stop, skipped: Callable[[Skip], None]
    ) -> Iterator[list[EmbeddedPhoto]]:
        """Photos embedded, in batches to be committed; what is done where it is stopped, too."""
        batch: list[EmbeddedPhoto] = []
        try:
            for outcome in self._outcomes(photos, should_stop):
                if isinstance(outcome.seen, Skip):
                    self._unreadable[outcome.id] = outcome.seen
                    skipped(outcome.seen)
                    continue
                self._embedded += 1
                self._from_thumbnails += outcome.from_thumbnail
                batch.append(EmbeddedPhoto(outcome.id, outcome.seen))
                if len(batch) >= self._wiring.settings.batch_size:
                    yield batch
                    batch = []
        except Interrupted:
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _outcomes(self, photos: Iterable[PhotoToEmbed], should_stop: Stop) -> Iterator[_Outcome]:
        """Each photo as the encoder sees it, in order: so many at once as there are cores."""
        options = self._wiring.index_options(remove_missing=False)
        waiting: deque[Future[_Outcome]] = deque()
        with ThreadPoolExecutor(options.workers) as pool:
            try:
                for photo in photos:
                    if should_stop():
                        raise Interrupted("stopped before all photos were embedded")
                    waiting.append(pool.submit(self._see, photo))
                    if len(waiting) >= options.look_ahead:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _see(self, photo: PhotoToEmbed) -> _Outcome:
        """On a thread of its own."""
        try:
            found = self._found(photo)
        except PhotoError as error:
            return _Outcome(photo.id, Skip(photo.references[0], error.reason))
        features = self.encoder.encode_photos([found.photo]).features[0]
        return _Outcome(photo.id, features, found.from_thumbnail)

    def _found(self, photo: PhotoToEmbed) -> FoundPhoto:
        """From the first place where its bytes are still the same, else its thumbnail."""
        *others, last = photo.references
        for reference in others:
            with suppress(PhotoError):
                found = self._reader.kept_photo(reference, photo.content_hash, self._loader)
                if not found.from_thumbnail:
                    return found
        return self._reader.kept_photo(last, photo.content_hash, self._loader)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a photo: its features float32 (f,), or why it cannot be read."""

    id: int
    seen: FloatArray | Skip
    from_thumbnail: bool = False
