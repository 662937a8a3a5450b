"""JPEGs without metadata: the same picture, and nothing else of the file."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from goodsight.images import QUERY_LIMITS, accept_photo, decode_photo
from goodsight.images.stripping import stripped_jpeg
from small_shop import draw_shape


def jpeg(image=None, orientation=1, **options) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    buffer = io.BytesIO()
    picture = image or draw_shape(1, size=170)
    picture.save(buffer, "JPEG", exif=exif, comment=b"secret comment", **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"progressive": True},
        {"quality": 100, "subsampling": 0},
        {"restart_marker_blocks": 2},
        {"xmp": b"<x>secret xmp</x>"},
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_the_picture_stays_and_the_rest_goes(mode, options):
    data = jpeg(draw_shape(2, size=170).convert(mode), **options)
    # Phones append a second picture with an EXIF of its own.
    stripped = stripped_jpeg(data + jpeg())
    assert b"ecret" in data
    assert b"ecret" not in stripped
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert not after.getexif()
        assert after.size == before.size
        assert np.array_equal(np.asarray(before), np.asarray(after))


def test_a_colour_profile_stays():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with Image.open(io.BytesIO(stripped_jpeg(jpeg(icc_profile=profile)))) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_photo_on_its_side_is_made_anew_upright(orientation):
    data = jpeg(draw_shape(3, size=170).crop((0, 0, 170, 100)), orientation=orientation)
    assert stripped_jpeg(data) is None
    accepted = accept_photo(data, minimum_side=64, long_side=1600, limits=QUERY_LIMITS)
    assert b"ecret" not in accepted.kept
    upright = decode_photo(data, reference="a")
    again = decode_photo(accepted.kept, reference="b")
    assert again.pixels.shape == upright.pixels.shape
    assert np.abs(again.pixels.astype(int) - upright.pixels).mean() < 3


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no photo", b"\x89PNG"])
def test_what_is_no_whole_jpeg_is_none(data):
    assert stripped_jpeg(data) is None


def test_other_formats_and_large_photos_are_made_anew():
    buffer = io.BytesIO()
    draw_shape(4).save(buffer, "PNG")
    accepted = accept_photo(buffer.getvalue(), minimum_side=64, long_side=1600, limits=QUERY_LIMITS)
    assert accepted.kept.startswith(b"\xff\xd8")
    large = accept_photo(
        jpeg(draw_shape(4).resize((3000, 1000))),
        minimum_side=64,
        long_side=1600,
        limits=QUERY_LIMITS,
    )
    with Image.open(io.BytesIO(large.kept)) as image:
        assert max(image.size) <= 1600
        assert min(image.size) >= 500


@given(st.binary(max_size=2000), st.integers(0, 5000), st.integers(0, 5000))
def test_broken_files_never_raise(noise, start, length):
    data = jpeg()
    stripped = stripped_jpeg(data[:start] + noise + data[start + length :])
    assert stripped is None or stripped.startswith(b"\xff\xd8")
