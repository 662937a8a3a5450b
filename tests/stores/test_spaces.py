"""A learnt space takes the place of the encoder's own, under readers, writers and kills."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from goodsight.core.calibrating import Calibration
from goodsight.core.errors import SpaceMismatch
from goodsight.core.learning import is_due, learn
from goodsight.core.projecting import fit_projection
from goodsight.core.scoring import mean_vector, unit_rows
from goodsight.core.shortening import principal
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Metric, Product
from stores.samples import (
    CARD,
    DIMENSION,
    OTHER_CARD,
    begin,
    filled,
    photo,
    place,
    put,
    query,
    random_units,
)
from stores.servers import eventually

TESTS = Path(__file__).resolve().parents[1]
PRODUCTS, PHOTOS = 15, 5
SURE = {Metric.COSINE: Calibration(0.05, 0.6, "catalogue", 100)}


def shelf(first=0, count=PRODUCTS):
    """Products, and the vectors of their photos: near their product's own direction."""
    rng = np.random.default_rng(first)
    products, vectors = [], {}
    for number in range(first, first + count):
        references = tuple(f"{number}-{shot}.jpg" for shot in range(PHOTOS))
        products.append(Product(f"p{number:03}", f"Product {number}", photos=references))
        centre = random_units(1, seed=number)[0]
        for reference in references:
            vectors[reference] = unit_rows(
                (centre + rng.normal(0, 0.15, DIMENSION))[np.newaxis].astype(np.float32)
            )[0]
    return products, vectors


def projection_of(keeper):
    return fit_projection(keeper.feature_batches(), CARD.feature_blocks, rooted=False)


def found_by(shop, space, projection, vector):
    """The best product for a photo whose encoder vector this is; features are seven times it."""
    asked = projection.apply(vector[np.newaxis] * 7)[0] if projection is not None else vector
    found = shop.search(VectorQuery(vector=asked, space=space, limit=5))
    return found.products[0]


