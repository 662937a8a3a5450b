"""Vectors of another encoder take the place of those in use, under readers and writers."""

import dataclasses
import threading

import numpy as np
import pytest

from goodsight.core.errors import SpaceMismatch, StoreError, UsageError
from goodsight.core.projecting import fit_projection
from goodsight.core.scoring import unit_rows
from goodsight.core.space_ports import EmbeddedPhoto
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Metric
from stores.samples import CARD, begin, filled, hash_of, photo, place, put, query
from stores.servers import eventually
from stores.test_spaces import PHOTOS, PRODUCTS, SURE, found_by, shelf

SIDE = 40
OTHER = dataclasses.replace(
    CARD,
    name="other",
    space="other-1",
    dimension=24,
    blocks=(8, 16),
    preprocessing=dataclasses.replace(CARD.preprocessing, resize_size=SIDE),
)
TURN = np.random.default_rng(3).standard_normal((CARD.dimension, OTHER.dimension))


def seen(vector):
    """What the other encoder sees in a photo whose vector this is."""
    return (vector @ TURN).astype(np.float32)


def vector_of(vector):
    """The other encoder's own vector: each of its two networks scaled by itself."""
    first, second = np.split(seen(vector)[np.newaxis], [8], axis=1)
    return unit_rows(np.concatenate([unit_rows(first), unit_rows(second)], axis=1))[0]


class Shop:
    """A collection, and the other encoder at work on it."""

    def __init__(self, store, vectors):
        self.store, self.vectors = store, dict(vectors)
        self.changes = store.encoder_changes("shop")
        self.keeper = store.spaces("shop")
        self.embedded = []

    def embed(self, photos):
        hashes = {hash_of(name): vector for name, vector in self.vectors.items()}
        self.embedded += [shown.content_hash for shown in photos]
        return [EmbeddedPhoto(shown.id, seen(hashes[shown.content_hash])) for shown in photos]

    def begun(self, card=OTHER):
        set_id = self.changes.begin(card, "own")
        features, after = self.changes.features(set_id), 0
        while photos := features.photos_lacking(after):
            features.keep(self.embed(photos))
            after = photos[-1].id
        return set_id

    def switch(self, set_id, projection=None, **choices):
        choices = {"keep_former": True} | choices
        return self.changes.switch(set_id, projection, SURE, self.embed, **choices)

    def best(self, name):
        """The first product for a photo, in whichever space is in use."""
        stored, active = self.store.open("shop"), self.keeper.active_space()
        if active.encoder_space == CARD.space:
            return found_by(stored, active.space, active.projection, self.vectors[name])
        features = seen(self.vectors[name])[np.newaxis]
        projected = active.projection
        vector = (
            vector_of(self.vectors[name]) if projected is None else projected.apply(features)[0]
        )
        return stored.search(VectorQuery(vector, active.space, limit=3)).products[0]


@pytest.fixture
def shop(postgres_store):
    products, vectors = shelf()
    filled(postgres_store, products, vectors)
    return Shop(postgres_store, vectors)


def assert_all_found(shop, first=0, count=PRODUCTS):
    for number in range(first, first + count):
        best = shop.best(f"{number}-3.jpg")
        assert (best.product.id, best.photo) == (f"p{number:03}", f"{number}-3.jpg")


def test_model_profile_and_card_follow_the_space(shop):
    stored = shop.store.open("shop")
    before = stored.info()
    assert stored.photo_side() == CARD.preprocessing.resize_size
    set_id = shop.begun()
    # From now on a photo may be seen by either.
    assert stored.photo_side() == SIDE
    assert stored.info() == before
    assert shop.switch(set_id) == OTHER.space
    info = stored.info()
    assert (info.model, info.profile, info.space, info.dimension) == ("other", "own", "other-1", 24)
    now = stored.in_use()
    assert (now.model, now.encoder_space) == ("other", "other-1")
    assert shop.keeper.active_space().calibrations == SURE
    assert_all_found(shop)
    for number in range(PRODUCTS):
        expected = np.stack([vector_of(shop.vectors[f"{number}-{n}.jpg"]) for n in range(PHOTOS)])
        np.testing.assert_allclose(stored.vectors(f"p{number:03}"), expected, atol=3e-3)
    with pytest.raises(SpaceMismatch):
        stored.search(query(shop.vectors["0-0.jpg"]))
    assert shop.changes.begun() is None


