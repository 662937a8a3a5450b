"""A space that was in use before stays to go back to, whatever came meanwhile."""

import dataclasses

import numpy as np
import pytest

from goodsight.core.errors import UsageError
from goodsight.core.projecting import fit_projection
from stores.samples import CARD, begin, filled, put
from stores.test_spaces import PHOTOS, PRODUCTS, SURE, found_by, shelf


@pytest.fixture
def shop(postgres_store):
    products, vectors = shelf()
    return filled(postgres_store, products, vectors), postgres_store.spaces("shop"), vectors


def learnt(keeper):
    return fit_projection(keeper.feature_batches(), CARD.feature_blocks, rooted=False)


def tuned(keeper):
    """Another projection than the learnt one, as tuning would make it."""
    projection = learnt(keeper)
    return dataclasses.replace(projection, matrix=projection.matrix[:, :8], origin="tuned")


def test_the_former_space_is_gone_back_to_at_once(shop):
    stored, keeper, vectors = shop
    before = keeper.switch_space(learnt(keeper), SURE)
    after = keeper.switch_space(tuned(keeper), {}, keep_former=True)
    assert [(s.space, s.origin, s.is_active) for s in keeper.kept_spaces()] == [
        (before, "catalogue", False),
        (after, "tuned", True),
    ]
    assert keeper.active_space().projection.origin == "tuned"
    assert keeper.go_back() == before
    assert stored.info().space == before
    assert keeper.active_space().calibrations == SURE
    assert found_by(stored, before, learnt(keeper), vectors["3-2.jpg"]).photo == "3-2.jpg"
    with pytest.raises(UsageError, match="no former model"):
        keeper.go_back()
    [latest] = [s for s in keeper.kept_spaces() if not s.is_active]
    assert keeper.go_to(latest.id) == after
    assert keeper.go_back() == before


def test_photos_that_came_and_went_meanwhile_are_right_in_the_former_space(shop, postgres_store):
    stored, keeper, vectors = shop
    projection = learnt(keeper)
    before = keeper.switch_space(projection, SURE)
    keeper.switch_space(tuned(keeper), {}, keep_former=True)
    more, more_vectors = shelf(40, 3)
    put(run := begin(postgres_store, source="more"), more, more_vectors)
    run.finish([], remove_missing=True, complete=True)
    postgres_store.remove_products("shop", ["p002"])
    keeper.go_back()
    info = stored.info()
    assert (info.space, info.products) == (before, PRODUCTS + 3 - 1)
    assert info.photos == (PRODUCTS + 3 - 1) * PHOTOS
    best = found_by(stored, before, projection, more_vectors["41-3.jpg"])
    assert (best.product.id, best.photo) == ("p041", "41-3.jpg")
    expected = projection.apply(np.stack([more_vectors[r] * 7 for r in more[0].photos]))
    np.testing.assert_allclose(stored.vectors("p040"), expected, atol=3e-3)
    found = found_by(stored, before, projection, vectors["2-0.jpg"])
    assert found.product.id != "p002"


def test_back_to_the_encoders_own_space(shop):
    stored, keeper, vectors = shop
    keeper.switch_space(tuned(keeper), {}, keep_former=True)
    assert keeper.go_back() == CARD.space
    assert found_by(stored, CARD.space, None, vectors["7-1.jpg"]).product.id == "p007"


def test_learning_anew_leaves_what_can_be_gone_back_to(shop):
    _, keeper, _ = shop
    before = keeper.switch_space(learnt(keeper), SURE)
    keeper.switch_space(tuned(keeper), {}, keep_former=True)
    other = dataclasses.replace(learnt(keeper), matrix=learnt(keeper).matrix[:, :5])
    keeper.switch_space(other, {})
    assert [s.space for s in keeper.kept_spaces() if not s.is_active] == [before]
    assert keeper.go_back() == before


def test_the_same_space_is_tuned_to_once_more(shop):
    stored, keeper, vectors = shop
    keeper.switch_space(learnt(keeper), SURE)
    projection = tuned(keeper)
    after = keeper.switch_space(projection, {}, keep_former=True)
    keeper.go_back()
    assert keeper.switch_space(projection, {}, keep_former=True) == after
    assert len(keeper.kept_spaces()) == 2
    assert found_by(stored, after, projection, vectors["7-1.jpg"]).product.id == "p007"


def test_pruned_spaces_are_gone(shop, postgres_store):
    stored, keeper, vectors = shop
    projection = tuned(keeper)
    keeper.switch_space(learnt(keeper), SURE, keep_former=True)
    keeper.switch_space(projection, {}, keep_former=True)
    assert len(keeper.kept_spaces()) == 3
    assert keeper.prune() == 2
    [left] = keeper.kept_spaces()
    assert left.is_active
    assert found_by(stored, left.space, projection, vectors["7-1.jpg"]).product.id == "p007"
    with pytest.raises(UsageError):
        keeper.go_back()
    with pytest.raises(UsageError, match="keeps no space"):
        keeper.go_to(left.id + 1000)
    rows = postgres_store.database.read(
        "counting",
        lambda c: c.execute(
            "SELECT count(*) FROM pg_tables WHERE tablename ~ '^photo_vectors_[0-9]+$'"
            " AND schemaname = 'goodsight'"
        ).fetchone(),
    )
    assert rows == (1,)
