"""Photos that somebody sorted into folders, as examples beside the catalogue's own.

A folder that is named after a product, by its id, shows that product: customers' photos, say,
of things that the feed has studio photos of. Any other folder is a thing of its own, which
teaches what makes photos of one thing alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goodsight.core.errors import InputError, Interrupted, PhotoError
from goodsight.core.ports import ImageEncoder
from goodsight.core.types import FloatArray, Photo, Product, Skip
from goodsight.reading import CollectionReader
from goodsight.training.shop_photos import ShopPhotos

__all__ = ["LabelledPhoto", "labelled_photos", "with_labelled"]

PHOTOS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photo's raw features float32 (f,), its path and hash, and the name of its folder."""

    label: str
    reference: str
    content_hash: str
    features: FloatArray


def labelled_photos(
    reader: CollectionReader,
    encoder: ImageEncoder,
    folder: Path,
    *,
    skipped: Callable[[Skip], None],
    should_stop: Callable[[], bool],
) -> Iterator[LabelledPhoto]:
    """The photos of a folder of folders, seen by the encoder; `skipped` hears what cannot be used.

    Raises CatalogError where the folder cannot be read, ModelError, and Interrupted once
    `should_stop` says True.
    """
    listed = []
    for item in reader.wiring.catalog(str(folder), format="folder").read():
        if isinstance(item, Skip):
            skipped(item)
        else:
            listed += [(_label(item), reference) for reference in item.photos]
    loader = reader.wiring.catalogue_photos(encoder.card)

    def load(reference: str) -> Photo | Skip:
        try:
            return loader.load(reference)
        except PhotoError as error:
            return Skip(reference, error.reason)

    with ThreadPoolExecutor(reader.wiring.workers) as pool:
        for start in range(0, len(listed), PHOTOS_AT_ONCE):
            some = listed[start : start + PHOTOS_AT_ONCE]
            if should_stop():
                raise Interrupted("stopped while labelled photos were read")
            seen = list(pool.map(load, [reference for _, reference in some]))
            photos = [photo for photo in seen if isinstance(photo, Photo)]
            rows = iter(encoder.encode_photos(photos).features if photos else ())
            for (label, reference), photo in zip(some, seen, strict=True):
                if isinstance(photo, Skip):
                    skipped(photo)
                else:
                    yield LabelledPhoto(label, reference, photo.content_hash, next(rows))


def with_labelled(photos: ShopPhotos, labelled: list[LabelledPhoto]) -> ShopPhotos:
    """The catalogue's photos and these behind them. Raises InputError where there is none."""
    if not labelled:
        raise InputError("no photo of the labelled folder can be used")
    numbers = {name: number for number, name in enumerate(photos.ids)}
    names = list(photos.ids)
    for photo in labelled:
        if photo.label not in numbers:
            numbers[photo.label] = len(names)
            names.append(photo.label)
    new = len(names) - len(photos.ids)
    return ShopPhotos(
        features=np.concatenate([photos.features, np.stack([p.features for p in labelled])]),
        products=np.concatenate(
            [photos.products, np.array([numbers[photo.label] for photo in labelled])]
        ),
        ids=tuple(names),
        titles=(*photos.titles, *names[len(photos.ids) :]),
        categories=(*photos.categories, *[""] * new),
        content_hashes=(*photos.content_hashes, *(p.content_hash for p in labelled)),
        references=(*photos.references, *(p.reference for p in labelled)),
        of_catalogue=photos.of_catalogue,
    )


def _label(item: Product) -> str:
    """The innermost folder's name; the catalog's id is the path to it."""
    return item.id.rsplit("/", 1)[-1]
