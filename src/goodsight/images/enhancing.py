"""Mends a photo to search with where it is dark or pale, and only there.

It is stretched over the whole range of lightness, all channels alike, so that colours stay.
Catalogue photos are taken as they are. docs/decisions/0013 has what it brings, and why a blurred
photo is left blurred.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageOps

from goodsight.core.types import Finding, Photo

__all__ = ["enhanced"]

# Of the darkest and of the lightest pixels, left out of the stretch: glints and dead corners.
CUT_OFF_PERCENT = (1, 1)
MENDED = frozenset({Finding.DARK, Finding.LOW_CONTRAST})


def enhanced(photo: Photo) -> Photo:
    """The photo mended, without the findings that were; the very same where there are none."""
    if not MENDED & set(photo.findings):
        return photo
    picture = ImageOps.autocontrast(
        Image.fromarray(photo.pixels), cutoff=CUT_OFF_PERCENT, preserve_tone=True
    )
    kept = tuple(finding for finding in photo.findings if finding not in MENDED)
    return replace(photo, pixels=np.asarray(picture), findings=kept)
