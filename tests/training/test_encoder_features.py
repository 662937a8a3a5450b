"""Features of single photos, kept: another model is asked once a photo, and gone on with."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs torch: make test-torch")

import goodsight
from goodsight.core.errors import InputError, Interrupted, ModelError
from goodsight.core.types import Photo
from goodsight.encoders import ModelLibrary
from goodsight.training.encoder_features import EncoderFeatures, features_by
from goodsight.training.kept_arrays import KeptArrays
from goodsight.training.shop_photos import ShopPhotos
from small_shop import draw_seen

HASH = "ab" * 32


def shown(number, seed):
    pixels = np.asarray(draw_seen(number, seed).resize((120, 120)))
    return Photo(f"{number}-{seed}", f"{number:02x}{seed:02x}" * 16, pixels, 120, 120)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    return ModelLibrary(tmp_path_factory.mktemp("models")).open("efficientnet-lite0")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("seen")
    rows = ["id,title,image"]
    for number in range(4):
        names = [f"{number}-{seed}.png" for seed in range(3)]
        for seed, name in enumerate(names):
            draw_seen(number, seed).save(root / name)
        rows.append(f"p{number},Product {number},{'|'.join(names)}")
    (root / "feed.csv").write_text("\n".join(rows) + "\n")
    with goodsight.open(tmp_path_factory.mktemp("home")) as opened:
        opened.index(root / "feed.csv")
        yield opened


def asked(shop, folder, *, photos=None, stop_after=10**9):
    """What a larger model than the collection's sees, and how far it told to be."""
    heard = []
    features = features_by(
        shop.wiring.encoder("efficientnet-lite2"),
        shop,
        photos or ShopPhotos.of(shop),
        folder,
        lambda done, total: heard.append((done, total)),
        lambda: len(heard) >= stop_after,
    )
    return features, heard


def test_another_model_sees_the_shops_photos_row_by_row(shop, tmp_path):
    features, heard = asked(shop, tmp_path)
    assert heard == [(done, 12) for done in range(1, 13)]
    photos = ShopPhotos.of(shop)
    teacher = shop.wiring.encoder("efficientnet-lite2")
    loader = shop.wiring.kept_photos(teacher.card, shop.collection)
    due = teacher.encode_photos([loader.load(name) for name in photos.references]).features
    # Kept in half precision.
    np.testing.assert_allclose(features, due, rtol=1e-3, atol=1e-4)


def test_stopped_it_goes_on_from_there(shop, tmp_path):
    with pytest.raises(Interrupted):
        asked(shop, tmp_path, stop_after=5)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}
    assert 5 <= len(files) < 12
    whole, _ = asked(shop, tmp_path)
    assert all(path.stat().st_mtime_ns == time for path, time in files.items())
    again, _ = asked(shop, tmp_path / "elsewhere")
    np.testing.assert_array_equal(whole, again)


def test_a_photo_that_is_gone_is_told_by_its_name(shop, tmp_path):
    photos = ShopPhotos.of(shop)
    hashes = ("00" * 32, *photos.content_hashes[1:])
    gone = replace(photos, content_hashes=hashes, references=("none.png", *photos.references[1:]))
    with pytest.raises(InputError, match=r"none\.png could be read when"):
        asked(shop, tmp_path, photos=gone)


def test_a_broken_or_hostile_file_is_made_anew(teacher, tmp_path):
    maker, photo = EncoderFeatures(teacher, tmp_path), shown(3, 1)
    features = maker.of(photo)
    [path] = tmp_path.rglob("*.npy")
    sign = tmp_path / "executed"

    class Payload:
        def __reduce__(self):
            return (open, (str(sign), "w"))

    np.save(path, np.array([Payload()], dtype=object), allow_pickle=True)
    assert maker.kept(photo.content_hash) is None
    assert not sign.exists()
    for wrong in (features[0], np.concatenate([features, features]), features[:, :-1]):
        np.save(path, wrong)
        assert maker.kept(photo.content_hash) is None
    for wrong in (features.astype(np.complex64), features.astype(np.int64), features * np.nan):
        np.save(path, wrong)
        assert maker.kept(photo.content_hash) is None
    with path.open("wb") as file:
        np.savez(file, features)
    assert maker.kept(photo.content_hash) is None
    os.truncate(path, 10)
    assert maker.kept(photo.content_hash) is None
    np.testing.assert_array_equal(maker.of(photo), features)
    np.testing.assert_array_equal(maker.kept(photo.content_hash), features)


@pytest.mark.parametrize("rows", [9, 10**6, 10**9, 10**12, 10**17, 10**30, -1])
def test_a_header_that_promises_more_than_there_is_asks_for_no_memory(rows, tmp_path):
    kept = KeptArrays(tmp_path, 4)
    kept.keep(HASH, np.zeros((1, 4), dtype=np.float32))
    [path] = tmp_path.rglob("*.npy")
    content = path.read_bytes()
    # As long as before: the header is filled up with blanks.
    spare = b" " * (len(str(rows)) - 1)
    hostile = content.replace(b"(1, 4), }" + spare, b"(%d, 4), }" % rows)
    assert len(hostile) == len(content)
    assert hostile != content
    path.write_bytes(hostile)
    assert kept.get(HASH) is None


def test_numbers_beyond_half_precision_stay_numbers(tmp_path):
    kept, values = KeptArrays(tmp_path, 2), np.array([[1e5, -2.0]], dtype=np.float32)
    np.testing.assert_array_equal(kept.keep(HASH, values), values)
    np.testing.assert_array_equal(kept.get(HASH), values)


def test_a_photo_is_kept_by_many_threads_at_once(tmp_path):
    kept, values = KeptArrays(tmp_path, 1280), np.ones((1, 1280), dtype=np.float32)
    with ThreadPoolExecutor(4) as pool:
        for number in range(50):
            name = f"{number:064x}"
            for found in pool.map(lambda name: kept.keep(name, values), [name] * 4):
                np.testing.assert_array_equal(found, values)
            np.testing.assert_array_equal(kept.get(name), values)
    assert not list(tmp_path.rglob("*.part"))


def test_a_place_that_takes_nothing_is_told(tmp_path):
    (tmp_path / "taken").write_text("no folder")
    with pytest.raises(ModelError, match="cannot be written: Not a directory"):
        KeptArrays(tmp_path / "taken", 2).keep(HASH, np.ones((1, 2), dtype=np.float32))
    assert KeptArrays(tmp_path / "taken", 2).get(HASH) is None
