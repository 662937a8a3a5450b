"""A photo with its heat map drawn over it, as one picture: orange for the match, blue against.

The two stay apart for colour-blind eyes (Okabe and Ito's vermilion and blue, "Color universal
design", 2008). The photo turns grey, so that its own colours are not taken for an answer, and
what lies outside of the map fades: nothing looked at it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from goodsight.core.heat_maps import HeatMap
from goodsight.core.types import PixelArray

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["AGAINST_COLOUR", "FOR_COLOUR", "heat_picture"]

FOR_COLOUR = (213, 94, 0)
AGAINST_COLOUR = (0, 114, 178)
SIDE_PIXELS = 320
MOST_OPAQUE = 0.78
# Of the photo left where nothing looked.
OUTSIDE = 0.35
QUALITY = 72


def heat_picture(photo: bytes | PixelArray, shown: HeatMap) -> bytes:
    """A WebP, its longer side at most `SIDE_PIXELS`, of a photo's file or uint8 (H, W, 3)."""
    from PIL import Image

    image = Image.open(io.BytesIO(photo)) if isinstance(photo, bytes) else Image.fromarray(photo)
    image = image.convert("L").convert("RGB")
    scale = min(1.0, SIDE_PIXELS / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.BILINEAR)
    faded = Image.blend(Image.new("RGB", size, "white"), image, OUTSIDE)
    drawn = io.BytesIO()
    _laid_over(faded, image, shown).save(drawn, "WEBP", quality=QUALITY)
    return drawn.getvalue()


def _laid_over(faded: Image.Image, image: Image.Image, shown: HeatMap) -> Image.Image:
    """The photo, pale outside of the map's box and coloured within."""
    from PIL import Image

    x, y, width, height = shown.box
    left, top = round(x * image.width), round(y * image.height)
    size = (max(1, round(width * image.width)), max(1, round(height * image.height)))
    strongest = float(np.abs(shown.values).max()) or 1.0
    strength = np.abs(shown.values) / strongest * MOST_OPAQUE
    cells = np.empty((*shown.values.shape, 4), dtype=np.uint8)
    cells[..., :3] = np.where(shown.values[..., np.newaxis] < 0, AGAINST_COLOUR, FOR_COLOUR)
    cells[..., 3] = np.rint(strength * 255)
    colours = Image.fromarray(cells, "RGBA").resize(size, Image.Resampling.BILINEAR)
    within = Image.new("RGBA", image.size, (0, 0, 0, 0))
    within.paste(colours, (left, top))
    seen = Image.new("L", image.size, 0)
    seen.paste(255, (left, top, left + size[0], top + size[1]))
    whole = Image.composite(image, faded, seen).convert("RGBA")
    return Image.alpha_composite(whole, within).convert("RGB")
