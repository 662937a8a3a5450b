import numpy as np
import pytest

from goodsight.core.projecting import (
    FeatureBatch,
    Projection,
    conditioned,
    fit_projection,
    is_enough,
)


def drawn(seed=0, products=20, photos=6, size=12, single=0):
    """Features of products that differ in their first axes, photos in all, far more in the last."""
    rng = np.random.default_rng(seed)
    counts = [photos] * products + [1] * single
    centres = np.zeros((len(counts), size))
    centres[:, :4] = rng.normal(0, 1, (len(counts), 4))
    names = np.repeat(np.arange(len(counts)), counts)
    noise = rng.normal(0, 0.2, (len(names), size))
    noise[:, -3:] *= 12
    return FeatureBatch(names, (centres[names] + noise).astype(np.float32))


def in_pieces(batch, length):
    for start in range(0, len(batch.products), length):
        part = slice(start, start + length)
        yield FeatureBatch(batch.products[part], batch.features[part])


def recall(projection, batch, asked):
    vectors, queries = projection.apply(batch.features), projection.apply(asked.features)
    found = batch.products[np.argmax(queries @ vectors.T, axis=1)]
    return (found == asked.products).mean()


def test_directions_solve_the_generalised_eigenproblem():
    batch = drawn(single=5)
    found = fit_projection([batch], [12], rooted=False, shrinkage=0.3)
    values = conditioned(batch.features, [12], rooted=False).astype(np.float64)
    mean = values.mean(axis=0)
    within, between, repeated = np.zeros((12, 12)), np.zeros((12, 12)), 0
    for product in np.unique(batch.products):
        rows = values[batch.products == product]
        gap = rows.mean(axis=0) - mean
        between += len(rows) * np.outer(gap, gap)
        if len(rows) > 1:
            within += (rows - rows.mean(axis=0)).T @ (rows - rows.mean(axis=0))
            repeated += len(rows)
    within, between = within / repeated, between / len(values)
    within = 0.7 * within + 0.3 * np.trace(within) / 12 * np.eye(12)
    matrix = found.matrix.astype(np.float64)
    np.testing.assert_allclose(found.mean, mean, atol=1e-6)
    np.testing.assert_allclose(matrix.T @ within @ matrix, np.eye(12), atol=1e-3)
    ratios = np.diag(matrix.T @ between @ matrix)
    expected = np.sort(np.linalg.eigvals(np.linalg.solve(within, between)).real)[::-1]
    np.testing.assert_allclose(ratios, expected, rtol=1e-3, atol=1e-3)
    assert (found.photos, found.products) == (125, 25)


def test_directions_point_the_same_way_whoever_finds_them(monkeypatch):
    solve = np.linalg.eigh
    found = fit_projection([drawn()], [12], rooted=False)
    assert (-found.matrix.min(axis=0) >= found.matrix.max(axis=0)).all()

    def the_other_way(values):
        lengths, directions = solve(values)
        return lengths, -directions

    monkeypatch.setattr(np.linalg, "eigh", the_other_way)
    again = fit_projection([drawn()], [12], rooted=False)
    np.testing.assert_array_equal(again.matrix, found.matrix)


@pytest.mark.parametrize("length", [1, 5, 7, 1000])
def test_pieces_of_any_length_teach_the_same(length):
    batch = drawn()
    whole = fit_projection([batch], [12], rooted=False)
    pieces = fit_projection(in_pieces(batch, length), [12], rooted=False)
    np.testing.assert_allclose(
        np.abs(whole.matrix.T @ whole.matrix), np.abs(pieces.matrix.T @ pieces.matrix), rtol=1e-3
    )
    np.testing.assert_allclose(
        np.abs(whole.apply(batch.features)), np.abs(pieces.apply(batch.features)), atol=1e-3
    )


def test_unseen_photos_and_unseen_products_are_told_apart_better():
    batch, again = drawn(0), drawn(0)
    rng = np.random.default_rng(9)
    asked = FeatureBatch(again.products, again.features + rng.normal(0, 0.1, (120, 12)))
    asked.features[:, -3:] = rng.normal(0, 2.4, (120, 3))
    plain = Projection(np.zeros(12, np.float32), np.eye(12, dtype=np.float32), (12,), False, 0, 0)
    found = fit_projection([batch], [12], rooted=False)
    assert recall(found, batch, asked) > recall(plain, batch, asked) + 0.2
    others, others_asked = drawn(5), drawn(5)
    others_asked.features[:, -3:] = rng.normal(0, 2.4, (120, 3))
    assert recall(found, others, others_asked) > recall(plain, others, others_asked) + 0.2


def test_vectors_have_norm_one_and_the_said_dimension():
    batch = drawn(products=15)
    found = fit_projection([batch], [12], rooted=False, max_dimension=5)
    vectors = found.apply(batch.features)
    assert found.dimension == 5
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(90), abs=1e-5)
    # One direction fewer than there are products is all that products can differ in.
    assert fit_projection([drawn(products=10)], [12], rooted=False).dimension == 9


@pytest.mark.parametrize(
    ("products", "photos", "single"), [(9, 10, 0), (12, 4, 0), (0, 0, 200), (9, 7, 500)]
)
def test_too_little_teaches_nothing(products, photos, single):
    batch = drawn(products=products, photos=photos, single=single)
    assert fit_projection([batch], [12], rooted=False) is None
    assert fit_projection([], [12], rooted=False) is None
    assert is_enough(60, 10)


def test_each_block_weighs_the_same():
    features = np.array([[3.0, 4.0, 1000.0, 0.0]], dtype=np.float32)
    found = conditioned(features, [2, 2], rooted=False)
    np.testing.assert_allclose(found, [[0.6, 0.8, 1.0, 0.0]], atol=1e-6)
    rooted = conditioned(features, [2, 2], rooted=True)
    np.testing.assert_allclose(rooted, [[np.sqrt(3 / 7), np.sqrt(4 / 7), 1, 0]], atol=1e-6)


def test_the_space_names_everything_that_decides_a_vector():
    found = fit_projection([drawn()], [12], rooted=False)
    other = fit_projection([drawn(1)], [12], rooted=False)
    spaces = {found.space("a"), found.space("b"), other.space("a")}
    assert len(spaces) == 3
    assert found.space("a") == fit_projection([drawn()], [12], rooted=False).space("a")
    assert all(len(space) == 16 for space in spaces)
