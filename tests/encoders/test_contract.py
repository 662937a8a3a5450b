"""What every encoder keeps, bundled or a folder of one's own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from encoders.joint_models import joint_folder
from encoders.photos import drawn_photo
from encoders.tiny_models import GOOD_FOLDERS, good_folder, joined_folder
from goodsight.core.types import Photo
from goodsight.encoders import BUNDLED, ModelLibrary, open_folder

CPU = ("CPUExecutionProvider",)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return ModelLibrary(tmp_path_factory.mktemp("models"))


def own_folder(root, name):
    if name == "side-by-side":
        return joined_folder(root)
    return joint_folder(root) if name == "colours" else good_folder(root, name)


@pytest.fixture(scope="module", params=[*BUNDLED, *GOOD_FOLDERS, "colours", "side-by-side"])
def encoder(request, library, tmp_path_factory):
    if request.param in BUNDLED:
        return library.open(request.param)
    return open_folder(own_folder(tmp_path_factory.mktemp("own"), request.param), CPU)


@pytest.fixture(scope="module")
def photos():
    return [drawn_photo(seed) for seed in range(5)]


def test_rows_are_unit_vectors_of_the_cards_dimension(encoder, photos):
    found = encoder.encode_photos(photos)
    assert found.vectors.shape == (5, encoder.card.dimension)
    assert found.vectors.dtype == found.features.dtype == np.float32
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert found.space == encoder.card.space


def test_vectors_are_the_features_scaled_network_by_network(encoder, photos):
    found = encoder.encode_photos(photos)
    blocks = np.split(found.features, np.cumsum(encoder.card.feature_blocks)[:-1], axis=1)
    scaled = [block / np.linalg.norm(block, axis=1, keepdims=True) for block in blocks]
    expected = np.concatenate(scaled, axis=1) / np.sqrt(len(blocks))
    np.testing.assert_allclose(expected, found.vectors, atol=1e-6)


def test_a_photo_gets_the_same_vector_alone_and_in_company(encoder, photos):
    together = encoder.encode_photos(photos).vectors
    alone = np.concatenate([encoder.encode_photos([photo]).vectors for photo in photos])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_different_photos_get_different_vectors(encoder, photos):
    vectors = encoder.encode_photos(photos).vectors
    off_diagonal = (vectors @ vectors.T)[~np.eye(5, dtype=bool)]
    assert off_diagonal.max() < 0.99999


def test_no_photos_give_no_rows(encoder):
    found = encoder.encode_photos([])
    assert found.vectors.shape == (0, encoder.card.dimension)


def test_threads_may_share_it(encoder, photos):
    expected = encoder.encode_photos(photos).vectors
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda p: encoder.encode_photos([p]).vectors[0], photos * 8))
    np.testing.assert_allclose(np.stack(rows), np.tile(expected, (8, 1)), atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (8, 900), (1000, 1400)])
def test_photos_of_any_size(encoder, size):
    pixels = drawn_photo(1, *size).pixels
    found = encoder.encode_photos([Photo("x", "h", pixels, size[1], size[0])])
    assert np.linalg.norm(found.vectors) == pytest.approx(1, abs=1e-5)


def test_feature_maps_average_to_the_features_where_they_are_pooled(encoder, photos):
    shows_maps = encoder.card.name in (*BUNDLED, "plain")
    joined = len(encoder.card.feature_blocks) > 1
    assert hasattr(encoder, "encode_feature_maps") == (shows_maps and not joined)
    if hasattr(encoder, "encode_feature_maps"):
        found = encoder.encode_feature_maps(photos)
        assert found.maps.ndim == 4
        assert found.space == encoder.card.space
        features = encoder.encode_photos(photos).features
        np.testing.assert_allclose(found.maps.mean((2, 3)), features, atol=1e-4)
        assert encoder.encode_feature_maps([]).maps.shape == (0, *found.maps.shape[1:])


def test_positions_average_to_the_features_block_by_block(encoder, photos):
    shows_maps = encoder.card.name in (*BUNDLED, "plain")
    assert hasattr(encoder, "encode_positions") == shows_maps
    if shows_maps:
        maps = encoder.encode_positions(photos[0])
        assert tuple(len(shown) for shown in maps) == encoder.card.feature_blocks
        averaged = np.concatenate([shown.mean((1, 2)) for shown in maps])
        features = encoder.encode_photos(photos[:1]).features[0]
        np.testing.assert_allclose(averaged, features, atol=1e-4)


def test_the_same_photo_gets_the_same_numbers_each_time(encoder, photos):
    once, again = (encoder.encode_photos(photos) for _ in range(2))
    np.testing.assert_array_equal(once.vectors, again.vectors)
    np.testing.assert_array_equal(once.features, again.features)


def test_pixels_may_lie_in_memory_in_any_way(encoder, photos):
    plain = photos[0]
    upside_down = np.ascontiguousarray(plain.pixels[::-1, ::-1])[::-1, ::-1]
    found = encoder.encode_photos([replace(plain, pixels=upside_down)]).vectors
    np.testing.assert_array_equal(found, encoder.encode_photos([plain]).vectors)


def test_the_space_is_stable(encoder, library, tmp_path):
    name = encoder.card.name
    again = library.open(name) if name in BUNDLED else None
    again = again or open_folder(own_folder(tmp_path, name), CPU)
    assert again.card.space == encoder.card.space
    assert len(encoder.card.space) == 16


def test_spaces_differ_between_models(tmp_path, library):
    cards = [library.card(name) for name in BUNDLED]
    cards += [open_folder(good_folder(tmp_path, name), CPU).card for name in GOOD_FOLDERS]
    assert len({card.space for card in cards}) == len(cards)