def test_everything_is_found_in_the_new_space(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    before = shop.info()
    projection = projection_of(keeper)
    space = keeper.switch_space(projection, SURE)
    info = shop.info()
    assert (info.space, info.encoder_space) == (space, CARD.space)
    assert (info.dimension, info.photos) == (PRODUCTS - 1, before.photos)
    assert info.index_version > before.index_version
    for product in products:
        expected = projection.apply(np.stack([vectors[r] * 7 for r in product.photos]))
        np.testing.assert_allclose(shop.vectors(product.id), expected, atol=3e-3)
    best = found_by(shop, space, projection, vectors["3-2.jpg"])
    assert (best.product.id, best.photo) == ("p003", "3-2.jpg")
    asked = projection.apply(vectors["3-2.jpg"][np.newaxis] * 7)[0]
    mean = mean_vector(projection.apply(np.stack([vectors[f"3-{n}.jpg"] * 7 for n in range(5)])))
    assert best.parts["mean"] == pytest.approx(float(asked @ mean), abs=3e-3)


def test_the_projection_and_calibrations_come_back_as_they_were(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    assert keeper.active_space().projection is None
    projection = projection_of(keeper)
    space = keeper.switch_space(projection, SURE)
    active = keeper.active_space()
    np.testing.assert_array_equal(active.projection.matrix, projection.matrix)
    np.testing.assert_array_equal(active.projection.mean, projection.mean)
    assert active.projection.photo_mean is None
    assert active.projection.space(active.encoder_space) == active.space == space
    assert active.calibrations == SURE
    assert shop.calibrations(shop.info().index_version, active.space) == SURE
    # Of the space that was left, whatever the one in use has.
    assert shop.calibrations(shop.info().index_version, CARD.space) == {}
    doubtful = {Metric.KL: Calibration(0.5, 0.1, "queries", 7)}
    keeper.keep_calibrations(doubtful)
    assert keeper.active_space().calibrations == doubtful
    assert shop.calibrations(shop.info().index_version, active.space) == doubtful


def test_what_subtracts_nothing_knows_the_mean_of_its_photos(postgres_store):
    filled(postgres_store, *shelf())
    keeper = postgres_store.spaces("shop")
    projection = principal(keeper.feature_batches(), CARD.feature_blocks, 6)
    keeper.switch_space(projection, SURE)
    kept = keeper.active_space().projection
    assert not kept.mean.any()
    assert kept.photo_mean.any()
    np.testing.assert_array_equal(kept.photo_mean, projection.photo_mean)


def test_vectors_of_the_old_space_are_refused_after_the_switch(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    keeper.switch_space(projection_of(keeper), {})
    with pytest.raises(SpaceMismatch):
        shop.search(query(vectors["0-0.jpg"]))


def test_back_to_the_encoders_own_space(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    keeper.switch_space(projection_of(keeper), SURE)
    assert keeper.switch_space(None, {}) == CARD.space
    assert shop.info().dimension == DIMENSION
    for product in products:
        expected = np.stack([vectors[r] for r in product.photos])
        np.testing.assert_allclose(shop.vectors(product.id), expected, atol=3e-3)
    assert found_by(shop, CARD.space, None, vectors["7-1.jpg"]).product.id == "p007"
    assert keeper.active_space().calibrations == {}


def test_back_in_the_space_of_several_networks_each_is_scaled_by_itself(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    blocks = (3, DIMENSION - 3)
    projection = fit_projection(keeper.feature_batches(), blocks, rooted=False)
    keeper.switch_space(projection, {})
    keeper.switch_space(None, {})
    for product in products:
        features = np.stack([vectors[reference] for reference in product.photos])
        parts = [unit_rows(features[:, :3]), unit_rows(features[:, 3:])]
        expected = unit_rows(np.concatenate(parts, axis=1))
        np.testing.assert_allclose(shop.vectors(product.id), expected, atol=3e-3)


def test_nothing_is_left_of_former_spaces(postgres_store):
    products, vectors = shelf()
    filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    for first in (100, 200, 300):
        put(run := begin(postgres_store, source=f"more-{first}"), *shelf(first))
        run.finish([], remove_missing=True, complete=True)
        keeper.switch_space(projection_of(keeper), {})
    tables = postgres_store.database.read(
        "counting",
        lambda c: c.execute(
            "SELECT count(*) FROM pg_tables JOIN vector_sets s"
            " ON tablename IN ('photo_vectors_' || s.id, 'product_vectors_' || s.id)"
            " JOIN collections c ON c.id = s.collection_id WHERE c.name = 'shop'"
        ).fetchone()[0],
    )
    assert tables == 2
    wrong = {check.name for check in postgres_store.checks() if not check.ok}
    # The server behind the URL is set up for speed.
    assert wrong <= {"page checksums", "writes reach the disk"}


def test_photos_that_come_later_go_into_the_learnt_space(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    projection = projection_of(keeper)
    space = keeper.switch_space(projection, SURE)
    more, more_vectors = shelf(50, 3)
    run = begin(postgres_store, source="more.csv")
    assert run.known_photos([photo("0-0.jpg", vectors["0-0.jpg"]).content_hash])
    put(run, more, more_vectors)
    run.finish([], remove_missing=True, complete=True)
    assert shop.info().space == space
    assert found_by(shop, space, projection, more_vectors["51-2.jpg"]).product.id == "p051"


def test_a_run_goes_on_through_a_switch(postgres_store):
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    projection = projection_of(keeper)
    more, more_vectors = shelf(50, 4)
    run = begin(postgres_store, source="more.csv")
    put(run, more[:2], {r: v for r, v in more_vectors.items() if r[:2] in ("50", "51")})
    space = keeper.switch_space(projection, SURE)
    put(run, more[2:], {r: v for r, v in more_vectors.items() if r[:2] in ("52", "53")})
    assert len(run.known_places([p.id for p in more])) == 4 * PHOTOS
    run.finish([], remove_missing=True, complete=True)
    for number in range(50, 54):
        asked = more_vectors[f"{number}-1.jpg"]
        assert found_by(shop, space, projection, asked).product.id == f"p{number:03}"


def test_another_encoder_is_still_refused(postgres_store):
    filled(postgres_store, *shelf())
    keeper = postgres_store.spaces("shop")
    keeper.switch_space(projection_of(keeper), {})
    with pytest.raises(SpaceMismatch):
        begin(postgres_store, card=OTHER_CARD)


def test_searches_never_mix_spaces_while_it_is_switched(postgres_store):
    """Readers that notice the switch ask again; none fails, and none gets a wrong answer."""
    products, vectors = shelf()
    shop = filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    projection = projection_of(keeper)
    own, learnt = (CARD.space, None), (projection.space(CARD.space), projection)
    stop, wrong, answered = threading.Event(), [], []

    def search():
        known = own
        number = 0
        while not stop.is_set():
            number = (number + 1) % PRODUCTS
            try:
                best = found_by(shop, *known, vectors[f"{number}-0.jpg"])
            except SpaceMismatch:
                known = learnt if known is own else own
                continue
            except Exception as error:  # noqa: BLE001 - told by the test
                wrong.append(error)
                return
            answered.append(known[0])
            if (best.product.id, best.photo) != (f"p{number:03}", f"{number}-0.jpg"):
                wrong.append(best)

    readers = [threading.Thread(target=search) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(3):
            for learnt_now, calibrations in ((projection, SURE), (None, {})):
                until = len(answered) + 2 * len(readers)
                keeper.switch_space(learnt_now, calibrations)
                eventually(lambda until=until: len(answered) >= until or wrong)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert set(answered) == {own[0], learnt[0]}


SWITCH = """
import sys
from goodsight.core.projecting import fit_projection
from goodsight.stores import open_store
from pathlib import Path
location = sys.argv[1]
store = open_store(location if "://" in location else Path(location))
keeper = store.spaces("shop")
projection = fit_projection(keeper.feature_batches(), (16,), rooted=False)
while True:
    print("go", flush=True)
    keeper.switch_space(projection, {})
    keeper.switch_space(None, {})
"""


@pytest.mark.parametrize("milliseconds", [1, 5, 12, 25, 50, 90])
def test_killed_in_a_switch_it_is_the_old_space_or_the_new(postgres_store, milliseconds):
    products, vectors = shelf()
    filled(postgres_store, products, vectors)
    keeper = postgres_store.spaces("shop")
    projection = projection_of(keeper)
    server = postgres_store.database.server
    location = postgres_store.database._url if server is None else str(server.cluster.directory)
    process = subprocess.Popen(
        [sys.executable, "-c", SWITCH, location],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"go\n"
    threading.Event().wait(milliseconds / 1000)
    process.kill()
    process.wait()
    process.stdout.close()
    shop = postgres_store.open("shop")
    info = shop.info()
    now = {CARD.space: None, projection.space(CARD.space): projection}[info.space]
    assert info.photos == PRODUCTS * PHOTOS
    for number in range(PRODUCTS):
        best = found_by(shop, info.space, now, vectors[f"{number}-3.jpg"])
        assert (best.product.id, best.photo) == (f"p{number:03}", f"{number}-3.jpg")
    other = projection if now is None else None
    keeper.switch_space(other, {})
    assert found_by(shop, shop.info().space, other, vectors["4-4.jpg"]).product.id == "p004"


def test_learning_is_due_when_the_catalogue_has_changed(postgres_store):
    # Enough for each half to teach a projection, so that they calibrate.
    filled(postgres_store, *shelf(count=40))
    keeper = postgres_store.spaces("shop")
    assert is_due(keeper)
    report = learn(keeper, CARD.feature_blocks)
    assert (report.projected, report.calibrated) == (True, True)
    assert (report.photos, report.products) == (200, 40)
    assert report.dimension == min(39, DIMENSION)
    assert not is_due(keeper)
    put(run := begin(postgres_store, source="a little"), *shelf(50, 3))
    run.finish([], remove_missing=True, complete=True)
    assert not is_due(keeper)
    put(run := begin(postgres_store, source="much"), *shelf(60, 10))
    run.finish([], remove_missing=True, complete=True)
    assert is_due(keeper)
    assert learn(keeper, CARD.feature_blocks).photos == 265
    assert not is_due(keeper)


def test_learning_can_be_left_out(postgres_store):
    filled(postgres_store, *shelf())
    keeper = postgres_store.spaces("shop")
    report = learn(keeper, CARD.feature_blocks, project=False)
    assert (report.projected, report.space) == (False, CARD.space)
    assert report.calibrated
    assert not is_due(keeper)


def test_features_come_whole_and_product_by_product(postgres_store):
    products, vectors = shelf()
    filled(postgres_store, products, vectors)
    batches = list(postgres_store.spaces("shop").feature_batches())
    numbers = np.concatenate([batch.products for batch in batches])
    features = np.concatenate([batch.features for batch in batches])
    assert (np.diff(numbers) >= 0).all()
    assert len(features) == PRODUCTS * PHOTOS
    kept = {tuple(np.round(row, 2)) for row in features}
    assert kept == {
        tuple(np.round(np.asarray(vector * 7, np.float16).astype(np.float32), 2))
        for vector in vectors.values()
    }


def test_one_photo_shown_by_two_products_counts_for_both(postgres_store):
    vector = random_units(1)[0]
    run = begin(postgres_store)
    run.put_products([Product("a", "A", photos=("x",)), Product("b", "B", photos=("x",))])
    run.put_photos([photo("x", vector)], [place("a", "x"), place("b", "x")])
    run.finish([], remove_missing=True, complete=True)
    [batch] = postgres_store.spaces("shop").feature_batches()
    assert len(set(batch.products.tolist())) == 2
