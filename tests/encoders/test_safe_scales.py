import numpy as np
import pytest
from onnx import helper, numpy_helper

from encoders.tiny_models import model, plain
from goodsight.encoders.safe_scales import channel_scales, convolution_scales

LARGEST_BYTE = 255


def rounded(weights, scales):
    return np.rint(weights / scales.reshape(-1, *[1] * (weights.ndim - 1))).astype(np.int64)


def drawn(*shape, seed=0):
    # Heavy tails, as trained weights have them.
    return np.random.default_rng(seed).standard_t(3, shape).astype(np.float32)


@pytest.mark.parametrize("inputs", [1, 2, 7, 32, 33])
def test_neighbours_of_a_1x1_convolution_never_overflow(inputs):
    weights = drawn(64, inputs, 1, 1)
    bytes_ = rounded(weights, channel_scales(weights, is_grouped=False))[:, :, 0, 0]
    assert np.abs(bytes_).max() <= 127
    even = bytes_[:, : inputs // 2 * 2]
    for high, low in ((LARGEST_BYTE, LARGEST_BYTE), (LARGEST_BYTE, 0), (0, LARGEST_BYTE)):
        sums = even[:, ::2] * high + even[:, 1::2] * low
        assert sums.size == 0 or (sums.max() <= 32767 and sums.min() >= -32768)


def test_any_two_weights_of_wider_convolutions_never_overflow():
    weights = drawn(16, 3, 3, 3)
    rows = rounded(weights, channel_scales(weights, is_grouped=False)).reshape(16, -1)
    sums = rows[:, :, np.newaxis] + rows[:, np.newaxis]
    others = ~np.eye(rows.shape[1], dtype=bool)
    assert np.abs(sums[:, others]).max() * LARGEST_BYTE <= 32767
    grouped = rounded(weights, channel_scales(weights, is_grouped=True)).reshape(16, -1)
    np.testing.assert_array_equal(grouped, rows)


def test_scales_are_finer_than_those_of_7_bits():
    weights = drawn(256, 96, 1, 1)
    scales = channel_scales(weights, is_grouped=False)
    eight = np.abs(weights).reshape(256, -1).max(axis=1) / 127
    assert (scales >= eight * (1 - 1e-6)).all()
    assert scales.mean() < 1.5 * eight.mean()


def test_a_depthwise_convolution_uses_all_of_8_bits():
    weights = drawn(8, 1, 3, 3)
    bytes_ = rounded(weights, channel_scales(weights, is_grouped=True))
    assert (np.abs(bytes_).reshape(8, -1).max(axis=1) == 127).all()


def test_opposite_signs_need_no_room():
    weights = np.array([[1.0, -1.0]], dtype=np.float32).reshape(1, 2, 1, 1)
    np.testing.assert_allclose(channel_scales(weights, is_grouped=False), [1 / 127])


def test_a_channel_of_nothing_has_a_scale():
    nothing = np.zeros((2, 4, 1, 1), np.float32)
    assert list(channel_scales(nothing, is_grouped=False)) == [1, 1]


def test_only_constant_weights_of_convolutions_are_scaled():
    assert sorted(convolution_scales(plain().graph)) == ["w1", "w2"]
    made = [
        helper.make_node("Relu", ["w"], ["made"]),
        helper.make_node("Conv", ["photos", "made"], ["features"]),
    ]
    constant = numpy_helper.from_array(np.ones((2, 3, 1, 1), np.float32), "w")
    assert convolution_scales(model(made, ["features"], [constant]).graph) == {}
