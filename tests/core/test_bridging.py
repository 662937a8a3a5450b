"""A map from texts to photos, compared with the textbook's formula; and how it is used."""

from __future__ import annotations

import numpy as np
import pytest

from goodsight.core.bridging import Bridge, LinearMap, fit_map
from goodsight.core.scoring import unit_rows


def pairs(count=400, seed=0):
    """Texts (n, 12) and photos (n, 9) that share three hidden directions, and noise."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(0, 1, (count, 3))
    texts = hidden @ rng.normal(0, 1, (3, 12)) + rng.normal(0, 0.3, (count, 12)) + 2
    photos = hidden @ rng.normal(0, 1, (3, 9)) + rng.normal(0, 0.3, (count, 9)) - 1
    return texts.astype(np.float32), photos.astype(np.float32)


def test_the_map_is_that_of_regularised_canonical_correlations():
    texts, photos = pairs()
    found = fit_map(texts, photos, shrinkage=0.2)
    x = texts.astype(np.float64) - texts.mean(axis=0, dtype=np.float64)
    y = photos.astype(np.float64) - photos.mean(axis=0, dtype=np.float64)
    within_texts, within_photos = x.T @ x / len(x), y.T @ y / len(y)
    within_texts += 0.2 * np.trace(within_texts) / 12 * np.eye(12)
    within_photos += 0.2 * np.trace(within_photos) / 9 * np.eye(9)
    roots = [np.linalg.cholesky(np.linalg.inv(w)) for w in (within_texts, within_photos)]
    left, correlations, right = np.linalg.svd(roots[0].T @ (x.T @ y / len(x)) @ roots[1])
    directions = roots[0] @ left[:, :9], roots[1] @ right.T
    expected = directions[0] @ np.diag(correlations) @ directions[1].T
    np.testing.assert_allclose(found.matrix, expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.mean, texts.mean(axis=0), atol=1e-5)


def test_new_texts_lead_to_their_photos():
    texts, photos = pairs()
    learnt = fit_map(texts[:300], photos[:300], shrinkage=0.2)
    centred = unit_rows(photos[300:] - photos[:300].mean(axis=0))
    scores = learnt.apply(texts[300:]) @ centred.T
    ranks = (scores > np.diag(scores)[:, np.newaxis]).sum(axis=1)
    assert np.median(ranks) < 5, "of 100, where chance would give 50"
    crossed = fit_map(texts[:300], photos[:300][::-1], shrinkage=0.2)
    scores = crossed.apply(texts[300:]) @ centred.T
    assert np.median((scores > np.diag(scores)[:, np.newaxis]).sum(axis=1)) > 20


@pytest.mark.parametrize("components", [1, 2, 64])
def test_few_components_and_few_pairs_will_do(components):
    texts, photos = pairs(5)
    learnt = fit_map(texts, photos, components=components)
    assert learnt.matrix.dtype == np.float32
    assert learnt.matrix.shape == (12, 9)
    assert np.linalg.matrix_rank(learnt.matrix, tol=1e-4) == min(components, 4)


def test_vectors_have_norm_1_and_the_mean_text_has_none():
    texts, photos = pairs()
    bridge = Bridge(fit_map(texts, photos), "words", "looks", 0.1)
    vector = bridge.vector(texts[0])
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    plain = LinearMap(np.zeros(3, np.float32), np.eye(3, dtype=np.float32))
    np.testing.assert_array_equal(plain.apply(np.zeros((1, 3), np.float32)), np.zeros((1, 3)))
