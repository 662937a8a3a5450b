import numpy as np
import pytest

from goodsight.core.errors import UsageError
from goodsight.core.joint_space import balanced_weights
from goodsight.core.query_vectors import SeenTerms
from goodsight.core.types import Term


def unit(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def balanced_vector(vectors, weights, photos):
    weights = balanced_weights(vectors, weights, photos)
    return SeenTerms((Term(text="a"),) * len(vectors), weights, vectors).vector


@pytest.fixture
def photos():
    """Photos that share much, and differ in two things."""
    generator = np.random.default_rng(5)
    return unit(np.concatenate([np.full((200, 1), 2.0), generator.normal(size=(200, 5))], axis=1))


def test_a_weak_term_counts_as_much_as_a_strong_one(photos):
    strong = unit([1, 3, 0, 0, 0, 0])
    # As a text is: nearly all of it is what all texts have in common.
    weak = unit([-2, 0, 0.2, 0, 0, 0])
    together = balanced_vector(np.stack([strong, weak]), [1, 1], photos)
    assert np.linalg.norm(together) == pytest.approx(1, abs=1e-5)
    likeness = [np.corrcoef(photos @ together, photos @ term)[0, 1] for term in (strong, weak)]
    assert likeness[0] == pytest.approx(likeness[1], abs=0.02)
    plain = [np.corrcoef(photos @ (strong + weak), photos @ term)[0, 1] for term in (strong, weak)]
    assert abs(plain[0] - plain[1]) > 0.1


def test_weights_count_and_may_be_negative(photos):
    one, other = unit([0, 1, 0, 0, 0, 0]), unit([0, 0, 1, 0, 0, 0])
    towards = balanced_vector(np.stack([one, other]), [1, -0.5], photos)
    assert towards @ one > 0.8
    assert towards @ other < -0.3


def test_one_term_is_itself(photos):
    term = unit([[1, 2, 3, 4, 5, 6]])
    np.testing.assert_allclose(balanced_vector(term, [3], photos), term[0], atol=1e-6)


def test_terms_that_cancel_are_told(photos):
    term = unit([1, 2, 3, 4, 5, 6])
    with pytest.raises(UsageError, match="cancel"):
        balanced_vector(np.stack([term, term]), [1, -1], photos)


def test_photos_that_tell_nothing_apart_leave_the_weights(photos):
    terms = photos[:2]
    for few in (photos[:0], photos[:1], np.stack([photos[5]] * 3)):
        assert balanced_weights(terms, [1, -0.5], few) == (1, -0.5)
