"""What is seen in photos is kept beside their vectors, and added to photos of before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.looks import Described, PhotoLooks
from goodsight.core.types import Product
from stores.samples import begin, hash_of, photo, place, unit

COLOURS = np.array([0.5, 0.25, 0.25, 0], dtype=np.float32)
PATTERN = np.array([0.75, 0, 0.25], dtype=np.float32)
LOOKS = PhotoLooks(COLOURS, ("red", "navy"), 0xF000_0000_0000_0001, PATTERN)
READ = replace(LOOKS, printed_words=("Oat Drink", "1 l"))
SHOE = Product(id="shoe", title="Shoe", photos=("a.jpg", "b.jpg", "c.jpg"), source="feed.csv")
A, B = hash_of("a.jpg"), hash_of("b.jpg")


def put(store, *photos):
    """Photos a.jpg, b.jpg … of one shoe; c.jpg has the bytes of a.jpg."""
    run = begin(store)
    run.put_products([SHOE])
    names = {A: ("a.jpg", "c.jpg"), B: ("b.jpg",)}
    places = [
        place("shoe", name, names[new.content_hash][0])
        for new in photos
        for name in names[new.content_hash]
    ]
    run.put_photos(photos, places)
    return run


def first(looks: PhotoLooks | None):
    return replace(photo("a.jpg", unit(1)), looks=looks)


def second(looks: PhotoLooks | None):
    return replace(photo("b.jpg", unit(0, 1)), looks=looks)


def test_looks_come_back_in_the_order_of_the_feed_each_photo_once(store):
    put(store, second(LOOKS), first(READ))

    found = store.open("shop").looks(["shoe", "nobody"])

    assert list(found) == ["shoe"]
    assert [(seen.reference, seen.content_hash) for seen in found["shoe"]] == [
        ("a.jpg", A),
        ("b.jpg", B),
    ]
    assert [seen.printed_words for seen in found["shoe"]] == [("Oat Drink", "1 l"), None]
    for seen, vector in zip(found["shoe"], (unit(1), unit(0, 1)), strict=True):
        assert seen.vector == pytest.approx(vector, abs=2e-3)
        assert seen.colours == pytest.approx(COLOURS, abs=1e-3)
        assert seen.pattern == pytest.approx(PATTERN, abs=1e-3)


def test_nothing_printed_is_not_the_same_as_not_read(store):
    put(store, first(replace(LOOKS, printed_words=())), second(None))

    read, unseen = store.open("shop").looks(["shoe"])["shoe"]
    assert read.printed_words == ()
    assert unseen.printed_words is None
    assert unseen.colours is None
    assert unseen.pattern is None


@pytest.mark.parametrize(
    ("looks", "described"),
    [(None, Described.NOT), (LOOKS, Described.PLAINLY), (READ, Described.WITH_WORDS)],
)
def test_known_is_what_is_described_far_enough(store, looks, described):
    run = put(store, first(looks))

    for wanted in Described:
        known = wanted <= described
        assert (A in run.known_photos([A, B], wanted)) == known
        places = run.known_places(["shoe"], wanted)
        assert places == ({("shoe", "a.jpg"): A, ("shoe", "c.jpg"): A} if known else {})


def test_a_photo_of_before_is_described_later_and_never_less(store):
    for looks in (None, LOOKS, READ, LOOKS, None):
        run = put(store, first(looks))
        run.finish([], remove_missing=True, complete=True)

    [seen] = store.open("shop").looks(["shoe"])["shoe"]
    assert seen.printed_words == READ.printed_words
    assert seen.colours == pytest.approx(COLOURS, abs=1e-3)


def test_photos_described_before_patterns_were_are_described_again(postgres_store):
    run = put(postgres_store, first(READ))
    with postgres_store.database.connect() as session:
        session.execute("UPDATE images SET pattern = NULL")
    [seen] = postgres_store.open("shop").looks(["shoe"])["shoe"]
    assert seen.pattern is None
    assert seen.colours is not None
    assert not postgres_store.open("shop").sees_patterns()
    assert A in run.known_photos([A], Described.NOT)
    assert A not in run.known_photos([A], Described.PLAINLY)
    put(postgres_store, first(LOOKS))
    assert postgres_store.open("shop").sees_patterns()
    [seen] = postgres_store.open("shop").looks(["shoe"])["shoe"]
    assert seen.pattern == pytest.approx(PATTERN, abs=1e-3)
    assert seen.printed_words == READ.printed_words


def test_hash_and_names_are_kept(postgres_store):
    put(postgres_store, first(LOOKS))

    with postgres_store.database.connect() as session:
        [(names, signed)] = session.execute(
            "SELECT colour_names, perceptual_hash FROM images WHERE content_hash = %s", [A]
        )
    assert names == ["red", "navy"]
    assert signed % 2**64 == LOOKS.perceptual_hash
