"""Photo and words together.

Luma: of each style in several colours one colour's photos are left out of the catalogue; one of
them is asked with the name of another colour, which has to be the first hit's variant.
Grocery, profile `quality`: a phone photo alone, and with the name of its own category. No product
may fall, and recall@1 has to gain 5 points. The words on the photos are read, which takes long.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import goodsight
from benchmarks.data import GROCERY, SHARED, grocery_products, grocery_queries
from benchmarks.figures import Figure
from goodsight.core.types import Product
from goodsight.wiring import Wiring

__all__ = ["measure"]

LUMA = SHARED / "luma"
SEED = 21
COLOUR = "color"
# A folder where grocery is indexed in profile `quality` already, to measure again without OCR.
KEPT_HOME = "GOODSIGHT_GROCERY_HOME"
QUERIES = int(os.environ.get("GOODSIGHT_COMPOSED_QUERIES", "300"))


@dataclass(frozen=True, slots=True)
class Recolouring:
    """A style's photo in a colour that the catalogue does not show, and the colour asked for."""

    product: Product
    photo: str
    asked: str


def measure() -> list[Figure]:
    """Variant-level recall@1 on Luma, gain and losses on grocery."""
    if not LUMA.exists() or not GROCERY.exists():
        return [Figure("photo and words", None, "", 0.70, True, "no data here")]
    return [*luma_figures(), *grocery_figures()]


def luma_figures() -> list[Figure]:
    """Photo and another colour's name, read as a request and as it is."""
    media = LUMA / "media" / "product"
    with tempfile.TemporaryDirectory() as home:
        cases, hidden = _recolourings(home, media)
        shown = Path(home) / "media"
        for path in media.rglob("*.*"):
            if str(path) not in hidden:
                copy = shown / path.relative_to(media)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
        figures = []
        with goodsight.open(Path(home) / "shop") as shop:
            shop.index(LUMA / "products.csv", media=shown)
            for understand, way in ((True, "understood"), (False, "as it is")):
                right = sum(_is_right(shop, case, understand) for case in cases)
                name = f"Luma, photo and another colour ({way}), variant, recall@1"
                note = f"{right} of {len(cases)} styles"
                figures.append(Figure(name, right / len(cases), "", 0.70, True, note))
    return figures


def _recolourings(home: str, media: Path) -> tuple[list[Recolouring], frozenset[str]]:
    """One case for each style in several colours, and all photos of the colours asked with."""
    generator = random.Random(SEED)
    wiring = Wiring(goodsight.config.load_settings({"home": home}))
    cases, hidden = [], set()
    items = wiring.catalog(str(LUMA / "products.csv"), media=media).read()
    for product in (item for item in items if isinstance(item, Product)):
        photos = dict(_photos_by_colour(product))
        if len(photos) < 2:
            continue
        own, asked = generator.sample(sorted(photos), 2)
        cases.append(Recolouring(product, photos[own][0], asked))
        elsewhere = {photo for colour, them in photos.items() if colour != own for photo in them}
        hidden |= set(photos[own]) - elsewhere
    return cases, frozenset(hidden)


def _photos_by_colour(product: Product) -> Iterator[tuple[str, tuple[str, ...]]]:
    colours = {value for v in product.variants for value in v.options.get(COLOUR, ())}
    for colour in colours:
        photos = [
            photo
            for variant in product.variants
            if colour in variant.options.get(COLOUR, ())
            for photo in variant.photos
        ]
        if photos:
            yield colour, tuple(dict.fromkeys(photos))


def _is_right(shop: goodsight.Shop, case: Recolouring, understand: bool) -> bool:
    results = shop.search(case.photo, case.asked, limit=1, understand=understand)
    options = {variant.id: variant.options for variant in case.product.variants}
    return any(
        case.asked in options.get(variant, {}).get(COLOUR, ())
        for hit in results.hits
        for variant in hit.variants[:1]
    )


def grocery_figures() -> list[Figure]:
    """A phone photo alone and with its category's name."""
    kept = os.environ.get(KEPT_HOME)
    with tempfile.TemporaryDirectory() as folder, goodsight.open(kept or folder) as shop:
        if kept is None:
            shop.index(grocery_products(Path(folder)), profile="quality")
        figures = []
        for part in ("val", "dev"):
            with grocery_queries(Path(folder), part).open(encoding="utf-8", newline="") as lines:
                rows = list(csv.DictReader(lines))
            random.Random(SEED).shuffle(rows)
            figures += _with_category(shop, rows[:QUERIES], part)
    return figures


def _with_category(shop: goodsight.Shop, rows: list[dict[str, str]], part: str) -> list[Figure]:
    alone = both = lost = 0
    for row in rows:
        [product] = shop.products([row["product_id"]])
        word = product.categories[0][-1]
        before, after = (
            shop.search(*terms, limit=1).hits[0].product.id == product.id
            for terms in ((row["image"],), (row["image"], word))
        )
        alone, both, lost = alone + before, both + after, lost + (before and not after)
    count = len(rows)
    gain = 100 * (both - alone) / count
    note = f"{alone / count:.3f} alone, {both / count:.3f} together, {count} photos"
    return [
        Figure(f"grocery {part}, photo and its category, gain in points", gain, "", 5, True, note),
        Figure(f"grocery {part}, right alone and wrong together", lost, "photos", 0, False, note),
    ]
