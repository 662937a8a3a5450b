"""A folder of photos that nobody sorted, as examples of nobody knows what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from goodsight.core.errors import InputError
from goodsight.core.ports import ImageEncoder
from goodsight.core.types import Skip
from goodsight.reading import CollectionReader
from goodsight.training.examples import Examples
from goodsight.training.labelled_folder import labelled_photos
from goodsight.training.shop_examples import shop_examples
from goodsight.training.shop_photos import ShopPhotos
from goodsight.training.view_features import ViewFeatures

__all__ = ["unlabelled_examples"]


def unlabelled_examples(
    reader: CollectionReader,
    encoder: ImageEncoder,
    folder: Path,
    views: ViewFeatures,
    *,
    behind: int,
    skipped: Callable[[Skip], None],
    viewed: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Examples:
    """The photos of a folder and of folders in it, whatever their names, and views of them.

    Each photo is a group of its own; photos are numbered from `behind`. `skipped` hears what
    cannot be used, `viewed` how many photos have their views. Raises CatalogError where the
    folder cannot be read, InputError where no photo can be used, ModelError, and Interrupted
    once `should_stop` says True.
    """
    found = labelled_photos(reader, encoder, folder, skipped=skipped, should_stop=should_stop)
    # The same file twice says nothing more.
    seen = list({photo.content_hash: photo for photo in found}.values())
    if not seen:
        raise InputError("no photo of the unlabelled folder can be used")
    names = tuple(photo.reference for photo in seen)
    photos = ShopPhotos(
        features=np.stack([photo.features for photo in seen]),
        products=np.arange(len(seen)),
        ids=names,
        titles=names,
        categories=("",) * len(seen),
        content_hashes=tuple(photo.content_hash for photo in seen),
        references=names,
        of_catalogue=0,
    )
    examples = shop_examples(reader, photos, views, viewed, should_stop)
    numbers = behind + examples.photos
    return Examples(examples.features, numbers, numbers, examples.views)
