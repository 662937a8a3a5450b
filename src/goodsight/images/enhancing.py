"""Mends a photo to search with where something is wrong with it, and only there.

A dark or pale photo is stretched over the whole range of lightness, all channels alike, so that
colours stay; a blurred one is sharpened. Catalogue photos are taken as they are.
docs/decisions/0013 has what it brings.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from goodsight.core.types import Finding, Photo

__all__ = ["enhanced"]

# Of the darkest and of the lightest pixels, left out of the stretch: glints and dead corners.
CUT_OFF_PERCENT = (1, 1)
SHARPENING_RADIUS_SHARE = 0.023
SHARPENING_PERCENT = 200
MENDED = frozenset({Finding.DARK, Finding.LOW_CONTRAST, Finding.BLURRED})


def enhanced(photo: Photo) -> Photo:
    """The photo mended, without the findings that were; the very same where there are none."""
    wrong = MENDED & set(photo.findings)
    if not wrong:
        return photo
    picture = Image.fromarray(photo.pixels)
    if wrong & {Finding.DARK, Finding.LOW_CONTRAST}:
        picture = ImageOps.autocontrast(picture, cutoff=CUT_OFF_PERCENT, preserve_tone=True)
    if Finding.BLURRED in wrong:
        radius = SHARPENING_RADIUS_SHARE * min(picture.size)
        picture = picture.filter(ImageFilter.UnsharpMask(radius, SHARPENING_PERCENT, 0))
    kept = tuple(finding for finding in photo.findings if finding not in wrong)
    return replace(photo, pixels=np.asarray(picture), findings=kept)
