import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodsight.core.scoring import (
    KL_TEMPERATURE,
    blend,
    mean_vector,
    similarities,
    similarity,
    unit_rows,
)
from goodsight.core.types import Metric


def random_units(seed, count, dimension=16):
    return unit_rows(np.random.default_rng(seed).normal(size=(count, dimension)).astype("f4"))


@pytest.mark.parametrize("metric", Metric)
@given(seed=st.integers(0, 1000))
def test_a_vector_is_most_like_itself(metric, seed):
    vectors = random_units(seed, 20)
    scores = similarity(vectors[3], vectors, metric)
    assert scores.shape == (20,)
    assert scores.dtype == np.float32
    assert scores.argmax() == 3
    assert scores[3] == pytest.approx(1, abs=1e-5)


def test_euclidean_against_the_plain_definition():
    vectors = random_units(1, 5)
    squares = [sum((a - b) ** 2 for a, b in zip(vectors[0], v, strict=True)) for v in vectors]
    expected = [1 - np.sqrt(square) / 2 for square in squares]
    assert similarity(vectors[0], vectors, Metric.EUCLIDEAN) == pytest.approx(expected, abs=1e-6)


def test_kl_against_the_plain_definition():
    query, other = random_units(2, 2).astype(np.float64)
    p, q = (np.exp(v / KL_TEMPERATURE) / np.exp(v / KL_TEMPERATURE).sum() for v in (query, other))
    expected = np.exp(-np.sum(p * np.log(p / q)))
    found = similarity(query.astype("f4"), other[np.newaxis].astype("f4"), Metric.KL)
    assert found[0] == pytest.approx(expected, rel=1e-4)


def test_kl_survives_extreme_vectors():
    corner = np.zeros((2, 1280), dtype=np.float32)
    corner[0, 0] = corner[1, 1] = 1
    assert np.isfinite(similarity(corner[0], corner, Metric.KL)).all()


def test_blend_is_between_its_parts():
    assert blend(0.8, 0.8) == pytest.approx(0.8)
    assert 0.2 < blend(0.8, 0.2) < 0.8


def test_mean_vector_has_norm_one_and_survives_cancelling():
    vectors = random_units(3, 7)
    assert np.linalg.norm(mean_vector(vectors)) == pytest.approx(1, abs=1e-6)
    opposed = np.stack([vectors[0], -vectors[0]])
    assert mean_vector(opposed) == pytest.approx(vectors[0])


def test_unit_rows_leave_zero_rows_finite():
    assert np.isfinite(unit_rows(np.zeros((2, 4), dtype=np.float32))).all()


@pytest.mark.parametrize("metric", Metric)
def test_many_queries_score_as_one_by_one(metric):
    queries, vectors = random_units(4, 7), random_units(5, 20)
    together = similarities(queries, vectors, metric)
    assert together.dtype == np.float32
    one_by_one = np.stack([similarity(query, vectors, metric) for query in queries])
    assert np.allclose(together, one_by_one, atol=1e-5)
