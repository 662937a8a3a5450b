import numpy as np

from goodsight.core.held_back import dealt_halves, found_held_back
from goodsight.core.projecting import FeatureBatch, Projection
from goodsight.core.scoring import unit_rows

PRODUCTS, BURSTS, SHOTS, SIZE = 8, 3, 2, 16


def catalogue():
    """Products that lie apart, bursts of each that differ, and shots that hardly do."""
    rng = np.random.default_rng(3)
    centres = 0.4 * unit_rows(rng.standard_normal((PRODUCTS, 1, 1, SIZE)).astype(np.float32))
    bursts = centres + unit_rows(rng.standard_normal((PRODUCTS, BURSTS, 1, SIZE)))
    shots = bursts + 0.02 * rng.standard_normal((PRODUCTS, BURSTS, SHOTS, SIZE))
    products = np.arange(PRODUCTS).repeat(BURSTS * SHOTS)
    return FeatureBatch(products, shots.reshape(-1, SIZE).astype(np.float32))


def halves_of(sample):
    return dealt_halves(sample, (SIZE,), rooted=False)


def test_each_photo_is_on_one_side_at_a_time_and_asked_with_once():
    sample = catalogue()
    halves = halves_of(sample)
    asked = np.concatenate([half.asked for half in halves])
    assert sorted(asked) == list(range(len(sample.products)))
    for half in halves:
        assert not set(half.asked) & set(half.searched)


def test_bursts_stay_whole():
    for half in halves_of(catalogue()):
        bursts = set(half.asked // SHOTS)
        assert not bursts & set(half.searched // SHOTS)


def test_a_product_with_one_burst_is_never_asked_for():
    sample = catalogue()
    last = sample.products == PRODUCTS - 1
    sample.features[last] = sample.features[last][:1]
    for half in halves_of(sample):
        assert PRODUCTS - 1 not in sample.products[half.asked]


def test_what_is_known_is_the_half_that_is_searched():
    sample = catalogue()
    for half in halves_of(sample):
        known = half.known(sample)
        np.testing.assert_array_equal(known.features, sample.features[half.searched])
        np.testing.assert_array_equal(known.products, sample.products[half.searched])


def test_hits_are_those_of_comparing_one_by_one():
    sample = catalogue()
    halves = halves_of(sample)
    found = found_held_back(sample, halves, (SIZE,), [None, None])
    units = unit_rows(sample.features)
    expected = []
    for half in halves:
        names = np.unique(sample.products[half.searched])
        for row in half.asked:
            scores = []
            for name in names:
                shown = units[half.searched][sample.products[half.searched] == name]
                mean = unit_rows(shown.mean(axis=0, keepdims=True))[0]
                scores.append((shown @ units[row]).max() / 2 + (mean @ units[row]) / 2)
            expected.append(names[int(np.argmax(scores))] == sample.products[row])
    assert list(found) == expected
    assert 0.3 < found.mean() < 1


def test_a_space_that_sees_nothing_finds_nothing():
    sample = catalogue()
    # Every photo looks alike along a number that is the same for all.
    features = np.concatenate([sample.features, np.ones((len(sample.features), 1))], axis=1)
    blind = Projection(
        np.zeros(SIZE + 1, np.float32),
        np.eye(SIZE + 1, dtype=np.float32)[:, -1:],
        (SIZE + 1,),
        rooted=False,
        photos=1,
        products=1,
    )
    wide = FeatureBatch(sample.products, features.astype(np.float32))
    halves = dealt_halves(wide, (SIZE + 1,), rooted=False)
    assert found_held_back(wide, halves, (SIZE + 1,), [blind, blind]).mean() < 0.3


def test_nothing_to_ask_with_is_no_half():
    one_each = FeatureBatch(np.arange(5), np.eye(5, dtype=np.float32))
    halves = dealt_halves(one_each, (5,), rooted=False)
    assert halves == ()
    assert len(found_held_back(one_each, halves, (5,), [])) == 0
