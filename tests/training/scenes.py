"""Products small before loud grounds: the ground is most of what an encoder sees."""

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
