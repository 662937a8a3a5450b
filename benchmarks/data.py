"""Real photos beside the checkout, and what is drawn from them."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "GROCERY",
    "SHARED",
    "draw_mixtures",
    "grocery_products",
    "grocery_queries",
    "real_photos",
]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
GROCERY = SHARED / "grocery" / "dataset"


def real_photos(count: int) -> list[Path]:
    """Shop and phone photos in turn; fewer than asked where the data is absent."""
    shop = sorted((SHARED / "luma" / "media").rglob("*.jpg"))
    phone = sorted((GROCERY / "train").rglob("*.jpg"))
    mixed = [p for pair in itertools.zip_longest(shop, phone) for p in pair if p is not None]
    return mixed[:count]


def grocery_list(name: str) -> list[tuple[Path, str]]:
    """(photo, product id) of one of the lists train, val, dev."""
    lines = (GROCERY / f"{name}.txt").read_text().splitlines()
    rows = (line.split(", ") for line in lines if line.strip())
    return [(GROCERY / path, product) for path, product, _ in rows]


def grocery_products(target: Path) -> Path:
    """Write the 81 products with their train photos as a generic feed."""
    with (GROCERY / "classes.csv").open(newline="") as lines:
        classes = {row["Class ID (int)"]: row for row in csv.DictReader(lines)}
    photos: dict[str, list[str]] = {}
    for path, product in grocery_list("train"):
        photos.setdefault(product, []).append(str(path))
    feed = target / "grocery.csv"
    with feed.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "title", "category", "image"])
        for product, row in classes.items():
            title = row["Class Name (str)"].replace("-", " ")
            category = row["Coarse Class Name (str)"]
            writer.writerow([product, title, category, "|".join(photos[product])])
    return feed


def grocery_queries(target: Path, name: str) -> Path:
    """Write one of the lists as labelled queries."""
    queries = target / f"{name}.csv"
    with queries.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["image", "product_id"])
        writer.writerows(grocery_list(name))
    return queries


def draw_mixtures(features: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors (count, d): each a random convex mixture of three real features, plus noise.

    The noise has a tenth of the mixture's length, so that no two vectors coincide.
    """
    generator = np.random.default_rng(seed)
    drawn = np.empty((count, features.shape[1]), dtype=np.float32)
    for start in range(0, count, 10_000):
        size = min(10_000, count - start)
        weights = generator.dirichlet(np.full(3, 0.5), size).astype(np.float32)
        chosen = features[generator.integers(len(features), size=(size, 3))]
        mixture = np.einsum("nk,nkd->nd", weights, chosen)
        noise = generator.standard_normal(mixture.shape, dtype=np.float32)
        noise *= 0.1 * np.linalg.norm(mixture, axis=1, keepdims=True) / np.sqrt(mixture.shape[1])
        mixture += noise
        drawn[start : start + size] = mixture / np.linalg.norm(mixture, axis=1, keepdims=True)
    return drawn
