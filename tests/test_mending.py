"""Faults of a home and of what is in it, made for real: found, and mended where that is safe."""

from __future__ import annotations

import os
import signal
import time

import pytest

import goodsight
from goodsight.stores.postgres.cluster import Cluster
from stores.servers import eventually

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def home(tmp_path_factory, small_shop):
    folder = tmp_path_factory.mktemp("mended")
    with goodsight.open(folder) as shop:
        shop.index(small_shop / "feed.csv")
        assert unwell(shop) == {}
    return folder


def unwell(shop, **options):
    return {c.name: c.detail for c in shop.doctor(**options) if not c.ok}


def changed(shop, statement):
    with shop._wiring.store().database.connect() as session:
        session.execute(statement)


def kill_server(home):
    """The process id it had."""
    cluster = Cluster(home / "postgres")
    pid = cluster.server_pid()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: cluster.server_pid() is None)
    return pid


def last_touched(folder, moment):
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (moment, moment))


def test_half_written_files_of_long_ago(home):
    old = [home / ".restoring.killed", home / "models" / "added" / ".half"]
    fresh = home / ".restoring.going-on"
    for folder in (*old, fresh):
        (folder / "new").mkdir(parents=True)
    for folder in old:
        last_touched(folder, 0)
    # Something in it was written just now.
    os.utime(fresh, (0, 0))
    with goodsight.open(home) as shop:
        assert unwell(shop) == {"no half-written files": ", ".join(map(str, sorted(old)))}
        done = [check.detail for check in shop.doctor(fix=True) if check.name == "mended"]
        assert len(done) == 2
        assert unwell(shop) == {}
    assert fresh.exists()
    assert not any(folder.exists() for folder in old)
    (fresh / "new").rmdir()
    fresh.rmdir()


def test_training_is_kept_for_the_next_run_and_not_for_ever(home):
    days = {"tuning/refused": 40, "tuning/going-on": 29, "distilling/stopped": 31}
    for name, age in days.items():
        (home / name / "trial").mkdir(parents=True)
        (home / name / "trial" / "state.npz").touch()
        last_touched(home / name, time.time() - age * 24 * 3600)
    with goodsight.open(home) as shop:
        assert len(unwell(shop)["no half-written files"].split(", ")) == 2
        shop.doctor(fix=True)
        assert unwell(shop) == {}
    assert [name for name in days if (home / name).exists()] == ["tuning/going-on"]


def test_a_server_that_was_killed(home):
    with goodsight.open(home) as shop:
        shop.info()
        pid = kill_server(home)
        [lost] = [check for check in shop.doctor() if not check.ok]
        assert str(pid) in lost.detail
        # That has brought it back; once more, for the fix.
        kill_server(home)
        told = shop.doctor(fix=True)
        assert "recovered" in [check for check in told if check.name == "mended"][-1].detail
        assert all(check.ok for check in told)


def test_another_model_than_the_vectors_came_from(home):
    with goodsight.open(home) as shop:
        space = shop.info().encoder_space
        changed(shop, f"UPDATE vector_sets SET space = 'other' WHERE space = '{space}'")
        try:
            name = shop.info().model
            expected = f"{name} is not the one its vectors came from"
            assert unwell(shop) == {"model of 'default'": expected}
        finally:
            changed(shop, f"UPDATE vector_sets SET space = '{space}' WHERE space = 'other'")


def test_a_thumbnail_that_is_none(home):
    with goodsight.open(home) as shop:
        changed(shop, "CREATE TABLE kept AS SELECT id, thumbnail FROM images ORDER BY id LIMIT 1")
        changed(shop, "UPDATE images SET thumbnail = 'x' WHERE id IN (SELECT id FROM kept)")
        try:
            found = unwell(shop, fix=True)
            assert found == {"thumbnails of 'default' can be shown": "1 of 12 do not"}
        finally:
            changed(
                shop, "UPDATE images i SET thumbnail = k.thumbnail FROM kept k WHERE k.id = i.id"
            )
            changed(shop, "DROP TABLE kept")


def test_a_damaged_page(home):
    """The last test: nothing mends that but a backup."""
    with goodsight.open(home) as shop:
        with shop._wiring.store().database.connect() as session:
            [(path,)] = session.execute("SELECT pg_relation_filepath('products')")
        assert unwell(shop) == {}
    file = Cluster(home / "postgres").data / path
    with file.open("r+b") as page:
        page.seek(8000)
        page.write(b"damage!!")
    with goodsight.open(home) as shop:
        remedies = " ".join(check.detail + check.remedy for check in shop.doctor() if not check.ok)
        assert "restore a backup" in remedies
        failed = {check.name for check in shop.doctor() if not check.ok}
        assert "no damaged pages seen" in failed
