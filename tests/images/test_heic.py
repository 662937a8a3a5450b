"""HEIC, with a picture of 96 × 64 pixels of our own: red above left, blue below right, white else.

The picture is a file, since what reads HEIC here cannot write it.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from goodsight.core.errors import PhotoError
from goodsight.images import QUERY_LIMITS, accept_photo, decode_photo
from goodsight.images.formats import teach_heic

QUARTERS = Path(__file__).with_name("data") / "quarters.heic"
RED, BLUE, WHITE = (220, 20, 60), (65, 105, 225), (255, 255, 255)


def decode(data, **options):
    return decode_photo(data, reference="photo", **options)


def corners(pixels):
    """The mean colours of the four quarters, row by row."""
    halves = [
        half for rows in np.array_split(pixels, 2) for half in np.array_split(rows, 2, axis=1)
    ]
    return [tuple(half.mean(axis=(0, 1))) for half in halves]


def of_size(width, height):
    """The file with another size in its header."""
    sizes = [
        b"ispe\0\0\0\0" + b"".join(n.to_bytes(4) for n in size)
        for size in ((96, 64), (width, height))
    ]
    return QUARTERS.read_bytes().replace(*sizes)


def turned():
    """The file with a quarter turn against the clock, as a phone held upright writes it."""
    changes = {
        b"\x01\x3fmeta": b"\x01\x49meta",
        b"\0\xbfiprp": b"\0\xc9iprp",
        b"\0\xa1ipco": b"\0\xaaipco",
        b"\0\0\x01\x63\0\x01": b"\0\0\x01\x6d\0\x01",
        b"\0\0\0\x16ipma": b"\0\0\0\x09irot\x01\0\0\0\x17ipma",
        b"\x03\x81\x02\x83": b"\x04\x81\x02\x83\x84",
    }
    data = QUARTERS.read_bytes()
    for old, new in changes.items():
        assert data.count(old) == 1
        data = data.replace(old, new)
    return data


def test_a_photo():
    photo = decode(QUARTERS.read_bytes())
    assert (photo.width, photo.height) == (96, 64)
    assert photo.pixels.shape == (64, 96, 3)
    assert np.abs(np.subtract(corners(photo.pixels), [RED, WHITE, WHITE, BLUE])).max() < 8


def test_a_photo_that_was_turned_is_upright():
    photo = decode(turned())
    assert (photo.width, photo.height) == (64, 96)
    assert photo.pixels.shape == (96, 64, 3)
    assert np.abs(np.subtract(corners(photo.pixels), [WHITE, BLUE, RED, WHITE])).max() < 8


@pytest.mark.parametrize(
    ("size", "cause"),
    [
        ((9000, 7000), "9,000 × 7,000 pixels; at most 50,000,000"),
        ((30000, 30000), "far too many pixels"),
        ((96, 4), "a side of at least 8"),
        ((96, 32), "damaged"),
        ((8, 8), "damaged"),
    ],
)
def test_sizes_are_believed_to_refuse_and_checked_to_accept(size, cause):
    with pytest.raises(PhotoError, match=cause):
        decode(of_size(*size), limits=QUERY_LIMITS)


@pytest.mark.parametrize("kept", [24, 200, 500])
def test_a_truncated_photo(kept):
    with pytest.raises(PhotoError, match=r"damaged|truncated"):
        decode(QUARTERS.read_bytes()[:kept])


def test_an_upload_is_kept_as_a_jpeg():
    accepted = accept_photo(
        QUARTERS.read_bytes(), minimum_side=64, long_side=80, limits=QUERY_LIMITS
    )
    kept = Image.open(io.BytesIO(accepted.kept))
    assert (kept.format, kept.size) == ("JPEG", (80, 53))


BROKEN = """
import random, sys
from pathlib import Path
from goodsight.core.errors import PhotoError
from goodsight.images import decode_photo
data = Path(sys.argv[1]).read_bytes()
chance = random.Random(7)
refused = 0
for _ in range(500):
    broken = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        broken[chance.randrange(12, len(data))] = chance.randrange(256)
    try:
        decode_photo(bytes(broken), reference="photo")
    except PhotoError:
        refused += 1
print(refused)
"""


def test_mutated_photos_are_refused_or_read_and_break_nothing():
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, QUARTERS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_without_the_extra_the_reason_says_how_to_get_it():
    script = (
        "import sys; sys.modules['pi_heif'] = None\n"
        "from goodsight.core.errors import PhotoError\n"
        "from goodsight.images import decode_photo\n"
        "try: decode_photo(open(sys.argv[1], 'rb').read(), reference='a.heic')\n"
        "except PhotoError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, QUARTERS], capture_output=True, text=True, check=True
    )
    assert (
        "a.heic: a HEIC photo needs the extra 'heic': pip install 'goodsight[heic]'" in done.stdout
    )


def test_other_formats_are_read_as_before():
    teach_heic("photo")
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), RED).save(buffer, "AVIF")
    assert decode(buffer.getvalue()).pixels.shape == (40, 40, 3)
