"""Judging through the façade: real photos, their originals there or gone."""

import shutil

import pytest

import goodsight
from goodsight.core.errors import UsageError
from goodsight.core.measures import EvaluationMode


@pytest.fixture(scope="module")
def folder(tmp_path_factory, small_shop):
    target = tmp_path_factory.mktemp("judged") / "shop"
    shutil.copytree(small_shop, target)
    return target


@pytest.fixture(scope="module")
def shop(tmp_path_factory, folder):
    with goodsight.open(tmp_path_factory.mktemp("home")) as opened:
        opened.index(folder / "feed.csv")
        yield opened


def test_labelled_queries_come_with_times_and_pictures(shop, folder):
    table = folder / "wrong.csv"
    table.write_text("product_id,image,text\np1,query-0.png,\np2,query-2.png,\np3,,zebra\n")
    found = shop.evaluate(table)
    assert (found.queries, found.recall[1]) == (3, pytest.approx(1 / 3))
    assert found.stages["decode"].p95 > 0
    assert {missed.product_id for missed in found.worst} == {"p1", "p3"}
    pictures = shop.judge().pictures(found)
    first = pictures["p1"]
    assert all(picture[:4] == b"RIFF" for picture in (first.query, first.right, first.instead))
    # Words have no picture, and found nothing; the right product has one all the same.
    assert (pictures["p3"].query, pictures["p3"].instead) == (None, None)
    assert pictures["p3"].right is not None


def test_leaving_one_out_finds_products_by_their_other_photo(shop):
    found = shop.judge().leave_one_out(near_duplicate=None)
    assert found.mode is EvaluationMode.LEAVE_ONE_OUT
    assert found.queries == 12
    assert found.recall[1] > 0.8
    assert found.space == shop.info().space


def test_the_self_check_uses_originals_while_they_are_there(shop, folder):
    done = []
    found = shop.judge().self_check(sample=4, progress=done.append)
    check = found.self_check
    assert (check.photos, check.from_thumbnails) == (4, 0)
    assert check.undisturbed.recall_at_1 == 1.0
    assert 0.3 < check.kept <= 1.0
    assert done == [1, 2, 3, 4]
    again = shop.judge().self_check(sample=4)
    assert again.self_check.disturbances == check.disturbances
    gone = folder / "gone"
    (folder / "photos").rename(gone)
    try:
        without = shop.judge().self_check(sample=4).self_check
    finally:
        gone.rename(folder / "photos")
    assert (without.photos, without.from_thumbnails) == (4, 4)
    assert without.undisturbed.recall_at_1 == 1.0


def test_a_changed_original_is_not_asked_with(shop, folder):
    photos = sorted((folder / "photos").iterdir())
    kept = {photo: photo.read_bytes() for photo in photos}
    try:
        for photo in photos:
            shutil.copy(folder / "query-5.png", photo)
        check = shop.judge().self_check(sample=12).self_check
    finally:
        for photo, data in kept.items():
            photo.write_bytes(data)
    assert check.from_thumbnails == 12
    # Asked with what the files hold now, only the two photos of p5 would be found.
    assert check.undisturbed.recall_at_1 > 0.7


def test_a_sample_of_nothing_is_refused(shop):
    with pytest.raises(UsageError, match="sample of 0"):
        shop.judge().self_check(sample=0)
