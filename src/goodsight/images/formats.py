"""What a file is, told by its first bytes; its name is never believed.

HEIC, the format of iPhones, is read through libheif. Extra `heic`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from goodsight.core.errors import MissingExtra, PhotoError

__all__ = ["HEIC", "PHOTO_FORMATS", "name_of_other", "photo_format", "teach_heic"]

# Pillow's name of it, once it has been taught to read it.
HEIC = "HEIF"

# Pillow's name of each format that is read. A format outside this table is never tried.
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", HEIC)

_SIGNATURES: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}
_OTHERS: Mapping[bytes, str] = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"8BPS": "a Photoshop document",
    b"\0\0\x01\0": "an icon",
    b"<svg": "an SVG drawing",
    b"<?xml": "an XML document",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"{": "a JSON document",
}
_BITMAP_HEADER_BYTES = (12, 16, 40, 52, 56, 64, 108, 124)
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def photo_format(data: bytes) -> str | None:
    """Pillow's name of the format, or None for what is not read."""
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature) and (name != "BMP" or _is_bitmap(data)):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    brands = _brands(data) if data[4:8] == b"ftyp" else ()
    # AVIF first: both bear the brand of what they have in common.
    for name, known in (("AVIF", _AVIF_BRANDS), (HEIC, _HEIC_BRANDS)):
        if any(brand in brands for brand in known):
            return name
    return None


def name_of_other(data: bytes) -> str:
    """What a file is that is not read, in words, with what to do about it where that is known."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<?xml") and b"<svg" in start:
        return "an SVG drawing"
    for signature, name in _OTHERS.items():
        if data.startswith(signature) or start.startswith(signature.lower()):
            return name
    return "no photo that can be read (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC)"


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


def _is_bitmap(data: bytes) -> bool:
    """Two letters begin many a text: a bitmap also has a header of a known length."""
    return int.from_bytes(data[14:18], "little") in _BITMAP_HEADER_BYTES


def _brands(data: bytes) -> tuple[bytes, ...]:
    """Major and compatible brands of an ISO media file."""
    length = min(int.from_bytes(data[:4], "big"), 256)
    return (data[8:12], *(data[at : at + 4] for at in range(16, length, 4)))
