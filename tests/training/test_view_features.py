"""Features of views: parts out of the map, the photo taken anew, kept on the disk."""

import numpy as np
import pytest

pytest.importorskip("torch")

from goodsight.core.types import Photo
from goodsight.encoders import DEFAULT_PROVIDERS, ModelLibrary, open_model_folder
from goodsight.images import augmented
from goodsight.training.network_export import export_network
from goodsight.training.new_folder import Origin
from goodsight.training.view_features import ViewFeatures
from small_shop import draw_seen
from training.networks import PREPROCESSING, Plain, made

HASH = "ab" * 32


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return ModelLibrary(tmp_path_factory.mktemp("models")).open("efficientnet-lite0")


@pytest.fixture(scope="module")
def photo():
    pixels = np.asarray(draw_seen(4, 2).resize((320, 240)))
    return Photo("four", HASH, pixels, 320, 240)


def test_parts_are_near_what_the_encoder_sees_of_them(encoder, photo, tmp_path):
    views = ViewFeatures(encoder, tmp_path, augmentations=1).of(photo)
    # Five parts of the photo; another photo of it, and five parts of that.
    assert views.shape == (5 + 6, encoder.card.dimension)
    seen = augmented(photo, int(HASH[:8], 16), side=256)
    whole = encoder.encode_photos([seen]).features[0]
    np.testing.assert_allclose(views[5], whole, atol=0.02 * np.abs(whole).max())
    cut = Photo("part", HASH, photo.pixels[:168, :224].copy(), 224, 168)
    part = encoder.encode_photos([cut]).features[0]
    cosines = views[:5] @ part / np.linalg.norm(views[:5], axis=1) / np.linalg.norm(part)
    assert cosines.min() > 0.5


def test_views_are_the_same_from_the_disk_and_another_time(encoder, photo, tmp_path):
    maker = ViewFeatures(encoder, tmp_path, augmentations=2)
    assert maker.kept(HASH) is None
    views = maker.of(photo)
    np.testing.assert_array_equal(maker.kept(HASH), views)
    other = ViewFeatures(encoder, tmp_path / "other", augmentations=2)
    np.testing.assert_array_equal(other.of(photo), views)
    assert ViewFeatures(encoder, tmp_path, augmentations=1).kept(HASH) is None


def test_a_broken_or_hostile_file_is_made_anew(encoder, photo, tmp_path):
    maker = ViewFeatures(encoder, tmp_path, augmentations=0)
    views = maker.of(photo)
    [path] = tmp_path.rglob("*.npy")
    path.write_bytes(path.read_bytes()[:100])
    assert maker.kept(HASH) is None
    np.save(path, np.array([print], dtype=object), allow_pickle=True)
    assert maker.kept(HASH) is None
    np.testing.assert_array_equal(maker.of(photo), views)
    np.testing.assert_array_equal(maker.kept(HASH), views)


def test_an_augmented_photo_differs_by_seed_and_not_by_chance(photo):
    first = augmented(photo, 1, side=96)
    assert first.pixels.shape == (96, 96, 3)
    np.testing.assert_array_equal(first.pixels, augmented(photo, 1, side=96).pixels)
    assert (first.pixels != augmented(photo, 2, side=96).pixels).any()


def test_a_map_that_is_not_what_was_pooled_gives_no_parts(photo, tmp_path):
    origin = Origin("small", "Apache-2.0", "made by a test")
    export_network(made(Plain), PREPROCESSING, origin=origin, folder=tmp_path / "small")
    small = open_model_folder(tmp_path / "small", DEFAULT_PROVIDERS)
    views = ViewFeatures(small, tmp_path / "views", augmentations=3).of(photo)
    assert views.shape == (3, small.card.dimension)
    assert ViewFeatures(small, tmp_path / "views", augmentations=0).of(photo).shape[0] == 0
