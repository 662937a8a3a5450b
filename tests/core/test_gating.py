"""The gate of tuned models: a gain beyond chance where it counts, a loss nowhere."""

import numpy as np

from goodsight.core.gating import Answers, compare, gate


def answers(before, after, *, queries=200, seed=0, category="", products=50):
    """Queries that find their product with these chances, asked of both models."""
    rng = np.random.default_rng(seed)
    luck = rng.random(queries)
    return Answers(
        luck < before,
        luck < after,
        [f"p{n % products}" for n in range(queries)],
        [category] * queries,
    )


def joined(*parts):
    return Answers(
        np.concatenate([part.before for part in parts]),
        np.concatenate([part.after for part in parts]),
        [name for part in parts for name in part.products],
        [name for part in parts for name in part.categories],
    )


def test_a_gain_beyond_chance_passes():
    verdict = gate(answers(0.7, 0.8), [("unseen products", answers(0.7, 0.69, seed=1))])
    assert verdict.passed
    assert verdict.reasons == ()
    known, unseen = verdict.comparisons
    assert known.is_gain
    assert known.low > 0.03
    assert not unseen.is_loss


def test_a_gain_that_may_be_chance_does_not():
    verdict = gate(answers(0.7, 0.705), [])
    assert not verdict.passed
    assert "no better than chance" in verdict.reasons[0]


def test_a_loss_elsewhere_is_refused_and_told():
    verdict = gate(answers(0.7, 0.8), [("self-check", answers(0.9, 0.8, seed=2))])
    assert not verdict.passed
    assert len(verdict.reasons) == 1
    assert verdict.reasons[0].startswith("worse: self-check")


def test_a_large_category_that_loses_is_refused_a_small_one_is_not():
    gains = answers(0.6, 0.9, queries=400, category="shoes")
    large = answers(0.8, 0.6, queries=80, seed=3, category="hats", products=40)
    verdict = gate(joined(gains, large), [])
    assert [reason.split(":")[1].strip() for reason in verdict.reasons] == [
        "unseen photos of known products, hats"
    ]
    small = answers(0.8, 0.6, queries=20, seed=3, category="hats")
    assert gate(joined(gains, small), []).passed


def test_too_few_queries_prove_nothing():
    verdict = gate(answers(0.1, 0.9, queries=30), [])
    assert not verdict.passed
    assert "only 30 photos" in verdict.reasons[0]


def test_photos_of_one_product_are_no_independent_evidence():
    """The same differences in few products give a wider interval than in many."""
    many = compare("s", answers(0.7, 0.75, queries=300, products=300))
    rng = np.random.default_rng(0)
    right = np.repeat(rng.random(10) < 0.75, 30)
    before = np.repeat(rng.random(10) < 0.7, 30)
    few = compare("s", Answers(before, right, [f"p{n // 30}" for n in range(300)], [""] * 300))
    assert few.high - few.low > 2 * (many.high - many.low)


def test_an_empty_suite_says_nothing():
    empty = Answers(np.empty(0, bool), np.empty(0, bool), [], [])
    verdict = gate(answers(0.7, 0.8), [("unseen products", empty)])
    assert verdict.passed
    assert len(verdict.comparisons) == 1
