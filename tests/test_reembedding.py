"""A collection's encoder replaced while it is searched and written to; and the way back."""

import dataclasses
import shutil

import numpy as np
import pytest
from PIL import Image

import goodsight
from encoders.joint_models import joint_folder
from goodsight.core.errors import (
    Interrupted,
    ModelError,
    SpaceMismatch,
    StoreError,
    UsageError,
)
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


def write_feed(path, photos, numbers):
    """A feed of these products, with all photos of each."""
    rows = ["id,title,image"]
    for number in numbers:
        names = "|".join(str(photos / f"{number}-{shot}.png") for shot in range(SHOTS))
        rows.append(f"p{number},Product {number},{names}")
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="module")
def home(photos, tmp_path_factory):
    """One database for all tests, each with a collection of its own."""
    root = tmp_path_factory.mktemp("home")
    with goodsight.open(root / "home") as opened:
        for cells in (2, 4, 8):
            opened.add_model(grid_folder(root, cells))
        opened.add_model(joint_folder(root))
        opened.doctor()  # starts the server, which stays
        yield root / "home"


@pytest.fixture
def feed(photos, tmp_path):
    """Writes a feed of these products, in the place of the one before."""
    return lambda numbers: write_feed(tmp_path / "feed.csv", photos, numbers)


@pytest.fixture
def shop(home, feed):
    with goodsight.open(home, collection="shop") as opened:
        opened.index(feed(range(PRODUCTS)))
        yield opened
        opened.delete()


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
    # Worth going on with: the doctor tells of it, and leaves it alone.
    told = {check.name: check for check in shop.doctor(fix=True)}["'shop' on its way to grid-8"]
    assert (told.ok, told.detail.split()[0]) == (True, str(kept))
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
    # Whoever wants to go back does not wait for it.
    assert change.switch(None, {}) == shop.info().space
    shop.wiring.settings = dataclasses.replace(shop.wiring.settings, batch_size=4)
    went = []

    def back(done, _):
        if done and not went:
            went.append(shop.switcher().go_back())

    begun(shop, "grid-4").embed(progress=back)
    assert went == [shop.model(LITE0).space]
    assert shop.info().model == LITE0


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
    assert unwell == ["every photo of 'shop' has its vector"]


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
    sizes = {space.model: space.bytes for space in shop.switcher().kept_spaces()}
    assert sizes[LITE0] > sizes["grid-8"] > sizes["grid-4"]
    assert shop.switcher().prune() == 2
    assert len(features_kept(shop)) == 1
    assert_found(shop, photos, range(PRODUCTS))
    assert shop.info().model == "grid-4"


def test_to_a_model_that_sees_texts_and_back(shop, photos):
    with pytest.raises(UsageError, match="photos alone"):
        shop.labeller().label(labels=["red", "blue"])
    report = shop.replacer().replace(Quiet(), model="colours")
    assert (report.model, report.profile, report.projected) == ("colours", "own", False)
    assert any("sees texts too" in note for note in report.notes)
    assert shop.search("red thing", limit=1).hits[0].explanation["visual"] > 0
    shop.labeller().label(labels=["red", "blue"], least=0)
    report = shop.replacer().replace(Quiet(), profile="fast")
    assert (report.former_model, report.model, report.profile) == ("colours", LITE0, "fast")
    assert any("searched by their words alone" in note for note in report.notes)
    assert shop.search("red thing", limit=1).hits == ()
    assert_found(shop, photos, range(PRODUCTS))
    shop.switcher().go_back()
    assert shop.info().model == "colours"
    assert shop.search("red thing", limit=1).hits[0].explanation["visual"] > 0
    assert shop.photo_sample(shop.encoder().card).shape[1] == shop.info().dimension


class Quiet:
    """Hears how far it is, and says nothing."""

    def __init__(self):
        self.heard = []

    def embedded(self, done, total):
        self.heard.append((done, total))

    def skipped(self, skip):
        self.heard.append(skip)

    def stage(self, name):
        self.heard.append(name)


def test_the_catalogue_is_learnt_from_for_the_new_model(home, photos, feed):
    """Enough products for a projection."""
    with goodsight.open(home, collection="learning") as shop:
        shop.index(feed(range(2 * PRODUCTS)), model="grid-4")
        first = standing(shop)
        assert first[3] is not None
        watch = Quiet()
        report = shop.replacer().replace(watch, model="grid-8")
        assert watch.heard[-2:] == ["learning", "switching"]
        assert (report.projected, report.calibrated) == (True, True)
        assert report.embedding.photos == 2 * PRODUCTS * SHOTS
        assert shop.info().dimension == report.dimension == 2 * PRODUCTS - 1
        assert shop.learner().learn_if_due() is None
        assert_found(shop, photos, range(2 * PRODUCTS))
        assert shop.search(photos / "3-1.png", limit=1).hits[0].confidence > 0.5
        shop.switcher().go_back()
        assert standing(shop) == first
        shop.delete()


def test_a_backup_brings_the_former_encoder_and_one_to_come(shop, photos, tmp_path):
    first = standing(shop)
    change = begun(shop)
    change.embed()
    change.switch(None, {})
    second = standing(shop)
    begun(shop, "grid-4").embed()
    shop.backup(tmp_path / "backup")
    with goodsight.open(tmp_path / "restored", collection="shop") as restored:
        restored.restore(tmp_path / "backup")
        assert standing(restored) == second
        assert_found(restored, photos, range(PRODUCTS))
        restored.switcher().go_back()
        assert standing(restored) == first
        assert_found(restored, photos, range(PRODUCTS))
        report = begun(restored, "grid-4").embed()
        assert (report.photos, report.embedded) == (PRODUCTS * SHOTS, 0)
        assert all(check.ok for check in restored.doctor())


def test_an_encoder_that_is_gone_is_not_gone_back_to(shop, photos):
    for model in ("grid-2", "grid-8"):
        change = begun(shop, model)
        change.embed()
        change.switch(None, {})
    folder = shop.wiring.settings.home / "models" / "added" / "grid-2"
    shutil.rmtree(folder)
    before = standing(shop)
    with goodsight.open(shop.wiring.settings.home, collection="shop") as another:
        with pytest.raises(ModelError, match="no model 'grid-2'"):
            another.switcher().go_back()
        [unwell] = [check for check in another.doctor() if not check.ok]
        assert unwell.name == "former model of 'shop'"
        assert "goodsight model prune" in unwell.remedy
        # One of that name, but not the one its vectors come from.
        another.add_model(grid_folder(folder.parents[1] / "draft", 16, "grid-2"))
        with pytest.raises(SpaceMismatch, match="another version of grid-2"):
            another.switcher().go_back()
        assert standing(another) == before
        assert_found(another, photos, [3])
