"""HEIC, the format of iPhones, through libheif. Extra `heic`."""

from __future__ import annotations

from functools import cache

from goodsight.core.errors import MissingExtra, PhotoError

__all__ = ["HEIC", "teach_heic"]

# Pillow's name of it, once it has been taught to read it.
HEIC = "HEIF"


def teach_heic(reference: str) -> None:
    """Let Pillow read HEIC. Raises PhotoError that names the extra where that is missing."""
    if not _taught():
        missing = MissingExtra("a HEIC photo", extra="heic")
        raise PhotoError(f"{missing}; or save it as JPEG", reference=reference)


@cache
def _taught() -> bool:
    try:
        import pi_heif
    except ImportError:
        return False
    # One thread for each photo, as for other formats: photos are decoded side by side.
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    return True
