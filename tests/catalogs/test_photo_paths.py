from __future__ import annotations

from pathlib import Path

import pytest

from goodsight.catalogs.photo_paths import PhotoPaths, PhotoRefused, split_references


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"photo")
    return path


@pytest.mark.parametrize(
    ("cell", "references"),
    [
        ("a.jpg|b/c.png", ["a.jpg", "b/c.png"]),
        ("a.jpg, b.JPG", ["a.jpg", "b.JPG"]),
        ("red, blue.jpg", ["red, blue.jpg"]),
        ("http://x/a.jpg, https://x/b", ["http://x/a.jpg", "https://x/b"]),
        ("https://x/w_300,h_200/a.jpg", ["https://x/w_300,h_200/a.jpg"]),
        ("a.jpg\nb.jpg\na.jpg", ["a.jpg", "b.jpg"]),
        (" | ", []),
    ],
)
def test_references_in_a_cell(cell: str, references: list[str]) -> None:
    assert list(split_references(cell)) == references


def test_web_addresses_stay_as_they_are(tmp_path: Path) -> None:
    paths = PhotoPaths(tmp_path)
    assert paths.resolve("https://shop.example/a b.jpg".replace(" ", "%20")).endswith("a%20b.jpg")
    assert paths.resolve("HTTP://shop.example/a.jpg?x=1|2") == "HTTP://shop.example/a.jpg?x=1|2"
    assert paths.resolve("//cdn.example/a.jpg") == "https://cdn.example/a.jpg"


@pytest.mark.parametrize(
    "reference",
    ["file:///etc/passwd", "ftp://x/a.jpg", "data:image/png;base64,AAAA", "https://", "http:// x/a",
     "http://[broken/a.jpg", "javascript:alert(1)"],
)  # fmt: skip
def test_other_addresses_are_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(PhotoRefused):
        PhotoPaths(tmp_path).resolve(reference)


@pytest.mark.parametrize(
    "place",
    ["", "media", "media/product", "media/catalog/product", "images", "pub/media/catalog/product",
     "../media", "../media/product", "../images"],
)  # fmt: skip
def test_the_media_root_is_found(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "shop" / "feeds"
    folder.mkdir(parents=True)
    photo = put(folder / place / "m/h/a.jpg")
    paths = PhotoPaths(folder)
    assert paths.resolve("/m/h/a.jpg") == str(photo.resolve())
    # The root stays, for photos that are missing too.
    assert paths.resolve("m/missing.jpg") == str(photo.resolve().parents[1] / "missing.jpg")


def test_a_given_root_is_the_only_one(tmp_path: Path) -> None:
    put(tmp_path / "feed" / "a.jpg")
    root = tmp_path / "elsewhere"
    root.mkdir()
    assert PhotoPaths(tmp_path / "feed", root).resolve("a.jpg") == str(root / "a.jpg")


def test_windows_paths(tmp_path: Path) -> None:
    photo = put(tmp_path / "images" / "sub" / "a.jpg")
    assert PhotoPaths(tmp_path).resolve("images\\sub\\a.jpg") == str(photo)


def test_an_absolute_path_inside_the_root(tmp_path: Path) -> None:
    photo = put(tmp_path / "sub" / "a.jpg")
    assert PhotoPaths(tmp_path).resolve(str(photo)) == str(photo)
    assert PhotoPaths(tmp_path, tmp_path).resolve(str(photo)) == str(photo)


@pytest.mark.parametrize(
    "reference", ["../secret.jpg", "/../secret.jpg", "a/../../secret.jpg", "..", "/"]
)
@pytest.mark.parametrize("has_root", [True, False])
def test_no_way_out_by_dots(tmp_path: Path, reference: str, has_root: bool) -> None:
    put(tmp_path / "secret.jpg")
    root = tmp_path / "shop"
    put(root / "a" / "b.jpg")
    paths = PhotoPaths(root, root if has_root else None)
    with pytest.raises(PhotoRefused, match="leads out of the media folder"):
        paths.resolve(reference)


@pytest.mark.parametrize("has_root", [True, False])
def test_no_way_out_by_links(tmp_path: Path, has_root: bool) -> None:
    secret = put(tmp_path / "secret.jpg")
    root = tmp_path / "shop"
    inside = put(root / "real.jpg")
    (root / "out.jpg").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "in.jpg").symlink_to(inside)
    paths = PhotoPaths(root, root if has_root else None)
    for reference in ("out.jpg", "folder/secret.jpg"):
        with pytest.raises(PhotoRefused, match="a link that leads out"):
            paths.resolve(reference)
    assert paths.resolve("in.jpg") == str(inside)


def test_dots_within_the_root_are_fine(tmp_path: Path) -> None:
    photo = put(tmp_path / "b.jpg")
    assert PhotoPaths(tmp_path).resolve("a/../b.jpg") == str(photo)


def test_an_absolute_path_of_a_file_is_taken_at_its_word_unless_a_root_confines(
    tmp_path: Path,
) -> None:
    outside = put(tmp_path / "elsewhere" / "a.jpg")
    root = tmp_path / "shop"
    put(root / "b.jpg")
    assert PhotoPaths(root).resolve(str(outside)) == str(outside)
    settled = PhotoPaths(root)
    assert settled.resolve("b.jpg") == str(root / "b.jpg")
    assert settled.resolve(str(outside)) == str(outside)
    # Confined, a leading slash means the root, where there is no such file.
    assert PhotoPaths(root, root).resolve(str(outside)) == f"{root}{outside}"


def test_the_roots_own_file_comes_before_the_disks(tmp_path: Path) -> None:
    outside = put(tmp_path / "elsewhere" / "a.jpg")
    inside = put(tmp_path / "shop" / str(outside).lstrip("/"))
    assert PhotoPaths(tmp_path / "shop").resolve(str(outside)) == str(inside)


def test_a_root_that_is_a_link_is_the_users_wish(tmp_path: Path) -> None:
    photo = put(tmp_path / "real" / "a.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert PhotoPaths(tmp_path, tmp_path / "link").resolve("a.jpg") == str(photo)


def test_paths_of_a_feed_from_afar_start_at_its_address(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"photo")
    paths = PhotoPaths(tmp_path, address="https://shop.example/feeds/all.csv")
    assert paths.resolve("img/a.jpg") == "https://shop.example/feeds/img/a.jpg"
    assert paths.resolve("../a.jpg") == "https://shop.example/a.jpg"
    assert paths.resolve("https://cdn.example/b.jpg") == "https://cdn.example/b.jpg"
    # Never a file of this machine, even where it is there.
    assert paths.resolve(str(secret)) == f"https://shop.example{secret}"
    assert paths.resolve("secret.jpg") == "https://shop.example/feeds/secret.jpg"
    # Unless the user names a folder for it.
    local = PhotoPaths(tmp_path, tmp_path, "https://shop.example/feeds/all.csv")
    assert local.resolve("secret.jpg") == str(secret.resolve())
