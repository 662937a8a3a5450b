"""Whether a text that a person gave means a photo."""

from __future__ import annotations

from pathlib import Path

__all__ = ["names_a_photo"]

PHOTO_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)


def names_a_photo(text: str) -> bool:
    """Whether a text is a URL, an existing file, or a path with a photo's ending."""
    if text.startswith(("http://", "https://")) or Path(text).suffix.lower() in PHOTO_ENDINGS:
        return True
    try:
        return Path(text).expanduser().is_file()
    except (OSError, ValueError):  # too long, or with a character no path may have
        return False
