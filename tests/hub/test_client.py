"""The hub asked over HTTP: downloads that break off, hubs that are away."""

from __future__ import annotations

import json
import sys

import pytest

from goodsight.core.errors import MissingExtra, ModelError, UsageError
from goodsight.hub import Hub, HubAddress, parse_address
from goodsight.hub.published import HubFile
from hub.hub_server import COMMIT, Repository

ADDRESS = HubAddress("shop/colours")
CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def repository(server):
    files = {"onnx/model.onnx": CONTENT, "config.json": b'{"model_type": "clip"}'}
    server.repositories["shop/colours"] = Repository(files)
    return server.repositories["shop/colours"]


def fetch(name, target, progress=lambda *_: None):
    hub = Hub()
    model = hub.describe(ADDRESS)
    hub.fetch(model, model.file(name), target, progress)


def test_a_model_is_pinned_to_its_commit_with_sizes_and_hashes(server, repository):
    model = Hub().describe(ADDRESS)
    assert (model.commit, model.licence, model.is_permissive) == (COMMIT, "apache-2.0", True)
    assert model.file("onnx/model.onnx").size == len(CONTENT)
    assert len(model.file("onnx/model.onnx").sha256) == 64
    assert len(model.file("config.json").git_hash) == 40
    assert model.file("nothing") is None


def test_a_file_comes_whole_and_is_told_of(server, repository, tmp_path):
    told = []
    fetch("onnx/model.onnx", tmp_path / "m", lambda *progress: told.append(progress))
    assert (tmp_path / "m").read_bytes() == CONTENT
    assert told[-1] == ("onnx/model.onnx", len(CONTENT), len(CONTENT))
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_broken_download_goes_on_where_it_ended(server, repository, tmp_path):
    server.breaks = [300_000, 200_000]
    fetch("onnx/model.onnx", tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == CONTENT
    ranges = [asked for path, asked in server.asked if "/resolve/" in path]
    assert ranges == [None, "bytes=300000-", "bytes=500000-"]


def test_another_attempt_goes_on_with_what_an_earlier_one_left(server, repository, tmp_path):
    server.breaks = [100_000] * 5
    with pytest.raises(ModelError, match="the hub cannot be reached"):
        fetch("onnx/model.onnx", tmp_path / "m")
    assert (tmp_path / "m.part").stat().st_size == 500_000
    server.asked.clear()
    fetch("onnx/model.onnx", tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == CONTENT
    assert server.asked[-1][1] == "bytes=500000-"


def test_a_hub_that_knows_no_ranges_begins_again(server, repository, tmp_path):
    server.knows_ranges = False
    server.breaks = [300_000]
    fetch("onnx/model.onnx", tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == CONTENT


def test_a_busy_hub_is_asked_again(server, repository, tmp_path):
    server.statuses = [503, 429]
    fetch("onnx/model.onnx", tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == CONTENT
    server.statuses = [503] * 9
    with pytest.raises(ModelError, match="answered 503; try again later"):
        fetch("onnx/model.onnx", tmp_path / "again")


@pytest.mark.parametrize("name", ["onnx/model.onnx", "config.json"])
def test_a_file_that_is_not_the_one_described_is_not_kept(server, repository, tmp_path, name):
    repository.sent[name] = bytes(len(repository.files[name]))
    with pytest.raises(ModelError, match="is not the file the hub describes"):
        fetch(name, tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_no_more_is_kept_than_was_announced(server, repository, tmp_path):
    repository.sent["config.json"] = b"x" * 1000
    with pytest.raises(ModelError, match="more than the 22 bytes announced"):
        fetch("config.json", tmp_path / "m")
    assert (tmp_path / "m.part").stat().st_size == 0


def test_what_is_there_is_not_asked_for(server, repository, tmp_path):
    (tmp_path / "m").write_bytes(b"here")
    fetch("onnx/model.onnx", tmp_path / "m")
    assert server.files_asked() == []


@pytest.mark.parametrize(
    ("refusal", "cause"),
    [
        ((404, "RepoNotFound"), "there is no such model"),
        ((404, "RevisionNotFound"), "no such revision"),
        ((403, "GatedRepo"), "its owner wants to be asked.* HF_TOKEN"),
        ((500, ""), "the hub answered 500"),
    ],
)
def test_refusals_say_what_to_do(server, repository, refusal, cause):
    server.refusal = refusal
    with pytest.raises(ModelError, match=cause):
        Hub().describe(ADDRESS)


def test_a_hub_out_of_reach_is_told_with_its_ways_out(server, repository, monkeypatch):
    server.close()
    with pytest.raises(ModelError) as error:
        Hub().describe(ADDRESS)
    assert server.url in str(error.value)
    for way_out in ("HTTPS_PROXY", "HF_ENDPOINT", "model folder"):
        assert way_out in str(error.value)


def test_a_licence_with_a_name_of_its_own(server, repository):
    repository.card = {
        "license": "other",
        "license_name": "apple\x1b[2J-amlr",
        "license_link": "https://example.com/LICENSE",
    }
    model = Hub().describe(ADDRESS)
    assert (model.licence, model.is_permissive) == ("apple [2J-amlr", False)
    assert model.licence_link == "https://example.com/LICENSE"
    repository.card = {}
    model = Hub().describe(ADDRESS)
    assert (model.licence, model.is_permissive) == (None, False)
    assert model.licence_link == f"{server.url}/shop/colours"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hf:shop/colours", HubAddress("shop/colours", "main")),
        ("hf:a-b/c.d_e@v1.0", HubAddress("a-b/c.d_e", "v1.0")),
        (f"hf:shop/colours@{COMMIT}", HubAddress("shop/colours", COMMIT)),
    ],
)
def test_addresses(text, found):
    assert parse_address(text) == found


@pytest.mark.parametrize(
    "text", ["hf:colours", "hf:/x", "hf:a/b/c", "hf:../x", "hf:a/b@", "hf:a/b@../c", "hf:a/b c", ""]
)
def test_what_is_no_address_is_told(text):
    with pytest.raises(UsageError, match="hf:ORG/NAME"):
        parse_address(text)


def test_without_the_extra_its_install_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[hub\]'"):
        Hub()


def test_a_size_alone_is_checked_where_the_hub_gives_no_hash(server, repository, tmp_path):
    hub = Hub()
    model = hub.describe(ADDRESS)
    hub.fetch(model, HubFile("config.json", 22), tmp_path / "c", lambda *_: None)
    assert json.loads((tmp_path / "c").read_bytes()) == {"model_type": "clip"}
