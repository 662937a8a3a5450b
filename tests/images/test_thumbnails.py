import io

import numpy as np
import pytest
from PIL import Image

from goodsight.images import THUMBNAIL_SIDE_PIXELS, decode_photo, make_thumbnail
from images.files import difference, encoded, picture


@pytest.mark.parametrize("size", [(1600, 1200), (300, 900), (321, 320)])
def test_long_side_and_shape(size):
    image = picture(*size)
    thumbnail = Image.open(io.BytesIO(make_thumbnail(np.asarray(image))))
    assert thumbnail.format == "WEBP"
    assert max(thumbnail.size) == THUMBNAIL_SIDE_PIXELS
    assert thumbnail.width / thumbnail.height == pytest.approx(size[0] / size[1], rel=0.01)
    assert difference(thumbnail.convert("RGB"), image.resize(thumbnail.size)) < 5


def test_small_photos_keep_their_size():
    thumbnail = Image.open(io.BytesIO(make_thumbnail(np.asarray(picture(90, 60)))))
    assert thumbnail.size == (90, 60)


def test_no_metadata_survives():
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    exif.get_ifd(0x8825)[1] = "SECRET-GPS"
    data = encoded(picture(), "JPEG", exif=exif)
    assert b"SECRET" in data
    thumbnail = make_thumbnail(decode_photo(data, reference="x").pixels)
    assert b"SECRET" not in thumbnail
    opened = Image.open(io.BytesIO(thumbnail))
    assert not opened.getexif()
    assert not {"exif", "icc_profile", "xmp"} & set(opened.info)
