"""A home's files into a backup's members and back, moved to their places or not at all."""

from __future__ import annotations

import hashlib

import pytest

from encoders.tiny_models import joined_folder
from goodsight.archives import Member
from goodsight.encoders import ModelLibrary
from goodsight.home_files import FilesToPlace, kept_files

CONTENT = {
    "models/mine/model.onnx": b"weights",
    "models/mine/model.json": b"{}",
    "models/other/model.onnx": b"other weights",
    "settings/goodsight.toml": b"port = 9000\n",
}
MEMBERS = [Member(n, len(c), hashlib.sha256(c).hexdigest()) for n, c in CONTENT.items()]


def read(member):
    return [CONTENT[member.name]]


def placed(home, files):
    with files.staged(read) as stage, files.placed(stage):
        pass


def contents(home):
    return {
        str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()
    }


def test_into_an_empty_home_and_out_again(tmp_path):
    files = FilesToPlace(tmp_path, MEMBERS)
    assert files.in_the_way() == ()
    placed(tmp_path, files)
    assert {name: path.read_bytes() for name, path in kept_files(tmp_path)} == CONTENT
    assert len(contents(tmp_path)) == len(CONTENT)
    assert (tmp_path / "goodsight.toml").stat().st_mode & 0o077 == 0


def test_what_is_there_already_is_left_alone(tmp_path):
    placed(tmp_path, FilesToPlace(tmp_path, MEMBERS))
    again = FilesToPlace(tmp_path, MEMBERS)
    assert again.members == ()
    assert again.in_the_way() == ()


def test_a_model_goes_as_a_whole(tmp_path):
    """One file of it differs: the others must not be lost with the folder."""
    placed(tmp_path, FilesToPlace(tmp_path, MEMBERS))
    mine = tmp_path / "models" / "added" / "mine"
    (mine / "model.onnx").write_bytes(b"changed")
    files = FilesToPlace(tmp_path, MEMBERS)
    assert files.in_the_way() == (mine,)
    placed(tmp_path, files)
    assert {name: path.read_bytes() for name, path in kept_files(tmp_path)} == CONTENT


def test_a_failure_puts_everything_back(tmp_path):
    (tmp_path / "goodsight.toml").write_bytes(b"port = 1\n")
    other = tmp_path / "models" / "added" / "other"
    other.mkdir(parents=True)
    (other / "model.onnx").write_bytes(b"former")
    before = contents(tmp_path)
    files = FilesToPlace(tmp_path, MEMBERS)

    def fail():
        with files.staged(read) as stage, files.placed(stage):
            assert contents(tmp_path) != before
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert contents(tmp_path) == before


def test_links_and_odd_names_stay_out_of_a_backup(tmp_path):
    model = tmp_path / "models" / "added" / "mine"
    (model / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_text("elsewhere")
    (model / "model.onnx").symlink_to(tmp_path / "secret")
    (model / ".hidden").write_text("x")
    (model / "model.json").write_text("{}")
    assert [name for name, _ in kept_files(tmp_path)] == ["models/mine/model.json"]


def test_a_model_of_several_networks_opens_again_in_another_home(tmp_path):
    before = ModelLibrary(tmp_path / "old" / "models")
    card = before.add(joined_folder(tmp_path), "both")
    content = {name: path.read_bytes() for name, path in kept_files(tmp_path / "old")}
    members = [
        Member(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in content.items()
    ]
    (tmp_path / "new").mkdir()
    files = FilesToPlace(tmp_path / "new", members)
    with files.staged(lambda member: [content[member.name]]) as stage, files.placed(stage):
        pass
    assert ModelLibrary(tmp_path / "new" / "models").card("both") == card
