"""A collection's encoder replaced while it is searched and written to; and the way back."""

import dataclasses
import shutil

import numpy as np
import pytest
from PIL import Image

import goodsight
from goodsight.core.errors import Interrupted, StoreError, UsageError
from goodsight.reembedding import ReEmbedder
from grid_models import grid_folder
from small_shop import draw_seen

LITE0 = "efficientnet-lite0"
PRODUCTS, SHOTS = 12, 3


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Twice as many products as the shop begins with."""
    root = tmp_path_factory.mktemp("photos")
    for number in range(2 * PRODUCTS):
        for shot in range(SHOTS):
            draw_seen(number, shot).save(root / f"{number}-{shot}.png")
    return root


@pytest.fixture
def feed(photos, tmp_path):
    """Writes a feed of these products, and returns its path."""

    def write(numbers):
        rows = ["id,title,image"]
        for number in numbers:
            names = "|".join(str(photos / f"{number}-{shot}.png") for shot in range(SHOTS))
            rows.append(f"p{number},Product {number},{names}")
        (tmp_path / "feed.csv").write_text("\n".join(rows) + "\n")
        return tmp_path / "feed.csv"

    return write


@pytest.fixture
def shop(feed, tmp_path):
    with goodsight.open(tmp_path / "home") as opened:
        for cells in (4, 8):
            opened.add_model(grid_folder(tmp_path / "models", cells))
        opened.index(feed(range(PRODUCTS)))
        yield opened


def begun(shop, model="grid-8", **choices):
    return ReEmbedder(shop.wiring, shop).begin(model, **choices)


def assert_found(shop, photos, numbers):
    """Each product by each of its photos, as the best."""
    for number in numbers:
        for shot in range(SHOTS):
            name = f"{number}-{shot}.png"
            [hit] = shop.search(photos / name, limit=1).hits
            assert hit.photo.endswith(f"/{name}")
            assert hit.product.id == f"p{number}"


def standing(shop):
    """What a collection is searched with."""
    info = shop.info()
    active = shop.wiring.store().spaces(shop.collection).active_space()
    fingerprint = None if active.projection is None else active.projection.matrix.tobytes()
    return info.model, info.profile, info.space, fingerprint, active.calibrations


def features_kept(shop):
    """Vector set -> how many photos have its features."""
    with shop.wiring.store().database.connect() as session:
        rows = session.execute("SELECT vector_set_id, count(*) FROM features GROUP BY 1")
        return dict(rows.fetchall())


def test_another_encoder_serves_after_one_step(shop, photos):
    before = shop.info()
    heard = []
    change = begun(shop)
    report = change.embed(progress=lambda *counts: heard.append(counts))
    assert (report.photos, report.embedded, report.skipped) == (PRODUCTS * SHOTS,) * 2 + ((),)
    assert heard[0] == (0, PRODUCTS * SHOTS)
    assert heard[-1] == (PRODUCTS * SHOTS, PRODUCTS * SHOTS)
    assert shop.info() == before
    assert_found(shop, photos, range(PRODUCTS))
    space = change.switch(None, {})
    info = shop.info()
    assert (info.model, info.profile, info.dimension) == ("grid-8", "own", 192)
    assert info.space == info.encoder_space == space == shop.model("grid-8").space
    assert (info.products, info.photos) == (before.products, before.photos)
    assert_found(shop, photos, range(PRODUCTS))
    assert all(check.ok for check in shop.doctor())


def test_there_and_back_with_products_added_changed_and_removed(shop, photos, feed):
    change = begun(shop)
    change.embed()
    # Written while the old encoder serves: one goes, one loses a photo, six come.
    shop.index(feed([*range(1, PRODUCTS), *range(PRODUCTS, PRODUCTS + 6)]))
    [kept] = shop.products(["p3"])
    shop.editor().put([dataclasses.replace(kept, photos=kept.photos[:2])])
    first = standing(shop)
    change.switch(None, {})
    second = standing(shop)
    assert second[:2] == ("grid-8", "own")
    numbers = [number for number in range(1, PRODUCTS + 6) if number != 3]
    assert_found(shop, photos, numbers)
    assert shop.info().photos == len(numbers) * SHOTS + 2
    gone = shop.search(photos / "0-0.png", limit=1).hits[0]
    assert gone.product.id != "p0"
    # Written with the new encoder: it must be there after going back.
    shop.index(feed([*range(2, PRODUCTS), *range(PRODUCTS, PRODUCTS + 9)]))
    shop.switcher().go_back()
    assert standing(shop) == first
    assert_found(shop, photos, range(PRODUCTS, PRODUCTS + 9))
    assert shop.products(["p1"]) == []
    [latest] = [space for space in shop.switcher().kept_spaces() if not space.is_active]
    assert (latest.model, latest.space) == (second[0], second[2])
    shop.switcher().go_to(latest.id)
    assert standing(shop) == second
    assert_found(shop, photos, range(PRODUCTS, PRODUCTS + 9))
    assert all(check.ok for check in shop.doctor())


def test_stopped_it_goes_on_from_there_and_another_model_drops_it(shop):
    done = []
    change = begun(shop)
    with pytest.raises(Interrupted):
        change.embed(progress=lambda now, _: done.append(now), should_stop=lambda: True)
    assert done == [0]
    shop.wiring.settings = dataclasses.replace(shop.wiring.settings, batch_size=4)
    with pytest.raises(Interrupted):
        change.embed(progress=lambda now, _: done.append(now), should_stop=lambda: done[-1] > 5)
    kept = done[-1]
    assert 5 < kept < PRODUCTS * SHOTS
    again = begun(shop)
    assert ReEmbedder(shop.wiring, shop).begun().photos == kept
    report = again.embed()
    assert (report.photos, report.embedded) == (PRODUCTS * SHOTS, PRODUCTS * SHOTS - kept)
    begun(shop, "grid-4")
    assert sorted(features_kept(shop).values()) == [PRODUCTS * SHOTS]
    with pytest.raises(UsageError, match="given up"):
        again.switch(None, {})
    with pytest.raises(StoreError, match="given up"):
        again.embed()
    assert shop.info().model == LITE0


def test_what_is_refused_leaves_nothing(shop):
    before = shop.info()
    change = begun(shop)
    change.embed()
    assert len(features_kept(shop)) == 2
    change.drop()
    assert len(features_kept(shop)) == 1
    assert ReEmbedder(shop.wiring, shop).begun() is None
    assert shop.info() == before
    with pytest.raises(UsageError, match="already"):
        begun(shop, LITE0)


def test_only_one_process_embeds_a_collection(shop):
    change = begun(shop)
    refused = []

    def in_between(*_):
        for attempt in (lambda: begun(shop, "grid-4"), lambda: begun(shop).embed(), change.drop):
            with pytest.raises(StoreError, match="another process"):
                attempt()
            refused.append(attempt)

    change.embed(progress=in_between)
    assert len(refused) >= 3
    assert change.switch(None, {}) == shop.info().space


def test_photos_whose_originals_are_gone(shop, photos, feed, tmp_path):
    rows = ["id,title,image"]
    for number, name in ((30, "gone"), (31, "lost")):
        pixels = np.random.default_rng(number).integers(0, 255, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((300, 300)).save(tmp_path / f"{number}.png")
        rows.append(f"{name},A {name} thing,{tmp_path / str(number)}.png")
    (tmp_path / "two.csv").write_text("\n".join(rows) + "\n")
    shop.index(tmp_path / "two.csv")
    query = tmp_path / "query.png"
    shutil.copy(tmp_path / "30.png", query)
    for number in (30, 31):
        (tmp_path / f"{number}.png").unlink()
    with shop.wiring.store().database.connect() as session:
        session.execute(
            "UPDATE images SET thumbnail = 'broken' WHERE id IN"
            " (SELECT image_id FROM photos WHERE reference LIKE '%31.png')"
        )
    change = begun(shop)
    skipped = []
    report = change.embed(skipped=skipped.append)
    assert (report.photos, report.from_thumbnails) == (PRODUCTS * SHOTS + 1, 1)
    assert [skip.reference for skip in skipped] == [str(tmp_path / "31.png")]
    change.switch(None, {})
    assert shop.search(query, limit=1).hits[0].product.id == "gone"
    assert [hit.product.id for hit in shop.search("lost thing").hits] == ["lost"]
    assert_found(shop, photos, range(PRODUCTS))
    # It has no vector, but is still a product: found by its words.
    unwell = [check.name for check in shop.doctor() if not check.ok]
    assert unwell == ["every photo of 'default' has its vector"]


def test_without_a_former_space_nothing_of_the_old_encoder_stays(shop, photos):
    change = begun(shop)
    change.embed()
    change.switch(None, {}, keep_former=False)
    assert len(features_kept(shop)) == 1
    assert [space.model for space in shop.switcher().kept_spaces()] == ["grid-8"]
    with pytest.raises(UsageError, match="no former model"):
        shop.switcher().go_back()
    assert_found(shop, photos, range(PRODUCTS))


def test_pruned_the_former_encoders_features_go(shop, photos):
    change = begun(shop)
    change.embed()
    change.switch(None, {})
    other = begun(shop, "grid-4")
    other.embed()
    other.switch(None, {})
    assert len(features_kept(shop)) == 3
    assert shop.switcher().prune() == 2
    assert len(features_kept(shop)) == 1
    assert_found(shop, photos, range(PRODUCTS))
    assert shop.info().model == "grid-4"
