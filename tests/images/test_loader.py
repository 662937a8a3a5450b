import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from goodsight.core.errors import PhotoError
from goodsight.images import CATALOGUE_LIMITS, FilePhotoLoader, PhotoLimits
from images.files import encoded, picture


@pytest.fixture
def loader():
    return FilePhotoLoader(256, CATALOGUE_LIMITS)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(picture(640, 480), "JPEG"))
    return path


def refused(action, cause):
    with pytest.raises(PhotoError, match=cause):
        action()


def test_hash_and_photo_agree(loader, file):
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    assert loader.content_hash(str(file)) == loader.load(str(file)).content_hash == expected


def test_what_cannot_be_read_is_named(loader, tmp_path):
    for action in (loader.content_hash, loader.load):
        refused(lambda action=action: action(str(tmp_path / "none.jpg")), "no such file")
        refused(lambda action=action: action(str(tmp_path)), "it is a folder")
        refused(lambda action=action: action("https://shop/photo.jpg"), "photos by URL")
        refused(lambda action=action: action("with\0null.jpg"), "cannot be read")
        refused(lambda action=action: action("x" * 5000 + ".jpg"), "cannot be read")


def test_a_pipe_is_refused_instead_of_waited_for(loader, tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    refused(lambda: loader.content_hash(str(tmp_path / "pipe.jpg")), "no plain file")


def test_too_many_bytes_are_not_even_hashed(file):
    strict = FilePhotoLoader(256, PhotoLimits(max_bytes=100, max_pixels=10**7))
    refused(lambda: strict.content_hash(str(file)), "at most 100 are read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(loader, file):
    file.chmod(0)
    refused(lambda: loader.load(str(file)), "it may not be read")


def test_many_threads_decode_the_same(loader, file):
    expected = loader.load(str(file)).pixels
    barrier = threading.Barrier(4)

    def load(_):
        barrier.wait()
        return loader.load(str(file)).pixels

    with ThreadPoolExecutor(4) as pool:
        for pixels in pool.map(load, range(8)):
            np.testing.assert_array_equal(pixels, expected)
