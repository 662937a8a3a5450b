"""A model in 8 bits, its scales chosen by the catalogue's photos, measured beside the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from goodsight.core.compressing import QuantisedModel
from goodsight.core.errors import InputError, Interrupted, ModelError, PhotoError, UsageError
from goodsight.core.gating import Answers, Comparison, compare
from goodsight.core.held_back import dealt_halves, found_held_back
from goodsight.core.ports import ImageEncoder, PhotoLoader
from goodsight.core.projecting import FeatureBatch, conditioned, fit_projection
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray, KeptPhoto, Photo
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["QuantiseOptions", "Quantiser", "bytes_of", "timed"]

SUFFIX = "-int8"
SUITE = "photos held back"
# Photos that both models encode: more tell half a point of recall apart, in minutes.
COMPARED_PHOTOS = 2000
# Two shots that differ are the least to hold one back of.
LEAST_EACH = 2
MAX_CALIBRATION = 2000

Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class QuantiseOptions:
    """How a model is quantised: what it is called then, and by how many photos."""

    name: str | None = None
    photos: int = 128


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A photo by both models: features float32 (f,) and seconds of each."""

    product: int
    before: FloatArray
    after: FloatArray
    seconds_before: float
    seconds_after: float


@dataclass(frozen=True, slots=True)
class _Figures:
    """Photos a second by either model, the mean cosine between both, and what they find."""

    rates: tuple[float, float]
    cosine: float
    recall: Comparison


