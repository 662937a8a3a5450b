import numpy as np
import pytest

from goodsight.core.types import Photo
from goodsight.images import views_of


def studio(colour=(200, 30, 40), side=200):
    """A square thing on a white ground."""
    pixels = np.full((side, side, 3), 250, dtype=np.uint8)
    pixels[60:140, 60:140] = colour
    return Photo("studio.jpg", "hash", pixels, side, side)


@pytest.fixture(scope="module")
def views():
    return views_of(studio(), [studio((20, 90, 200))], 12, seed=3)


def test_views_are_square_photos_of_the_shorter_side(views):
    wide = studio()
    wide = Photo("wide", "hash", np.pad(wide.pixels, ((0, 0), (0, 90), (0, 0)), "edge"), 290, 200)
    for view in (*views, *views_of(wide, [], 2, seed=0)):
        assert view.pixels.shape == (200, 200, 3)
        assert view.pixels.dtype == np.uint8
        assert (view.width, view.height) == (200, 200)


def test_the_thing_is_in_every_view_and_its_ground_is_not(views):
    for view in views:
        red = view.pixels[..., 0].astype(int) - view.pixels[..., 1:].max(axis=2)
        assert (red > 20).mean() > 0.05
    grounds = {tuple(view.pixels[2, 2] // 16) for view in views}
    assert len(grounds) > 6


def test_views_differ_and_are_the_same_for_the_same_seed(views):
    assert len({view.pixels.tobytes() for view in views}) == len(views)
    again = views_of(studio(), [studio((20, 90, 200))], 12, seed=3)
    other = views_of(studio(), [studio((20, 90, 200))], 12, seed=4)
    assert [view.pixels.tobytes() for view in views] == [view.pixels.tobytes() for view in again]
    assert views[0].pixels.tobytes() != other[0].pixels.tobytes()


def test_a_photo_without_a_ground_is_taken_whole():
    pixels = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    assert len(views_of(Photo("noise", "hash", pixels, 80, 60), [], 3, seed=0)) == 3


def test_a_tiny_photo_is_no_trouble():
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    assert len(views_of(Photo("tiny", "hash", pixels, 8, 8), [studio()], 3, seed=0)) == 3
