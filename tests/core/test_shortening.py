"""Spaces cut to fewer numbers: what stays, what is proven, and what learning anew keeps."""

from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.compressing import ShorterSpace, loses
from goodsight.core.gating import Comparison
from goodsight.core.projecting import FeatureBatch, conditioned, fit_projection
from goodsight.core.scoring import unit_rows
from goodsight.core.shortening import compared, kept_length, learnt_anew, principal, shortened

PRODUCTS, PHOTOS, SIZE = 20, 8, 48
BLOCKS = (32, 16)


def catalogue(spread=0.5, seed=1):
    """Products around centres along twelve directions, rectified; their photos are no bursts."""
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((12, SIZE))
    centres = rng.standard_normal((PRODUCTS, 1, 12)) @ directions
    features = centres + spread * rng.standard_normal((PRODUCTS, PHOTOS, 12)) @ directions
    features += rng.normal(0, 0.05, features.shape)
    products = np.arange(PRODUCTS).repeat(PHOTOS)
    return FeatureBatch(products, np.maximum(features, 0).reshape(-1, SIZE).astype(np.float32))


def test_principal_directions_are_those_of_a_decomposition():
    sample = catalogue()
    found = principal([sample], BLOCKS, 5)
    rows = conditioned(sample.features, BLOCKS, rooted=False).astype(np.float64)
    _, _, directions = np.linalg.svd(rows, full_matrices=False)
    overlap = np.abs(directions[:5] @ found.matrix.astype(np.float64))
    np.testing.assert_allclose(overlap, np.eye(5), atol=1e-4)
    assert not found.mean.any()
    assert (found.photos, found.products, found.dimension) == (PRODUCTS * PHOTOS, PRODUCTS, 5)


def test_rooted_directions_are_those_of_rooted_features():
    sample = catalogue()
    found = principal([sample], BLOCKS, 5, rooted=True)
    rows = conditioned(sample.features, BLOCKS, rooted=True)
    expected = np.linalg.svd(rows, full_matrices=False)[2][:5]
    np.testing.assert_allclose(np.abs(found.matrix.T @ expected.T), np.eye(5), atol=2e-3)
    np.testing.assert_allclose(
        found.apply(sample.features), unit_rows(rows @ found.matrix), atol=1e-5
    )


def test_batches_add_up():
    sample = catalogue()
    parts = [
        FeatureBatch(sample.products[rows], sample.features[rows])
        for rows in (slice(0, 50), slice(50, None))
    ]
    one, two = principal([sample], BLOCKS, 7), principal(parts, BLOCKS, 7)
    np.testing.assert_allclose(np.abs(one.matrix), np.abs(two.matrix), atol=1e-5)


def test_cosines_stay_nearly_what_they_were():
    sample = catalogue()
    own = unit_rows(conditioned(sample.features, BLOCKS, rooted=False))
    cut = principal([sample], BLOCKS, 30).apply(sample.features)
    assert np.abs(own @ own.T - cut @ cut.T).max() < 0.05


def test_a_cut_keeps_the_first_numbers_and_brings_them_to_norm_1():
    sample = catalogue()
    whole = fit_projection([sample], BLOCKS, rooted=True)
    cut = shortened(whole, 6)
    expected = unit_rows(whole.apply(sample.features)[:, :6])
    np.testing.assert_allclose(cut.apply(sample.features), expected, atol=1e-5)
    assert cut.space("x") != whole.space("x")


def test_what_varies_most_comes_first_in_both_kinds():
    sample = catalogue()
    for space in (fit_projection([sample], BLOCKS, rooted=True), principal([sample], BLOCKS, 12)):
        values = conditioned(sample.features, BLOCKS, space.rooted) - space.mean
        lengths = ((values @ space.matrix) ** 2).sum(axis=0)
        assert (np.diff(lengths) <= 1e-3 * lengths[0]).all()


def test_what_was_cut_is_told_from_what_was_not():
    sample = catalogue()
    learnt = fit_projection([sample], BLOCKS, rooted=True)
    assert kept_length(None) is None
    assert kept_length(learnt) is None
    assert kept_length(shortened(learnt, 9)) == 9
    assert kept_length(principal([sample], BLOCKS, 40)) == 40
    # Learning by itself leaves a tuned space alone.
    assert kept_length(replace(shortened(learnt, 9), origin="tuned")) is None


def test_learnt_anew_it_is_of_the_same_kind_and_length():
    sample, other = catalogue(), catalogue(seed=2)
    learnt = fit_projection([sample], BLOCKS, rooted=True)
    again = learnt_anew(shortened(learnt, 9), [other])
    expected = shortened(fit_projection([other], BLOCKS, rooted=True), 9)
    np.testing.assert_allclose(again.matrix, expected.matrix, rtol=1e-5)
    assert learnt_anew(learnt, [other]).dimension == PRODUCTS - 1
    directions = learnt_anew(principal([sample], BLOCKS, 9), [other])
    np.testing.assert_array_equal(directions.matrix, principal([other], BLOCKS, 9).matrix)


@pytest.mark.parametrize("kind", ["own", "principal", "learnt", "tuned"])
def test_a_cut_that_keeps_nearly_all_loses_nothing_and_a_deep_one_much(kind):
    sample = catalogue()
    learnt = fit_projection([sample], BLOCKS, rooted=True)
    active = {
        "own": None,
        "principal": principal([sample], BLOCKS, 40),
        "learnt": learnt,
        "tuned": replace(learnt, origin="tuned"),
    }[kind]
    slight = compared(sample, active, 17 if kind in ("learnt", "tuned") else 30, BLOCKS)
    deep = compared(sample, active, 1, BLOCKS)
    assert slight.queries == deep.queries > 100
    assert slight.before == deep.before > 0.6
    assert not loses(slight)
    assert loses(deep)


def test_a_catalogue_whose_half_teaches_nothing_is_compared_in_its_own_space():
    whole = catalogue()
    few = FeatureBatch(whole.products[:80], whole.features[:80])
    learnt = fit_projection([few], BLOCKS, rooted=True)
    found = compared(few, learnt, learnt.dimension - 1, BLOCKS)
    assert found.queries > 0
    assert found.before > 0.8


def test_what_is_lost_is_more_than_a_point():
    same = Comparison("photos held back", 200, 0.905, 0.896, -0.02, 0.01)
    assert not loses(same)
    assert loses(replace(same, after=0.894))
    assert not loses(replace(same, queries=0, before=float("nan"), after=float("nan")))
    assert not ShorterSpace(10, 5, same, 100).switched