class Quantiser:
    """Makes models of 8 bits with one collection's photos."""

    def __init__(self, wiring: Wiring, reader: CollectionReader) -> None:
        self._wiring = wiring
        self._reader = reader

    def quantise(
        self,
        model: str,
        options: QuantiseOptions | None = None,
        *,
        progress: Progress = lambda *_: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> QuantisedModel:
        """Keep `model` in 8 bits as a model of the shop's own, and measure both.

        Whatever it loses it is kept: `QuantisedModel.is_worse` tells. `progress` hears of a
        stage, photos done and in all. Raises ModelError where the model cannot be quantised or
        the name is taken, UsageError, InputError where no photo can be read, CollectionNotFound,
        StoreError, and Interrupted once `should_stop` says True; nothing is kept then.
        """
        options = options or QuantiseOptions()
        if not 1 <= options.photos <= MAX_CALIBRATION:
            raise UsageError(f"{options.photos} photos: choose from 1 to {MAX_CALIBRATION:,}")
        from goodsight.encoders import check_int8, open_folder, write_int8_folder

        library = self._wiring.models
        name = options.name or model + SUFFIX
        library.check_new_name(name)
        with library.draft() as work:
            source, target = work / "before", work / "after"
            source.mkdir()
            target.mkdir()
            library.write_folder(model, source)
            check_int8(source)
            before = library.open(model)
            loader = self._wiring.kept_photos(before.card, self._reader.collection)
            photos = self._calibration(loader, options.photos, progress, should_stop)
            write_int8_folder(source, target, name, photos)
            try:
                after = open_folder(target, self._wiring.settings.execution_providers, name=name)
            except ModelError as error:
                raise ModelError(f"'{model}' is of no use in 8 bits: {error}") from error
            encoded = self._encoded(before, after, loader, progress, should_stop)
            figures = _measured(encoded, before.card.feature_blocks)
            return QuantisedModel(
                base=model,
                calibrated=len(photos),
                compared=len(encoded),
                bytes_before=bytes_of(source),
                bytes_after=bytes_of(target),
                rate_before=figures.rates[0],
                rate_after=figures.rates[1],
                cosine=figures.cosine,
                recall=figures.recall,
                # Last of all: what was broken off before leaves nothing behind.
                card=library.add(target, name),
            )

    def _calibration(
        self,
        loader: PhotoLoader,
        count: int,
        progress: Progress,
        should_stop: Callable[[], bool],
    ) -> Sequence[Photo]:
        photos = []
        drawn = self._reader.stored().sampled_photos(count)
        for number, photo in enumerate(drawn, start=1):
            if should_stop():
                raise Interrupted("stopped while photos were read; nothing has been kept")
            found = self._photo(loader, photo.reference, photo.content_hash)
            if found is not None:
                photos.append(found)
            progress("reading", number, len(drawn))
        if not photos:
            raise InputError("no photo of the collection can be read: goodsight index SOURCE")
        return photos

    def _encoded(
        self,
        before: ImageEncoder,
        after: ImageEncoder,
        loader: PhotoLoader,
        progress: Progress,
        should_stop: Callable[[], bool],
    ) -> Sequence[_Encoded]:
        drawn = list(self._drawn())

        def encode(item: tuple[int, int, KeptPhoto]) -> _Encoded | None:
            number, product, kept = item
            if should_stop():
                raise Interrupted("stopped while models were compared; nothing has been kept")
            photo = self._photo(loader, kept.reference, kept.content_hash)
            return None if photo is None else _pair(product, photo, before, after, number % 2 == 0)

        rows: list[_Encoded] = []
        with ThreadPoolExecutor(self._wiring.workers) as pool:
            for done, row in enumerate(pool.map(encode, drawn), start=1):
                rows += [] if row is None else [row]
                progress("comparing", done, len(drawn))
        if not rows:
            raise InputError("no photo of the collection can be read: goodsight index SOURCE")
        return rows

    def _drawn(self) -> Iterator[tuple[int, int, KeptPhoto]]:
        """Photos to compare with: a running number, the product's, and the photo; by product."""
        shown = self._reader.stored().sampled_photos(COMPARED_PHOTOS)
        found = dict.fromkeys(product.id for photo in shown for product in photo.products)
        ids = _spread(list(found), COMPARED_PHOTOS // LEAST_EACH)
        each = max(LEAST_EACH, COMPARED_PHOTOS // max(len(ids), 1))
        photos = ((n, _spread(self._reader.photos(name), each)) for n, name in enumerate(ids))
        rows = chain.from_iterable(((n, photo) for photo in kept) for n, kept in photos)
        for number, (product, photo) in enumerate(rows):
            yield number, product, photo

    def _photo(self, loader: PhotoLoader, reference: str, content_hash: str) -> Photo | None:
        try:
            return self._reader.kept_photo(reference, content_hash, loader).photo
        except PhotoError:
            return None


def _pair(
    product: int, photo: Photo, before: ImageEncoder, after: ImageEncoder, begins: bool
) -> _Encoded:
    """Encoded by one and at once by the other, so that a busy machine is as busy for both."""
    if begins:
        features, seconds = timed(before, photo)
        others, their_seconds = timed(after, photo)
    else:
        others, their_seconds = timed(after, photo)
        features, seconds = timed(before, photo)
    return _Encoded(product, features, others, seconds, their_seconds)


def timed(encoder: ImageEncoder, photo: Photo) -> tuple[FloatArray, float]:
    """A photo's features float32 (f,), and the seconds they took."""
    started = time.perf_counter()
    [features] = encoder.encode_photos([photo]).features
    return features, time.perf_counter() - started


def _measured(encoded: Sequence[_Encoded], blocks: Sequence[int]) -> _Figures:
    before = np.stack([row.before for row in encoded])
    after = np.stack([row.after for row in encoded])
    products = np.array([row.product for row in encoded])
    seconds = ([row.seconds_before for row in encoded], [row.seconds_after for row in encoded])
    return _Figures(
        rates=(float(1 / np.median(seconds[0])), float(1 / np.median(seconds[1]))),
        cosine=_cosine((before, after), blocks),
        recall=_recall((before, after), products, blocks),
    )


def _cosine(features: Sequence[FloatArray], blocks: Sequence[int]) -> float:
    before, after = (unit_rows(conditioned(rows, blocks, rooted=False)) for rows in features)
    return float((before * after).sum(axis=1).mean())


def _recall(
    features: Sequence[FloatArray], products: NDArray[np.int64], blocks: Sequence[int]
) -> Comparison:
    """Both as the catalogue would learn from them, asked with photos of the other half."""
    rooted = [bool((rows >= 0).all()) for rows in features]
    halves = dealt_halves(FeatureBatch(products, features[0]), blocks, rooted=rooted[0])
    found = []
    for rows, root in zip(features, rooted, strict=True):
        sample = FeatureBatch(products, rows)
        spaces = [fit_projection([half.known(sample)], blocks, rooted=root) for half in halves]
        found.append(found_held_back(sample, halves, blocks, spaces))
    before, after = found
    asked = [str(products[row]) for half in halves for row in half.asked]
    return compare(SUITE, Answers(before, after, asked, [""] * len(asked)))


def bytes_of(folder: Path) -> int:
    """The size of a model folder's networks."""
    return sum(path.stat().st_size for path in folder.glob("*.onnx"))


def _spread(items: Sequence[Item], most: int) -> Sequence[Item]:
    """At most so many, evenly drawn, in their order."""
    if len(items) <= most:
        return items
    return [items[number] for number in np.linspace(0, len(items) - 1, most).astype(int)]
