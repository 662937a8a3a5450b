"""Patterns drawn on the clothes of real fashion photos: which products have the same one?

The shop's own feed calls 126 of its 147 products solid, and what it calls otherwise are seams
and pockets mostly: it cannot tell whether patterns are found. So each product gets one of six
patterns, in another colour, width and place on each of its photos, and is asked for among the
other products.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.data import SHARED
from benchmarks.quality.bench import Bench, write_rows
from benchmarks.quality.rows import Row
from goodsight.catalogs import CatalogOptions, open_catalog
from goodsight.core.types import PixelArray, Product
from goodsight.images import decode_photo

__all__ = ["patterns"]

Places = NDArray[np.float64]
Mask = NDArray[np.bool_]

SEED = 4
FIRST = 5
LONG_SIDE_PIXELS = 400
# What has the colour of the photo's middle, in any shade, counts as the garment.
CHROMA_REACH, LIGHT_REACH, WHITE = 45, 70, 248


def stripes(along: Places, _: Places) -> Mask:
    return np.asarray(along % 1 < 0.45)


def dots(down: Places, across: Places) -> Mask:
    return np.asarray((down % 1 - 0.5) ** 2 + (across % 1 - 0.5) ** 2 < 0.09)


# Name -> which places are inked; down and across are counted in repeats of the pattern.
PATTERNS: Mapping[str, Callable[[Places, Places], Mask]] = {
    "plain": lambda down, _: np.zeros(down.shape, dtype=np.bool_),
    "lying stripes": stripes,
    "upright stripes": lambda down, across: stripes(across, down),
    "checks": lambda down, across: stripes(down, across) ^ stripes(across, down),
    "dots": dots,
    "zigzag": lambda down, across: stripes(down + 0.6 * np.abs(across % 1 * 2 - 1), across),
}


def patterns(bench: Bench) -> list[Row]:
    """Each product's first photo asks the others: by style, by colour, by pattern."""
    drawn = drawn_products(bench.work / "patterns")
    feed = bench.work / "patterns.csv"
    rows = ((product, product, "|".join(map(str, photos))) for product, _, photos in drawn)
    write_rows(feed, ("id", "title", "image"), rows)
    kind = {product: name for product, name, _ in drawn}
    found = []
    with bench.opened("patterns") as shop:
        shop.index(feed, profile=bench.profile)
        for look in ("style", "colour", "pattern"):
            firsts = []
            for product, name, photos in drawn[: bench.queries]:
                hits = shop.search(photos[0], look=look, limit=FIRST + 1).hits
                others = [hit.product.id for hit in hits if hit.product.id != product][:FIRST]
                firsts.append([kind[other] == name for other in others])
            at_1, at_5 = np.mean([row[0] for row in firsts]), np.mean(firsts)
            note = f"same pattern among the first {FIRST}: {at_5:.3f}"
            found.append(
                Row("patterns", f"look {look}", bench.profile, len(firsts), float(at_1), note=note)
            )
    return found


def drawn_products(target: Path) -> Sequence[tuple[str, str, Sequence[Path]]]:
    """(product, pattern, photos) of the fashion shop, drawn into the folder."""
    target.mkdir(parents=True, exist_ok=True)
    folder = SHARED / "luma"
    options = CatalogOptions(media_root=folder / "media" / "product", currency="USD")
    catalog = open_catalog(str(folder / "products.csv"), options)
    products = [item for item in catalog.read() if isinstance(item, Product) and item.photos]
    order = np.random.default_rng(SEED).permutation(len(products))
    names = list(PATTERNS)
    drawn = []
    for place, number in enumerate(order):
        product, name = products[number], names[place % len(names)]
        drawn.append((product.id, name, [copy_of(p, name, target) for p in product.photos]))
    return drawn


def copy_of(reference: str, name: str, target: Path) -> Path:
    """The photo with the pattern, as a PNG."""
    file = target / f"{zlib.crc32(reference.encode()):08x}.png"
    if not file.exists():
        photo = decode_photo(Path(reference).read_bytes(), reference=reference)
        image = Image.fromarray(photo.pixels)
        image.thumbnail((LONG_SIDE_PIXELS, LONG_SIDE_PIXELS))
        generator = np.random.default_rng(zlib.crc32(reference.encode()))
        pixels = drawn_on(np.asarray(image), PATTERNS[name], generator)
        Image.fromarray(pixels).save(file, compress_level=1)
    return file


def drawn_on(
    pixels: PixelArray, pattern: Callable[[Places, Places], Mask], generator: np.random.Generator
) -> PixelArray:
    """The pattern on the garment: turned and bent a little, in a colour of its own, shaded."""
    down, across = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float64)
    side = min(pixels.shape[:2])
    repeat = side * generator.uniform(0.045, 0.09)
    slope = generator.uniform(-0.12, 0.12)
    bent = [
        0.01 * side * np.sin(9 * way / side + generator.uniform(0, 6)) for way in (across, down)
    ]
    inked = pattern(
        (down + slope * across + bent[0]) / repeat, (across - slope * down + bent[1]) / repeat
    )
    garment = garment_of(pixels)
    if not (inked & garment).any():
        return pixels
    out = pixels.astype(np.float64)
    shade = out.mean(axis=2, keepdims=True) / max(1.0, out[garment].mean())
    ink = np.clip(generator.uniform(20, 235, 3) * shade, 0, 255)
    strength = generator.uniform(0.6, 0.95)
    mixed = (1 - strength) * out + strength * ink
    out[inked & garment] = mixed[inked & garment]
    return np.clip(out, 0, 255).astype(np.uint8)


def garment_of(pixels: PixelArray) -> Mask:
    """Pixels in the colour of the photo's middle."""
    height, width = pixels.shape[:2]
    middle = pixels[int(height * 0.3) : int(height * 0.7), int(width * 0.38) : int(width * 0.62)]
    colour = np.median(middle.reshape(-1, 3).astype(np.float64), axis=0)
    light = pixels.mean(axis=2)
    chroma = pixels - light[..., np.newaxis] - (colour - colour.mean())
    near = np.abs(chroma).sum(axis=2) < CHROMA_REACH
    return np.asarray(
        near & (np.abs(light - colour.mean()) < LIGHT_REACH) & (light < WHITE), dtype=np.bool_
    )
