"""Windows of a map are means of its parts."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the room is tested with torch: make test-torch")

from goodsight.training.map_views import WINDOWS, window_features


def test_a_window_knows_its_own_part_of_the_photo_only():
    positions = np.zeros((2, 10, 10), dtype=np.float32)
    positions[0, :3, :3] = 1
    positions[1, -3:, -3:] = 49
    features = window_features([positions, np.full((3, 7, 5), 2, dtype=np.float32)])
    assert features.shape == (WINDOWS, 5)
    # Corners in reading order, then the middle, which holds the corners' inner parts.
    np.testing.assert_allclose(features[:4, 0], [9 / 49, 0, 0, 0])
    np.testing.assert_allclose(features[:4, 1], [0, 0, 0, 9])
    assert 0 < features[4, 0] < features[0, 0]
    np.testing.assert_allclose(features[:, 2:], 2)


def test_a_map_of_one_position_has_windows_too():
    assert window_features([np.ones((4, 1, 1), dtype=np.float32)]).shape == (WINDOWS, 4)
