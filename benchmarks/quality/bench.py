"""What tracks share: feeds and query tables of the grocery photos, and opened collections."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import goodsight
from benchmarks.data import GROCERY, grocery_list
from goodsight.config import load_settings
from goodsight.shop import Shop

__all__ = ["Bench", "Labelled", "iconic_photos", "is_package", "train_photos"]

Labelled = Sequence[tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder to work in, a profile, and how many queries of a set to ask at most.

    Without `read_words` printed words are read in no photo.
    """

    work: Path
    profile: str
    queries: int | None = None
    read_words: bool = True

    @contextmanager
    def opened(self, collection: str) -> Iterator[Shop]:
        """A collection as it is."""
        settings = load_settings({"home": self.work / "home", "read_words": self.read_words})
        with goodsight.open(settings=settings, collection=collection) as shop:
            yield shop

    @contextmanager
    def shop(self, collection: str, photos: Mapping[str, Sequence[Path]]) -> Iterator[Shop]:
        """A collection that holds just these products (id -> photos), and has learnt from them.

        Only what differs from the last time is indexed, so tracks share what they can.
        """
        feed = self.work / f"{collection}.csv"
        write_feed(feed, photos)
        with self.opened(collection) as shop:
            report = shop.index(feed, profile=self.profile)
            if report.photos.indexed or report.photos.removed:
                # By itself it learns anew only where a fifth came or went, and would keep
                # what it learnt from photos of an earlier draw.
                shop.learner().learn()
            yield shop

    def table(self, name: str, queries: Labelled, *, at_most: int | None = None) -> Path:
        """The labelled queries as a file; drawn evenly with a fixed seed where too many."""
        most = min(size for size in (at_most, self.queries, len(queries)) if size is not None)
        chosen = sorted(np.random.default_rng(0).permutation(len(queries))[:most])
        path = self.work / f"queries-{name}.csv"
        write_rows(path, ("image", "product_id"), (queries[number] for number in chosen))
        return path


def classes() -> dict[str, dict[str, str]]:
    """Product id -> its row in the list of products."""
    with (GROCERY / "classes.csv").open(newline="") as lines:
        return {row["Class ID (int)"]: row for row in csv.DictReader(lines)}


def is_package(product: str) -> bool:
    """Whether the product comes in a package."""
    return "/Packages/" in classes()[product]["Iconic Image Path (str)"]


def train_photos() -> dict[str, list[Path]]:
    """Product id -> its train photos."""
    photos: dict[str, list[Path]] = {}
    for path, product in grocery_list("train"):
        photos.setdefault(product, []).append(path)
    return photos


def iconic_photos() -> dict[str, list[Path]]:
    """Product id -> its one studio photo."""
    return {
        product: [GROCERY / row["Iconic Image Path (str)"].lstrip("/")]
        for product, row in classes().items()
    }


def write_feed(path: Path, photos: Mapping[str, Sequence[Path]]) -> None:
    """A generic feed; titles and categories as the list of products has them."""
    rows = classes()
    write_rows(
        path,
        ("id", "title", "category", "image"),
        (
            (
                product,
                rows[product]["Class Name (str)"].replace("-", " "),
                rows[product]["Coarse Class Name (str)"],
                "|".join(map(str, own)),
            )
            for product, own in photos.items()
        ),
    )


def write_rows(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(head)
        writer.writerows(rows)
