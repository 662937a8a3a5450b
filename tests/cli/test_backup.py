"""`goodsight backup` and `goodsight restore` as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess

import pytest

from cli.test_commands import SCRIPT, run
from stores.servers import eventually


@pytest.fixture(scope="module")
def home(tmp_path_factory, small_shop):
    folder = tmp_path_factory.mktemp("home")
    run(folder, "index", small_shop / "feed.csv")
    return folder


def test_there_and_back(home, small_shop, tmp_path):
    file, new = tmp_path / "monday.goodsight", tmp_path / "new"
    told = json.loads(run(home, "backup", file, "--json").stdout)
    assert (told["products"], told["photos"]) == (6, 12)
    assert told["size_bytes"] == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    query = ("search", small_shop / "query-3.png", "--json")
    before = json.loads(run(home, *query).stdout)["hits"]
    restored = run(new, "restore", file)
    assert "6 products, 12 photos" in restored.stdout
    assert "MB" in restored.stderr
    after = json.loads(run(new, *query).stdout)["hits"]
    assert [hit["product"] for hit in after] == [hit["product"] for hit in before]
    assert [hit["score"] for hit in after] == [hit["score"] for hit in before]
    again = run(new, "restore", file, expect=1)
    assert "--replace" in again.stderr
    run(new, "restore", file, "--replace")


def test_refusals_say_why(home, tmp_path):
    (tmp_path / "there").write_text("mine")
    assert "is there already" in run(home, "backup", tmp_path / "there", expect=2).stderr
    assert (tmp_path / "there").read_text() == "mine"
    told = run(tmp_path / "new", "restore", tmp_path / "there", expect=3).stderr
    assert "no backup of Goodsight" in told
    assert "Traceback" not in told


def test_the_settings_that_name_another_database_are_told(home, tmp_path, loopback_server):
    run(home, "backup", tmp_path / "move.goodsight")
    url = loopback_server.new_database("moved")
    told = run(home, "restore", tmp_path / "move.goodsight", "--database", url).stderr
    assert "the settings name the embedded database" in told
    environment = {"GOODSIGHT_DATABASE_URL": url}
    listed = json.loads(run(home, "collection", "list", "--json", environment=environment).stdout)
    assert [entry["products"] for entry in listed] == [6]


def test_a_backup_that_is_interrupted_leaves_nothing(home, tmp_path):
    """Ctrl-C while it reads: a table is locked, so that it must wait there."""
    from goodsight.stores import open_store

    store = open_store(home / "postgres")
    with store.database.connect() as session, session.transaction():
        session.execute("LOCK TABLE variants")
        environment = os.environ | {"GOODSIGHT_HOME": str(home)}
        with subprocess.Popen([SCRIPT, "backup", tmp_path / "half"], env=environment) as process:
            eventually(lambda: list(tmp_path.iterdir()) != [])
            process.send_signal(signal.SIGINT)
            assert process.wait(30) != 0
    store.close()
    assert list(tmp_path.iterdir()) == []
