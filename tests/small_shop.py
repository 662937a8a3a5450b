"""A shop of six products, drawn and written by the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

COLOURS = ("crimson", "seagreen", "royalblue", "goldenrod", "orchid", "slategray")
GROUNDS = ("white", "peachpuff", "lightsteelblue", "palegreen", "dimgray", "tan", "thistle")


def draw_shape(number: int, seed: int = 0, size: int = 200) -> Image.Image:
    """A picture of product `number`: its own shape and colour, a little different each time."""
    generator = np.random.default_rng(1000 * number + seed)
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    shift = generator.integers(-8, 8, 4)
    box = [int(edge + move) for edge, move in zip((40, 40, 160, 160), shift, strict=True)]
    colour = COLOURS[number % len(COLOURS)]
    if number % 3 == 0:
        draw.ellipse(box, fill=colour)
    elif number % 3 == 1:
        draw.rectangle(box, fill=colour)
    else:
        draw.polygon([(box[0], box[3]), (100, box[1]), (box[2], box[3])], fill=colour)
    for _ in range(number // 3):
        x, y = generator.integers(20, 180, 2)
        draw.line([(int(x), 0), (200, int(y))], fill="black", width=4)
    return image


def draw_seen(number: int, seed: int = 0) -> Image.Image:
    """Product `number` as different people photograph it: turned, and on grounds of their own.

    Photos so far apart are no burst, and a catalogue of them learns from itself. From six on
    products have the shapes and colours of the first six, so colours are moved on as well.
    """
    shape = draw_shape(number, seed).rotate(8 * seed, fillcolor="white")
    if number >= len(COLOURS):
        hue, saturation, value = shape.convert("HSV").split()
        hue = hue.point([(level + 70) % 256 for level in range(256)])
        shape = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    ground = GROUNDS[seed % len(GROUNDS)]
    return ImageChops.multiply(shape, Image.new("RGB", shape.size, ground))


def draw_feed(
    folder: Path,
    draw: Callable[[int, int], Image.Image],
    products: Iterable[int],
    photos: int,
    *,
    category: str = "",
    name: str = "feed.csv",
) -> Path:
    """Draw so many photos of each product into a folder, and a feed of them; the feed's path.

    Product 3 is "p3", "Product 3", and its photos are 3-0.png, 3-1.png and so on.
    """
    rows = ["id,title,category,image"]
    for number in products:
        names = [f"{number}-{photo}.png" for photo in range(photos)]
        for photo, file in enumerate(names):
            draw(number, photo).save(folder / file)
        rows.append(f"p{number},Product {number},{category},{'|'.join(names)}")
    (folder / name).write_text("\n".join(rows) + "\n")
    return folder / name


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory) -> Path:
    """A folder with a feed of six products, two photos each, and a labelled query table."""
    root = tmp_path_factory.mktemp("shop")
    (root / "photos").mkdir()
    rows = ["id,title,price,currency,stock,category,brand,color,image"]
    queries = ["product_id,image"]
    for number, colour in enumerate(COLOURS):
        for seed in range(2):
            draw_shape(number, seed).save(root / "photos" / f"{number}-{seed}.png")
        photos = f"photos/{number}-0.png|photos/{number}-1.png"
        stock = 0 if number == 5 else 10 * number + 1
        category = "Round/Discs" if number % 3 == 0 else "Edged"
        rows.append(
            f"p{number},Product {colour},{10 * (number + 1)}.50,EUR,{stock},{category},"
            f"Acme,{colour},{photos}"
        )
        draw_shape(number, 7).save(root / f"query-{number}.png")
        queries.append(f"p{number},query-{number}.png")
    (root / "feed.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (root / "queries.csv").write_text("\n".join(queries) + "\n", encoding="utf-8")
    return root


SHAPES = ("circle", "square", "triangle")


@pytest.fixture(scope="session")
def named_shop(tmp_path_factory) -> Path:
    """A feed of 36 products whose titles say nothing; shape and colour stand beside.

    Four photos each, that differ: a catalogue that learns from itself, without views.
    """
    root = tmp_path_factory.mktemp("named")
    rows = ["id,title,category,color,image"]
    for number in range(36):
        for seed in range(4):
            draw_seen(number, seed).save(root / f"{number}-{seed}.png")
        photos = "|".join(f"{number}-{seed}.png" for seed in range(4))
        shape, colour = SHAPES[number % 3], COLOURS[number % 6]
        rows.append(f"n{number},Model {number:02},{shape},{colour},{photos}")
    (root / "feed.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return root