def test_with_a_projection_learnt_from_the_new_features(shop):
    set_id = shop.begun()
    batches = shop.changes.features(set_id).feature_batches()
    projection = fit_projection(batches, OTHER.feature_blocks, rooted=False)
    space = shop.switch(set_id, projection)
    assert space == projection.space(OTHER.space)
    assert_all_found(shop)
    [former] = [kept for kept in shop.keeper.kept_spaces() if not kept.is_active]
    assert (former.model, former.space, former.encoder_space) == ("tiny", "tiny-1", "tiny-1")
    shop.keeper.go_to(former.id, lambda photos: pytest.fail(f"nothing came: {photos}"))
    assert shop.store.open("shop").info().model == "tiny"
    assert_all_found(shop)


def test_a_run_of_the_old_encoder_is_refused_its_photos_and_nothing_else(shop):
    run = begin(shop.store, source="more")
    more, vectors = shelf(100, 3)
    run.put_products(more)
    set_id = shop.begun()
    shop.switch(set_id)
    late = [photo(reference, vector) for reference, vector in vectors.items()]
    places = [place(product.id, name) for product in more for name in product.photos]
    with pytest.raises(SpaceMismatch, match="other"):
        run.put_photos(late, places)
    assert run.known_photos([shown.content_hash for shown in late]) == frozenset()
    again = [
        dataclasses.replace(
            shown, vector=vector_of(vector), features=seen(vector), space=OTHER.space
        )
        for shown, vector in zip(late, vectors.values(), strict=True)
    ]
    run.put_photos(again, places)
    run.finish([], remove_missing=True, complete=True)
    shop.vectors |= vectors
    assert_all_found(shop, 100, 3)
    assert_all_found(shop)


def test_what_comes_and_goes_meanwhile_is_right_in_the_new_space(shop):
    set_id = shop.begun()
    more, vectors = shelf(40, 4)
    put(run := begin(shop.store, source="more"), more, vectors)
    run.finish([], remove_missing=True, complete=True)
    shop.vectors |= vectors
    shop.store.remove_products("shop", ["p002", "p041"])
    shop.embedded.clear()
    shop.switch(set_id)
    # Only what is new, and still there.
    assert len(shop.embedded) == 3 * PHOTOS
    info = shop.store.open("shop").info()
    assert (info.products, info.photos) == (PRODUCTS + 2, (PRODUCTS + 2) * PHOTOS)
    assert_all_found(shop, 42, 2)
    assert shop.best("2-0.jpg").product.id != "p002"


def by_either_encoder(vectors):
    photos = [photo(name, vector) for name, vector in vectors.items()]
    others = [
        dataclasses.replace(p, vector=vector_of(v), features=seen(v), space=OTHER.space)
        for p, v in zip(photos, vectors.values(), strict=True)
    ]
    return {CARD.space: photos, OTHER.space: others}


def test_writers_do_not_get_in_between(shop):
    """Batches that are put while the switch goes on: acknowledged, or refused and put again."""
    stop, wrong, kept = threading.Event(), [], []

    def write():
        run, number = begin(shop.store, source="writer"), 200
        space = CARD.space
        while not stop.is_set():
            products, vectors = shelf(number, 1)
            shop.vectors.update(vectors)
            run.put_products(products)
            places = [place(products[0].id, name) for name in products[0].photos]
            own = by_either_encoder(vectors)
            try:
                try:
                    run.put_photos(own[space], places)
                except SpaceMismatch:
                    space = OTHER.space if space == CARD.space else CARD.space
                    run.put_photos(own[space], places)
            except Exception as error:  # noqa: BLE001 - told by the test
                wrong.append(error)
                return
            kept.append(number)
            number += 1
        run.finish([], remove_missing=True, complete=True)

    def let_write(batches=2):
        """A busy machine has writes between the steps, too."""
        until = len(kept) + batches
        eventually(lambda: len(kept) >= until or wrong)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        let_write()
        begun = shop.begun()
        let_write()
        shop.switch(begun)
        let_write()
        [former] = [space for space in shop.keeper.kept_spaces() if not space.is_active]

        def embed_again(photos):
            hashes = {hash_of(name): vector * 7 for name, vector in dict(shop.vectors).items()}
            return [EmbeddedPhoto(p.id, hashes[p.content_hash]) for p in photos]

        shop.keeper.go_to(former.id, embed_again)
        let_write()
        shop.switch(shop.begun())
        let_write()
    finally:
        stop.set()
        writer.join()
    assert wrong == []
    assert len(kept) >= 10
    assert shop.store.open("shop").info().model == "other"
    for number in kept:
        assert_all_found(shop, number, 1)
    assert all(
        check.ok for check in shop.store.checks() if check.name.startswith("every photo of 'shop'")
    )


