import numpy as np
import pytest

from goodsight.core.resampling import group_numbers, mean_intervals, ratio_intervals


def alone(count):
    return np.arange(count)


def test_a_share_s_interval_is_the_normal_approximation_s():
    right = np.repeat([1.0, 0.0], [240, 160])[:, None]
    [(low, high)] = mean_intervals(right, alone(400))
    half = 1.96 * np.sqrt(0.6 * 0.4 / 400)
    assert low == pytest.approx(0.6 - half, abs=0.008)
    assert high == pytest.approx(0.6 + half, abs=0.008)


def test_a_mean_s_interval_is_the_normal_approximation_s():
    values = np.random.default_rng(1).exponential(size=(500, 2)) * [1, 10]
    intervals = mean_intervals(values, alone(500))
    halves = 1.96 * values.std(axis=0) / np.sqrt(500)
    for (low, high), mean, half in zip(intervals, values.mean(axis=0), halves, strict=True):
        assert low == pytest.approx(mean - half, abs=0.2 * half)
        assert high == pytest.approx(mean + half, abs=0.2 * half)


def test_copies_of_a_query_are_no_evidence():
    generator = np.random.default_rng(2)
    values = (generator.random(50) < 0.5).astype(float)
    [single] = mean_intervals(values[:, None], alone(50))
    copied = np.repeat(values, 20)[:, None]
    [grouped] = mean_intervals(copied, np.repeat(np.arange(50), 20))
    [naive] = mean_intervals(copied, alone(1000))
    assert grouped == pytest.approx(single)
    assert naive[1] - naive[0] < 0.4 * (grouped[1] - grouped[0])


def test_large_groups_weigh_as_many_queries():
    values = np.array([1.0] * 90 + [0.0] * 10)[:, None]
    groups = np.repeat([0, 1], [90, 10])
    assert mean_intervals(values, groups) == [(0.0, 1.0)]


def test_a_ratio_is_of_sums():
    generator = np.random.default_rng(3)
    below = generator.integers(1, 5, (300, 1)).astype(float)
    above = below * 0.8
    [(low, high)] = ratio_intervals(above, below, alone(300))
    assert (low, high) == (pytest.approx(0.8), pytest.approx(0.8))


def test_many_queries_in_pieces_give_what_they_give_at_once(monkeypatch):
    values = np.random.default_rng(4).random((100, 1))
    at_once = mean_intervals(values, alone(100))
    monkeypatch.setattr("goodsight.core.resampling.DRAWN_AT_ONCE", 100)
    assert mean_intervals(values, alone(100)) == [pytest.approx(at_once[0])]


def test_nothing_has_no_interval():
    [(low, high)] = mean_intervals(np.zeros((0, 1)), alone(0))
    assert np.isnan(low)
    assert np.isnan(high)


def test_names_are_numbered_and_an_empty_one_stands_alone():
    assert group_numbers(["a", "", "b", "", "a"]).tolist() == [0, 1, 2, 3, 0]
