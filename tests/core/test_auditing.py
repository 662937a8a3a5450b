"""Figures of an audit on vectors whose faults are known."""

import dataclasses

import numpy as np
import pytest

from goodsight.core.auditing import NOISE_STEP, drift, spread, worst_noise
from goodsight.core.projecting import FeatureBatch, fit_projection
from goodsight.core.scoring import unit_rows
from goodsight.core.shortening import principal
from goodsight.core.types import Photo


def units(count, dimension, seed=0, shift=0.0):
    rng = np.random.default_rng(seed)
    return unit_rows((rng.normal(size=(count, dimension)) + shift).astype(np.float32))


def test_vectors_in_all_directions_have_the_rank_of_their_space():
    found = spread(units(4000, 16))
    assert found.effective_rank == pytest.approx(16, abs=0.2)
    assert found.mean_cosine == pytest.approx(0, abs=0.01)
    assert (found.flat, found.broken) == (0, 0)


def test_collapsed_vectors_have_little_rank_or_one_direction():
    rng = np.random.default_rng(1)
    plane = np.zeros((500, 16), np.float32)
    plane[:, :2] = rng.normal(size=(500, 2))
    found = spread(unit_rows(plane))
    assert found.effective_rank < 2.1
    assert found.flat == 14
    assert spread(units(500, 16, shift=9)).mean_cosine > 0.9


def test_the_mean_cosine_is_that_of_all_pairs():
    vectors = units(40, 5, shift=1)
    pairs = (vectors @ vectors.T)[np.triu_indices(40, 1)]
    assert spread(vectors).mean_cosine == pytest.approx(float(pairs.mean()), abs=1e-5)


def test_what_is_no_unit_vector_is_counted():
    vectors = units(100, 8)
    vectors[3] = np.nan
    vectors[7] *= 2
    vectors[9] = 0
    found = spread(vectors)
    assert found.broken == 3
    assert np.isfinite(found.effective_rank)


def test_drift_is_none_for_the_same_photos_and_large_for_another_kind():
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(20, 32))
    features = (np.repeat(centres, 6, axis=0) + rng.normal(0, 0.3, (120, 32))).astype(np.float32)
    products = np.repeat(np.arange(20), 6)
    projection = fit_projection([FeatureBatch(products, features)], (32,), rooted=False)
    assert drift(features, projection) == pytest.approx(0, abs=1e-5)
    assert drift(features[: len(features) // 2], projection) < 0.5
    assert drift(features + 4, projection) > 2


def test_drift_is_told_of_a_space_that_subtracts_nothing():
    features = np.abs(units(120, 16, seed=8)) + 0.1
    batch = FeatureBatch(np.repeat(np.arange(12), 10), features)
    projection = principal([batch], (16,), 8)
    assert not projection.mean.any()
    assert drift(features, projection) == pytest.approx(0, abs=1e-5)
    other = features.copy()
    other[:, :4] *= 6
    assert drift(other, projection) > 1
    assert drift(features, dataclasses.replace(projection, photo_mean=None)) is None


def test_noise_that_turns_a_vector_is_found_and_stays_small():
    rng = np.random.default_rng(3)
    pixels = rng.integers(60, 200, (56, 56, 3), dtype=np.uint8)
    photo = Photo("a", "h", pixels, 56, 56)
    weights = rng.normal(size=(8, 56 * 56 * 3)).astype(np.float32)

    def encode(photos):
        flat = np.stack([p.pixels.reshape(-1).astype(np.float32) - 128 for p in photos])
        return unit_rows(flat @ weights.T)

    found, cosine = worst_noise(photo, encode, tries=20, seed=0)
    [original, noisy] = encode([photo, found])
    assert cosine == pytest.approx(float(original @ noisy), abs=1e-5)
    assert cosine < 0.999
    change = np.abs(found.pixels.astype(int) - pixels)
    assert 0 < change.max() <= NOISE_STEP
    _, fewer = worst_noise(photo, encode, tries=2, seed=0)
    assert cosine < fewer
