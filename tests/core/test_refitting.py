from dataclasses import replace

import numpy as np

from core.test_projecting import drawn
from goodsight.core.leave_one_out import LeaveOneOutOptions, leave_one_out
from goodsight.core.photo_table import PhotoTable
from goodsight.core.projecting import fit_projection
from goodsight.core.refitting import refitted_tables
from goodsight.core.scoring import unit_rows
from goodsight.core.store_ports import ProductVectors
from goodsight.core.types import Product


def refit(batches):
    return fit_projection(batches, [40], rooted=False)


def catalogue(seed, products=20, photos=4):
    """Features in which hardly anything tells products apart, as their own space would have it."""
    batch = drawn(seed, products=products, photos=photos, size=40)
    features = batch.features.copy()
    features[:, :4] *= 0.2
    learnt = refit([type(batch)(batch.products, features)])
    vectors = learnt.apply(features)
    for number in range(products):
        rows = slice(number * photos, (number + 1) * photos)
        names = tuple(f"{number}-{shot}.jpg" for shot in range(photos))
        yield ProductVectors(
            product=Product(f"p{number:02}", f"Product {number}", photos=names),
            content_hashes=tuple(f"hash-{name}" for name in names),
            references=tuple((name,) for name in names),
            vectors=vectors[rows],
            features=features[rows],
        )


def test_a_space_that_has_seen_the_photos_flatters():
    options = LeaveOneOutOptions(near_duplicate=None)
    seen = leave_one_out(catalogue(0), space="s", options=options)
    unseen = leave_one_out(catalogue(0), space="s", options=options, refit=refit)
    assert seen.queries == unseen.queries == 80
    assert seen.recall[1] > unseen.recall[1] + 0.05


def test_every_photo_is_asked_with_once_and_bursts_stay_together():
    tables = list(refitted_tables(catalogue(1), None, refit))
    asked = np.sum([part for _, part in tables], axis=0)
    assert (asked == 1).all()
    assert all(table.vectors.shape == (80, 19) for table, _ in tables)
    together = list(refitted_tables(catalogue(1), -1.0, refit))
    for table, part in together:
        for number in range(20):
            assert len(set(part[table.photos_of(number)])) == 1


def test_a_table_in_another_space_is_as_one_made_of_it():
    items = list(catalogue(3))
    moved = [replace(item, vectors=unit_rows(item.features[:, ::-1])) for item in items]
    table = PhotoTable.of(items, 0.8).with_vectors(item.vectors for item in moved)
    made = PhotoTable.of(moved, 0.8)
    np.testing.assert_array_equal(table.vectors, made.vectors)
    np.testing.assert_array_equal(table.means, made.means)
    assert table.references == made.references
    assert [list(rows) for rows in table.near] == [list(rows) for rows in made.near]


def test_where_nothing_can_be_learnt_the_space_stays():
    few = list(catalogue(2))[:5]
    for table, _ in refitted_tables(few, None, refit):
        kept = np.concatenate([item.vectors for item in few]).astype(np.float16)
        np.testing.assert_allclose(table.vectors, unit_rows(kept.astype(np.float32)), atol=1e-5)