def test_what_an_interrupted_switch_left_is_dropped_by_the_next(shop):
    set_id = shop.begun()
    batches = shop.changes.features(set_id).feature_batches()
    projection = fit_projection(batches, OTHER.feature_blocks, rooted=False)
    # Embedding fails in the middle of a switch: its set is there, half filled.
    more, vectors = shelf(40, 1)
    put(run := begin(shop.store, source="more"), more, vectors)
    run.finish([], remove_missing=True, complete=True)

    def fails(photos):
        raise StoreError("the network is gone")

    with pytest.raises(StoreError, match="network"):
        shop.changes.switch(set_id, projection, {}, fails, keep_former=True)
    assert shop.store.open("shop").info().model == "tiny"
    names = {check.name: check.ok for check in shop.store.checks()}
    assert not names["no unfinished vector sets"]
    assert any("left unfinished" in said for said in shop.store.mend())
    shop.vectors |= vectors
    assert shop.changes.begun().photos == PRODUCTS * PHOTOS
    shop.switch(set_id, projection)
    assert_all_found(shop)
    assert_all_found(shop, 40, 1)


def test_given_up_and_begun_for_another(shop):
    first = shop.begun()
    third = dataclasses.replace(OTHER, name="third", space="third-1")
    second = shop.changes.begin(third, "own")
    assert shop.changes.begun().model == "third"
    with pytest.raises(UsageError, match="given up"):
        shop.switch(first)
    with pytest.raises(StoreError, match="given up"):
        shop.changes.features(first).keep([EmbeddedPhoto(1, seen(shop.vectors["0-0.jpg"]))])
    with pytest.raises(UsageError, match="already"):
        shop.changes.begin(CARD, "fast")
    shop.changes.drop()
    assert shop.changes.begun() is None
    with pytest.raises(UsageError, match="given up"):
        shop.switch(second)
    assert_all_found(shop)


def test_what_was_learnt_from_one_encoder_is_refused_by_another(shop):
    projection = fit_projection(shop.keeper.feature_batches(), CARD.feature_blocks, rooted=False)
    shop.switch(shop.begun())
    with pytest.raises(SpaceMismatch):
        shop.keeper.switch_space(projection, {}, encoder_space=CARD.space)
    with pytest.raises(SpaceMismatch):
        list(shop.keeper.feature_batches(CARD.space))
    with pytest.raises(SpaceMismatch):
        shop.keeper.keep_calibrations({Metric.COSINE: SURE[Metric.COSINE]}, CARD.space)


def test_batches_break_off_where_the_encoder_is_replaced(shop, monkeypatch):
    from goodsight.stores.postgres import spaces

    monkeypatch.setattr(spaces, "PRODUCTS_PER_PAGE", 4)
    batches = shop.keeper.feature_batches()
    next(batches)
    shop.switch(shop.begun())
    with pytest.raises(SpaceMismatch):
        next(batches)


def test_deleted_with_all_it_has(shop):
    shop.switch(shop.begun())
    shop.begun(dataclasses.replace(OTHER, name="third", space="third-1"))
    shop.store.delete("shop")
    counts = shop.store.database.read(
        "counting",
        lambda c: c.execute(
            "SELECT (SELECT count(*) FROM features), (SELECT count(*) FROM vector_sets),"
            " (SELECT count(*) FROM pg_tables WHERE tablename ~ '^photo_vectors_[0-9]+$'"
            "   AND schemaname = 'goodsight')"
        ).fetchone(),
    )
    assert counts == (0, 0, 0)
