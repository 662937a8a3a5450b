"""Products small before loud grounds: the ground is most of what an encoder sees."""

import io

import numpy as np
from PIL import Image

from small_shop import draw_shape


def scene(number, seed):
    """A photo of product `number`, another for each seed."""
    rng = np.random.default_rng(1000 * number + seed)
    ground = rng.integers(0, 255, (3, 3, 3), dtype=np.uint8)
    picture = Image.fromarray(ground).resize((96, 96), Image.Resampling.BICUBIC)
    thing = draw_shape(number, seed, size=200).resize((56, 56))
    picture.paste(thing, tuple(int(v) for v in rng.integers(0, 40, 2)))
    return picture


def busy_scene(number, seed):
    """A photo of product `number` that hardly resembles another one: no two are of one burst."""
    rng = np.random.default_rng(1000 * number + seed)
    cells = int(rng.choice([3, 5, 8, 13]))
    ground = rng.integers(0, 255, (cells, cells, 3), dtype=np.uint8)
    how = (Image.Resampling.NEAREST, Image.Resampling.BICUBIC)[seed % 2]
    picture = Image.fromarray(ground).resize((128, 128), how).rotate(float(rng.uniform(0, 360)))
    thing = draw_shape(number, seed, size=200).resize((int(rng.integers(34, 66)),) * 2)
    thing = thing.rotate(float(rng.uniform(-40, 40)), expand=True)
    picture.paste(thing, tuple(int(v) for v in rng.integers(0, 128 - thing.width, 2)))
    return picture


def jpeg(picture):
    """A small picture as the bytes of a JPEG."""
    buffer = io.BytesIO()
    picture.convert("RGB").resize((48, 48)).save(buffer, "JPEG")
    return buffer.getvalue()
