import numpy as np
import pytest

from core.test_projecting import drawn
from goodsight.core.cross_fitting import (
    catalogue_calibrations,
    cross_fitted_queries,
    sampled,
    view_calibrations,
)
from goodsight.core.projecting import FeatureBatch, fit_projection
from goodsight.core.scoring import blend, mean_vector, similarity, unit_rows
from goodsight.core.types import Metric


def bursts(seed, products=20, size=12):
    """Products of three bursts of four shots each; the shots of a burst hardly differ."""
    apart = drawn(seed, products=products, photos=3, size=size)
    rng = np.random.default_rng(seed)
    features = np.repeat(apart.features, 4, axis=0)
    features = features + rng.normal(0, 0.001, features.shape).astype(np.float32)
    return FeatureBatch(np.repeat(apart.products, 4), features)


@pytest.mark.parametrize("metric", Metric)
def test_products_are_scored_as_everywhere(metric):
    rng = np.random.default_rng(0)
    vectors = unit_rows(rng.normal(size=(12, 5)).astype(np.float32))
    products = np.repeat([7, 3, 9], 4)
    asked = unit_rows(rng.normal(size=(1, 5)).astype(np.float32))
    known, unknown = cross_fitted_queries(vectors, products, asked, np.array([3]), metric)
    scores = {
        name: blend(
            float(similarity(asked[0], vectors[products == name], metric).max()),
            float(
                similarity(asked[0], mean_vector(vectors[products == name])[np.newaxis], metric)[0]
            ),
        )
        for name in (3, 7, 9)
    }
    order = sorted(scores, key=scores.get, reverse=True)
    assert known.scores == pytest.approx([scores[name] for name in order], abs=1e-6)
    assert known.right == order.index(3)
    assert unknown.right is None
    assert unknown.scores == pytest.approx([scores[n] for n in order if n != 3], abs=1e-6)
    assert known.weight == 1 > unknown.weight


def test_bursts_do_not_make_it_too_sure():
    """Dealt blindly, every query would find its own burst and be right."""
    found = catalogue_calibrations(bursts(1, products=60), [12], rooted=False, project=True)
    assert set(found) == set(Metric)
    apart = drawn(1, products=60, photos=3)
    alone = catalogue_calibrations(apart, [12], rooted=False, project=True)
    # Four shots for one change how much is known about a photo that is new by little.
    ratio = found[Metric.COSINE].temperature / alone[Metric.COSINE].temperature
    assert 0.4 < ratio < 2.5


def test_halves_too_small_to_learn_from_say_nothing():
    """Their own space is not the one that the whole will be searched in."""
    small = drawn(1, products=12, photos=6)
    assert fit_projection([small], [12], rooted=False) is not None
    assert not catalogue_calibrations(small, [12], rooted=False, project=True)
    assert catalogue_calibrations(small, [12], rooted=False, project=False)


def test_the_easier_the_catalogue_the_surer():
    easy = drawn(0, photos=8)
    easy.features[:, -3:] *= 0.02
    hard = drawn(0, photos=8)
    hard.features[:, :4] *= 0.2
    calibrations = [
        catalogue_calibrations(batch, [12], rooted=False, project=False)[Metric.COSINE]
        for batch in (easy, hard)
    ]
    sure, doubtful = (c.confidences([0.95, 0.85, 0.8])[0] for c in calibrations)
    assert sure > doubtful


def test_one_photo_each_says_nothing():
    single = drawn(products=0, single=80)
    assert catalogue_calibrations(single, [12], rooted=False, project=False) == {}


def test_views_are_asked_for_among_the_photos():
    rng = np.random.default_rng(0)
    own = FeatureBatch(np.arange(30), rng.normal(size=(30, 12)).astype(np.float32))
    views = FeatureBatch(
        np.repeat(np.arange(30), 4),
        (np.repeat(own.features, 4, axis=0) + rng.normal(0, 0.2, (120, 12))).astype(np.float32),
    )
    found = view_calibrations(own, views, None, [12])
    assert found[Metric.COSINE].confidences([0.95, 0.5])[0] > 0.9


def test_a_sample_keeps_products_whole():
    batches = [FeatureBatch(np.repeat(np.arange(s, s + 50), 3), np.ones((150, 4), np.float32))
               for s in range(0, 5000, 50)]  # fmt: skip
    found = sampled(batches, 15000)
    assert 4000 < len(found.products) < 7000
    assert (np.unique(found.products, return_counts=True)[1] == 3).all()
    assert sampled([], 0) is None
