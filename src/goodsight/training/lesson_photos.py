"""Photos to train a network with, and batches of views of them.

A network meets as many views in an epoch as there are photos, each of them a photo as somebody
else might have taken it (`images.augmenting`). Photos are read once, made as small as the network
needs and held in memory compressed: to decode a phone's photo anew would take longer than the
training step.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from goodsight.core.errors import InputError
from goodsight.core.types import Photo, Preprocessing
from goodsight.encoders.preprocessing import prepare
from goodsight.images import augmented
from goodsight.reading import CollectionReader
from goodsight.training.photo_features import each_photo
from goodsight.training.shop_photos import ShopPhotos

__all__ = ["LessonPhotos", "Views", "read_lesson_photos"]

# Views cut a part out: what they keep should still have as many pixels as the network takes.
ROOM = 1.3
# So much of JPEG is not seen in what an augmented photo loses anyhow.
QUALITY = 93
BATCHES_AHEAD = 3

Numbers = NDArray[np.int64]
Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LessonPhotos:
    """m photos as JPEG bytes, and the rows of `ShopPhotos` they are, int64 (m,)."""

    pictures: tuple[bytes, ...]
    rows: Numbers

    def __len__(self) -> int:
        return len(self.pictures)

    def photo(self, number: int) -> Photo:
        """The photo of this number, decoded."""
        pixels = np.asarray(Image.open(io.BytesIO(self.pictures[number])).convert("RGB"))
        return Photo(str(number), "", pixels, pixels.shape[1], pixels.shape[0])

    def some(self, numbers: NDArray[np.intp]) -> LessonPhotos:
        """The photos of these numbers, in this order."""
        return LessonPhotos(tuple(self.pictures[n] for n in numbers), self.rows[numbers])


def read_lesson_photos(
    reader: CollectionReader,
    photos: ShopPhotos,
    rows: Numbers,
    side: int,
    read: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> LessonPhotos:
    """The photos of these rows, for a network that takes `side` pixels.

    `read` hears how many are done, and how many there are. Those that cannot be read any more
    are left out. Raises InputError where none is left, StoreError, and Interrupted once
    `should_stop` says True.
    """
    loader = reader.wiring.kept_photos(
        reader.base_encoder().card, reader.collection, least_side=round(side * ROOM)
    )
    found = each_photo(
        reader, photos, rows, loader, lambda photo: _small(photo, side), read, should_stop
    )
    if not found:
        raise InputError("no photo of the collection can be read any more: goodsight doctor")
    pictures = tuple(picture for _, picture in found)
    return LessonPhotos(pictures, np.array([row for row, _ in found], dtype=np.int64))


def _small(photo: Photo, side: int) -> bytes:
    picture = Image.fromarray(photo.pixels)
    scale = side * ROOM / min(picture.size)
    if scale < 1:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()


class Views:
    """Batches of views of photos, made in other threads while the network learns."""

    def __init__(self, photos: LessonPhotos, preprocessing: Preprocessing, seed: int) -> None:
        # A view has the network's own size: nothing is left to cut off.
        side = preprocessing.input_size
        self._preprocessing = replace(preprocessing, resize_size=side)
        self._photos = photos
        self._seed = seed

    def batches(
        self, numbered: Sequence[tuple[int, NDArray[np.intp]]], threads: int
    ) -> Iterator[tuple[NDArray[np.intp], Pixels]]:
        """For each batch its photos' numbers and a view of each, float32 (n, 3, s, s).

        `numbered` are batches with the numbers they have in the whole training: chance depends
        on that alone, so that a training taken up again meets the same.
        """
        with ThreadPoolExecutor(threads) as pool:
            ahead: deque[tuple[NDArray[np.intp], Future[Pixels]]] = deque()
            for number, rows in numbered:
                ahead.append((rows, pool.submit(self._made, number, rows)))
                if len(ahead) > BATCHES_AHEAD:
                    yield _done(ahead.popleft())
            while ahead:
                yield _done(ahead.popleft())

    def _made(self, number: int, rows: NDArray[np.intp]) -> Pixels:
        seeds = np.random.default_rng([self._seed, number]).integers(0, 2**62, len(rows))
        views = [
            augmented(self._photos.photo(int(row)), int(seed), side=self._preprocessing.input_size)
            for row, seed in zip(rows, seeds, strict=True)
        ]
        return np.asarray(prepare(views, self._preprocessing), dtype=np.float32)


def _done(
    batch: tuple[NDArray[np.intp], Future[Pixels]],
) -> tuple[NDArray[np.intp], Pixels]:
    rows, made = batch
    return rows, made.result()
