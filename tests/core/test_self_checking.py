from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.errors import PhotoError
from goodsight.core.measures import EvaluationMode
from goodsight.core.self_checking import CheckedPhoto, self_check
from goodsight.core.types import Hit, Photo, Product, Results, Skip, Timings

PIXELS = np.zeros((4, 4, 3), dtype=np.uint8)
DISTURBANCES = {
    "turned": lambda photo: replace(photo, content_hash="turned " + photo.content_hash),
    "dark": lambda photo: replace(photo, content_hash="dark " + photo.content_hash),
}


def checked(name, *product_ids, **changes):
    products = tuple(Product(id=p, title=p.upper(), categories=(("C",),)) for p in product_ids)
    return CheckedPhoto(Photo(f"{name}.jpg", name, PIXELS, 4, 4), name, products, **changes)


def answer(*product_ids):
    hits = [Hit(Product(id=p, title=p), "x", f"hash {p}", (), 1.0) for p in product_ids]
    return Results("q", tuple(hits), False, {}, "space", 1, Timings(1, 2, 3, 6))


def test_shares_are_told_by_disturbance():
    answers = {
        "one": answer("a"), "turned one": answer("b", "a"), "dark one": answer("a"),
        "two": answer("b"), "turned two": answer("b"), "dark two": answer("a"),
        "three": answer("x", "c"), "turned three": answer("x"), "dark three": answer("x"),
    }  # fmt: skip
    photos = [
        checked("one", "a"),
        checked("two", "a", "b"),
        Skip("lost.jpg", "gone"),
        checked("three", "c", from_thumbnail=True),
    ]
    done = []
    found = self_check(
        photos, lambda photo: answers[photo.content_hash], DISTURBANCES, progress=done.append
    )
    assert found.mode is EvaluationMode.SELF_CHECK
    assert found.queries == 6
    assert found.recall[1] == pytest.approx(3 / 6)
    check = found.self_check
    assert check.undisturbed.recall_at_1 == pytest.approx(2 / 3)
    assert {one.name: one.recall_at_1 for one in check.disturbances} == {
        "turned": pytest.approx(1 / 3),
        "dark": pytest.approx(2 / 3),
    }
    assert check.kept == pytest.approx(0.5 / (2 / 3))
    assert check.kept_ci95[0] <= check.kept <= check.kept_ci95[1]
    assert (check.photos, check.from_thumbnails) == (3, 1)
    assert [skip.reference for skip in found.failed] == ["lost.jpg"]
    assert done == [1, 2, 3, 4]
    assert found.stages["encode"].p50 == 2


def test_the_worst_photo_says_how_it_was_disturbed():
    found = self_check(
        [checked("one", "a")],
        lambda photo: answer("b", "a") if "turned" in photo.content_hash else answer("a"),
        DISTURBANCES,
    )
    [missed] = found.worst
    assert missed.query == "one.jpg, turned"
    assert (missed.missed, missed.queries, missed.rank) == (1, 2, 1)
    assert missed.instead.content_hash == "hash b"


def test_a_photo_that_cannot_be_asked_with_is_listed():
    def ask(photo):
        raise PhotoError("too dark for this model", reference=photo.reference)

    found = self_check([checked("one", "a")], ask, DISTURBANCES)
    assert found.queries == 0
    assert found.self_check.kept is None
    assert "too dark" in found.failed[0].reason
