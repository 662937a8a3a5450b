"""JPEGs without what is not the picture: EXIF, positions, comments, previews, anything appended.

No pixel is touched, which makes it a thousand times cheaper than making the file anew.
"""

from __future__ import annotations

from contextlib import suppress

from PIL import ExifTags, Image

__all__ = ["stripped_jpeg"]

START_OF_IMAGE = b"\xff\xd8"
END_OF_IMAGE = 0xD9
START_OF_SCAN = 0xDA
EXIF = b"Exif\x00\x00"
# A colour profile is kept, for without it colours are other ones; and the marker that tells
# how channels are coded.
COLOUR_PROFILE = (0xE2, b"ICC_PROFILE\x00")
ADOBE = (0xEE, b"Adobe")
# Tables, frame headers, restart intervals: what a decoder needs.
NEEDED = frozenset({0xDB, 0xC4, 0xCC, 0xDD, *range(0xC0, 0xD0)})
UPRIGHT = 1


def stripped_jpeg(data: bytes) -> bytes | None:
    """The JPEG with nothing but its picture.

    None for one that does not read to its end, or lies on its side: its EXIF says so, and
    without that it would fall over.
    """
    if not data.startswith(START_OF_IMAGE):
        return None
    kept, position = [START_OF_IMAGE], 2
    with suppress(IndexError):
        while True:
            if data[position] != 0xFF:
                return None
            marker = data[position + 1]
            if marker == 0xFF:  # a fill byte
                position += 1
                continue
            if marker == END_OF_IMAGE:
                return b"".join([*kept, b"\xff\xd9"])
            end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
            body = data[position + 4 : end]
            if end > len(data) or end < position + 4:
                return None
            if not _is_upright(marker, body):
                return None
            if marker == START_OF_SCAN:
                end = _end_of_scan(data, end)
            if marker in NEEDED or marker == START_OF_SCAN or _tells_colours(marker, body):
                kept.append(data[position:end])
            position = end
    return None


def _tells_colours(marker: int, body: bytes) -> bool:
    return any(marker == kind and body.startswith(start) for kind, start in (COLOUR_PROFILE, ADOBE))


def _is_upright(marker: int, body: bytes) -> bool:
    if marker != 0xE1 or not body.startswith(EXIF):
        return True
    exif = Image.Exif()
    # A broken EXIF block says nothing about the picture itself.
    with suppress(Exception):
        exif.load(body)
        return int(exif.get(ExifTags.Base.Orientation, UPRIGHT)) == UPRIGHT
    return True


def _end_of_scan(data: bytes, position: int) -> int:
    """Where the coded picture ends: at the first marker that is neither escaped nor a restart.

    Raises IndexError where it does not end.
    """
    while True:
        position = data.find(b"\xff", position)
        if position < 0:
            raise IndexError
        follower = data[position + 1]
        if follower == 0x00 or 0xD0 <= follower <= 0xD7:
            position += 2
        elif follower == 0xFF:
            position += 1
        else:
            return position
