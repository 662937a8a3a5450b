import numpy as np
import pytest

from goodsight.core.reliability import calibration_error, reliability


def test_bins_hold_what_falls_into_them():
    bins = reliability([0.0, 0.05, 0.1, 0.95, 1.0], [False, True, True, True, False])
    assert len(bins) == 10
    assert [one.count for one in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[0].confidence, bins[0].right) == (pytest.approx(0.025), 0.5)
    assert (bins[9].confidence, bins[9].right) == (pytest.approx(0.975), 0.5)
    assert (bins[5].confidence, bins[5].right) == (None, None)


def test_the_error_is_the_weighted_gap():
    generator = np.random.default_rng(0)
    confidences = generator.random(500)
    right = generator.random(500) < confidences**2
    expected = 0.0
    for number in range(10):
        chosen = np.minimum((confidences * 10).astype(int), 9) == number
        gap = abs(confidences[chosen].mean() - right[chosen].mean())
        expected += chosen.mean() * gap
    found = calibration_error(reliability(confidences.tolist(), right.tolist()))
    assert found == pytest.approx(expected)


def test_honest_confidences_have_almost_no_error():
    confidences = np.random.default_rng(1).random(20_000)
    right = np.random.default_rng(2).random(20_000) < confidences
    assert calibration_error(reliability(confidences.tolist(), right.tolist())) < 0.02


def test_without_a_confidence_there_is_no_table():
    assert reliability([], []) == ()
    assert calibration_error(()) is None
