"""Small implementations of the ports around the store: a catalogue, photos, an encoder."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

import numpy as np

from goodsight.core.errors import CatalogError, PhotoError
from goodsight.core.scoring import unit_rows
from goodsight.core.types import Embeddings, ModelCard, Photo, Preprocessing, Skip

DIMENSION = 8


@dataclass
class ListCatalog:
    """Yields what it is given; an exception among the items is raised in its turn."""

    items: list
    source: str = "feed.csv"

    def read(self):
        for item in self.items:
            if isinstance(item, Exception):
                raise item
            yield item


@dataclass
class BytesLoader:
    """Photos as bytes by reference; b"broken" does not decode, a missing one does not load."""

    files: dict[str, bytes]
    loaded: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def content_hash(self, reference):
        if reference not in self.files:
            raise PhotoError("no such file", reference=reference)
        return hashlib.sha256(self.files[reference]).hexdigest()

    def load(self, reference):
        data = self.files[reference]
        if data == b"broken":
            raise PhotoError("truncated", reference=reference)
        with self.lock:
            self.loaded.append(reference)
        seed = np.frombuffer(hashlib.sha256(data).digest(), dtype=np.uint8)
        pixels = np.tile(seed[:27].reshape(3, 3, 3), (2, 2, 1))
        return Photo(reference, self.content_hash(reference), pixels, width=600, height=400)

    def thumbnail(self, photo):
        return b"webp:" + photo.reference.encode()


@dataclass
class PixelEncoder:
    """A unit vector from the first pixels."""

    space: str = "pixels-1"
    name: str = "pixels"

    @property
    def card(self):
        return ModelCard(
            name=self.name,
            dimension=DIMENSION,
            preprocessing=Preprocessing(input_size=6, resize_size=6),
            space=self.space,
            licence="Apache-2.0",
            source="tests",
        )

    def encode_photos(self, photos):
        rows = [photo.pixels.reshape(-1)[:DIMENSION].astype(np.float32) - 127 for photo in photos]
        features = np.stack(rows) if rows else np.zeros((0, DIMENSION), np.float32)
        return Embeddings(unit_rows(features), features, self.space)


__all__ = ["BytesLoader", "CatalogError", "ListCatalog", "PixelEncoder", "Skip"]
