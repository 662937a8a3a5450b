"""What a photo may be, checked before it is decoded."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATALOGUE_LIMITS", "QUERY_LIMITS", "PhotoLimits"]


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Bytes of the file, pixels of the picture, and the least side worth looking at."""

    max_bytes: int
    max_pixels: int
    min_side_pixels: int = 8


CATALOGUE_LIMITS = PhotoLimits(max_bytes=16 << 20, max_pixels=64_000_000)
QUERY_LIMITS = PhotoLimits(max_bytes=16 << 20, max_pixels=50_000_000)
