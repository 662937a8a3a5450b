"""Backup and restore of a real little catalogue, embedded and by URL."""

from __future__ import annotations

import io
import itertools
import shutil
import zipfile
from dataclasses import replace

import pytest

import goodsight
from goodsight.config import load_settings
from goodsight.core.access import parse_role
from goodsight.core.errors import ArchiveError, StoreError, UsageError
from goodsight.core.store_ports import VectorQuery
from goodsight.core.tuning import TuningRecord, TuningStatus
from small_shop import draw_seen

QUERIES = 100


def opened(home, url=None):
    return goodsight.open(settings=load_settings({"home": home, "database_url": url}, {}))


@pytest.fixture(scope="module")
def home(tmp_path_factory, named_shop, small_shop):
    """A catalogue that has learnt from itself, another one beside it, a key, settings."""
    folder = tmp_path_factory.mktemp("archived")
    (folder / "goodsight.toml").write_text("min_confidence = 0.1\n")
    with opened(folder) as shop:
        shop.index(named_shop / "feed.csv")
        shop.keys().create("owner", parse_role("admin"), collections=None, valid_for=None)
        keep_a_former_model(shop)
    with goodsight.open(folder, collection="second") as shop:
        shop.index(small_shop / "feed.csv")
    return folder


def keep_a_former_model(shop):
    """As after tuning: another space in use, the former one and the run's record kept."""
    store = shop.wiring.store()
    keeper = store.spaces(shop.collection)
    active = keeper.active_space()
    with store.tuning_runs(shop.collection).begin("head") as run:
        tuned = replace(active.projection, matrix=active.projection.matrix[:, ::-1], origin="tuned")
        keeper.switch_space(tuned, active.calibrations, keep_former=True)
        run.finish(TuningStatus.SWITCHED, TuningRecord(reason="made by a test"))


@pytest.fixture(scope="module")
def vectors(home):
    """Of a hundred photos that nobody has indexed."""
    with opened(home) as shop:
        encoder = shop.encoder()
        photos = [
            shop._wiring.decode_upload(png_of(number, seed))
            for number, seed in itertools.islice(itertools.product(range(36), (5, 6, 7)), QUERIES)
        ]
        return encoder.encode_photos(photos).vectors


def png_of(number, seed):
    buffer = io.BytesIO()
    draw_seen(number, seed).save(buffer, "PNG")
    return buffer.getvalue()


def top_tens(shop, vectors):
    space = shop.info().space
    answers = [shop.stored().search(VectorQuery(vector, space)) for vector in vectors]
    return [[(hit.product.id, hit.photo, hit.score) for hit in a.products] for a in answers]


def unwell(shop):
    """What the doctor finds, but for what the test's own server is set to."""
    ours = ("page checksums", "writes reach the disk")
    return [check.name for check in shop.doctor() if not check.ok and check.name not in ours]


@pytest.fixture(scope="module")
def archive(home, tmp_path_factory):
    path = tmp_path_factory.mktemp("backups") / "shop.goodsight"
    with opened(home) as shop:
        report = shop.backup(path)
        assert (report.collections, report.products) == (2, 42)
        assert report.photos == shop.info().photos + 12
    return path


@pytest.fixture(params=["embedded", "url"])
def target(request, tmp_path):
    """Options that open an empty shop of each kind."""
    if request.param == "embedded":
        return tmp_path / "new", None
    server = request.getfixturevalue("loopback_server")
    return tmp_path / "new", server.new_database("restored")


def test_a_hundred_queries_find_the_same_ten(home, archive, target, vectors, named_shop):
    with opened(home) as shop:
        expected = top_tens(shop, vectors)
        before = {info.name: info for info in shop.collections()}
        keys = shop.keys().list()
    assert len(expected) == QUERIES
    assert len({tuple(answer) for answer in expected}) > QUERIES / 2
    with opened(*target) as shop:
        report = shop.restore(archive)
        assert report.settings
        assert top_tens(shop, vectors) == expected
        after = {info.name: info for info in shop.collections()}
        assert after.keys() == before.keys()
        for name, info in after.items():
            assert info.index_version > before[name].index_version
            assert (info.products, info.photos) == (before[name].products, before[name].photos)
            assert info.space == before[name].space
        assert shop.keys().list() == keys
        assert unwell(shop) == []
        [run] = shop.switcher().runs()
        assert (run.record.reason, run.status) == ("made by a test", TuningStatus.SWITCHED)
        # The former model came with it.
        former = shop.switcher().go_back()
        assert former != before["default"].space
        [hit] = shop.search(named_shop / "3-1.png", limit=1).hits
        assert hit.photo.endswith("3-1.png")
    assert (target[0] / "goodsight.toml").read_text() == "min_confidence = 0.1\n"


