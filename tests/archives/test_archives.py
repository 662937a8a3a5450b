"""The backup's file: whole or refused, and never half there."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile

import pytest

from goodsight.archives import ArchiveReader, ArchiveWriter
from goodsight.core.backups import DatabaseShape, TableShape
from goodsight.core.errors import ArchiveError, UsageError

SHAPE = DatabaseShape("0007", (TableShape("products", ("id", "title"), 2),))
CONTENT = {
    "tables/products": os.urandom(3_000_000),
    "models/mine/model.onnx": b"onnx" * 1000,
    "settings/goodsight.toml": b"port = 9000\n",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "whole.goodsight"
    with ArchiveWriter(path) as archive:
        for name, content in CONTENT.items():
            with archive.member(name) as member:
                member.write(content[:1000])
                member.write(content[1000:])
        archive.seal("goodsight 0", SHAPE)
    return path


@pytest.fixture
def copy(whole, tmp_path):
    return shutil.copy(whole, tmp_path / "copy.goodsight")


def verified(path):
    with ArchiveReader(path) as archive:
        archive.verify()
        return {m.name: b"".join(archive.blocks(m)) for m in archive.manifest.members}


def test_what_went_in_comes_out(whole):
    assert verified(whole) == CONTENT
    with ArchiveReader(whole) as archive:
        assert archive.manifest.database == SHAPE


def test_it_is_for_its_owner_alone(whole):
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600


@pytest.mark.parametrize("place", [0.001, 0.3, 0.6, 0.99])
def test_a_flipped_bit_is_found_wherever_it_is(copy, place):
    content = bytearray(copy.read_bytes())
    content[int(len(content) * place)] ^= 4
    copy.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"copy\.goodsight"):
        verified(copy)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9999])
def test_a_part_of_one_is_refused(copy, share):
    content = copy.read_bytes()
    copy.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ArchiveError, match="only a part of one"):
        verified(copy)


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron.d/evil", "models/../../evil", "/etc/passwd", "models/a/b/c", "tables/.hidden",
     "models/a/..", "settings/other.toml", "models\\a\\b"],
)  # fmt: skip
def test_no_name_leads_elsewhere(whole, tmp_path, name):
    evil = rewritten(whole, tmp_path, lambda d: d["members"][0].update(name=name), {name: b"x"})
    with pytest.raises(ArchiveError, match="which no backup holds"):
        verified(evil)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(version=2), "newer Goodsight"),
        (lambda d: d.update(format="other"), "no backup of Goodsight"),
        (lambda d: d.pop("members"), "does not read"),
        (lambda d: d["members"].pop(), "its manifest and its members differ"),
        (lambda d: d["members"].append(dict(d["members"][0])), "differ: a member twice"),
        (lambda d: d["members"][0].update(sha256="0" * 64), "its checksum is another"),
        (lambda d: d["members"][0].update(bytes=5), "its checksum is another"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(whole, tmp_path, change, reason):
    with pytest.raises(ArchiveError, match=reason):
        verified(rewritten(whole, tmp_path, change))


def test_what_is_compressed_is_none_of_ours(whole, tmp_path):
    """A bomb of a few kilobytes would else fill a disk."""
    bomb = rewritten(whole, tmp_path, lambda _: None, how=zipfile.ZIP_DEFLATED)
    with pytest.raises(ArchiveError, match="compressed"):
        verified(bomb)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(os.urandom(1000))
    with pytest.raises(ArchiveError, match="no backup of Goodsight"):
        verified(tmp_path / "photo.jpg")
    with pytest.raises(ArchiveError, match="no such file"):
        verified(tmp_path / "lost")


def test_a_failure_leaves_nothing(tmp_path):
    path = tmp_path / "half.goodsight"

    def broken_off():
        with ArchiveWriter(path) as archive, archive.member("tables/products") as member:
            member.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    with ArchiveWriter(path):
        pass  # not sealed
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(copy):
    before = copy.read_bytes()
    with pytest.raises(UsageError, match="is there already"), ArchiveWriter(copy):
        pass
    assert copy.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ArchiveError, match="cannot be written"):
        ArchiveWriter(tmp_path / "lost" / "file").__enter__()


def rewritten(whole, tmp_path, change, more=None, how=zipfile.ZIP_STORED):
    """The archive with another manifest, and more members."""
    target = tmp_path / "rewritten.goodsight"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(target, "w", how) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                document = json.loads(content)
                change(document)
                content = json.dumps(document)
            new.writestr(name, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return target