def test_what_was_restored_goes_on(archive, target, small_shop):
    with opened(*target) as shop:
        shop.restore(archive)
    second = goodsight.open(
        settings=load_settings({"home": target[0], "database_url": target[1]}, {}),
        collection="second",
    )
    with second as shop:
        shutil.copytree(small_shop, target[0] / "feed")
        report = shop.index(target[0] / "feed" / "feed.csv")
        assert report.products.added + report.products.unchanged + report.products.changed == 6
        hits = shop.search(small_shop / "query-4.png").hits
        assert hits[0].product.id == "p4"


def test_a_damaged_backup_changes_nothing(archive, tmp_path):
    damaged = tmp_path / "damaged.goodsight"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    new = tmp_path / "new"
    with opened(new) as shop, pytest.raises(ArchiveError, match="damaged"):
        shop.restore(damaged)
    assert not new.exists()


def test_a_home_in_use_is_kept(home, archive, vectors):
    with opened(home) as shop:
        before = top_tens(shop, vectors[:5])
        with pytest.raises(StoreError, match="--replace"):
            shop.restore(archive)
        assert top_tens(shop, vectors[:5]) == before


def test_another_settings_file_is_in_the_way(archive, tmp_path):
    (tmp_path / "goodsight.toml").write_text("port = 9000\n")
    with opened(tmp_path) as shop, pytest.raises(UsageError, match=r"goodsight\.toml is another"):
        shop.restore(archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["goodsight.toml"]


@pytest.fixture
def used(tmp_path, small_shop, loopback_server):
    """A shop by URL with a catalogue of its own, and its own settings."""
    folder = tmp_path / "used"
    folder.mkdir()
    (folder / "goodsight.toml").write_text("min_confidence = 0.3\n")
    url = loopback_server.new_database("used")
    with opened(folder, url) as shop:
        shop.index(small_shop / "feed.csv")
    return folder, url


def test_replacing_takes_the_place_of_everything(archive, used, home, vectors):
    with opened(home) as shop:
        expected = top_tens(shop, vectors[:5])
    with opened(*used) as shop:
        old = shop.info()
        shop.restore(archive, replace=True)
        assert {info.name for info in shop.collections()} == {"default", "second"}
        assert top_tens(shop, vectors[:5]) == expected
        assert shop.info().index_version > old.index_version
    assert (used[0] / "goodsight.toml").read_text() == "min_confidence = 0.1\n"


def test_a_failure_half_way_leaves_everything(archive, used, tmp_path):
    """Tables that do not fit their version show only when they are filled."""
    wrong = tmp_path / "wrong.goodsight"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(wrong, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = content.replace(b'"product_key"', b'"product_kex"')
            new.writestr(name, content)
    with opened(*used) as shop:
        before = shop.info()
        with pytest.raises(ArchiveError, match="table products has other columns"):
            shop.restore(wrong, replace=True)
        assert shop.info() == before
    assert (used[0] / "goodsight.toml").read_text() == "min_confidence = 0.3\n"
    assert not list(used[0].glob(".*"))


def test_an_index_run_going_on_is_not_pulled_away(archive, used, small_shop):
    with opened(*used) as shop, opened(*used) as other:
        run = other._wiring.store().begin_run(
            "default", profile="fast", card=other.base_encoder().card, source="feed"
        )
        with pytest.raises(StoreError, match="being indexed"):
            shop.restore(archive, replace=True)
        run.finish([], remove_missing=False, complete=False)
        assert shop.info().products == 6
