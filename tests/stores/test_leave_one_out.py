"""What leaving one out computes in memory is what the store answers without those photos."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.judgements import Level
from goodsight.core.leave_one_out import (
    LeaveOneOutOptions,
    judge_photos,
    leave_one_out,
    photo_queries,
)
from goodsight.core.photo_table import PhotoTable
from goodsight.core.types import Metric, Product, Variant
from stores.samples import DIMENSION, filled, hash_of, query, random_units, unit

NEAR = 0.9


def clustered(seed=0):
    """Eight products of one to four photos around a centre each, bursts among them."""
    generator = np.random.default_rng(seed)
    centres = random_units(8, seed)
    products, vectors = [], {}
    for number, centre in enumerate(centres):
        references = [f"{number}-{view}.jpg" for view in range(1 + number % 4)]
        for reference in references:
            spread = generator.choice([0.1, 0.25])
            vector = centre + spread * generator.standard_normal(DIMENSION)
            vectors[reference] = (vector / np.linalg.norm(vector)).astype(np.float32)
        products.append(Product(id=f"p{number}", title="", photos=tuple(references), source="f"))
    # Two products show the very same photo.
    products[7] = replace(products[7], photos=(*products[7].photos, "3-0.jpg"))
    return products, vectors


def left_of(product, reference, vectors):
    return tuple(
        other
        for other in product.photos
        if other != reference and float(vectors[other] @ vectors[reference]) < NEAR
    )


@pytest.mark.parametrize("metric", Metric)
def test_scores_and_ranks_are_the_store_s(embedded_store, metric):
    products, vectors = clustered()
    opened = filled(embedded_store, products, vectors, "whole")
    options = LeaveOneOutOptions(metric=metric, near_duplicate=NEAR)
    table = PhotoTable.of(opened.product_vectors(), NEAR)
    queries, _ = photo_queries(table, options)
    judged = {j.query: j for block in judge_photos(table, queries, options) for j in block}
    assert len(judged) > 8
    left_out = 0
    for reference, judgement in judged.items():
        showing = [product for product in products if reference in product.photos]
        rest = [p for p in products if p not in showing]
        for product in showing:
            kept = left_of(product, reference, vectors)
            left_out += len(product.photos) - 1 - len(kept)
            rest += [replace(product, photos=kept)] if kept else []
        shown = {name: vectors[name] for product in rest for name in product.photos}
        without = filled(embedded_store, rest, shown, f"without {reference}")
        found = without.search(query(vectors[reference], limit=50, metric=metric, exact=True))
        order = [scored.product.id for scored in found.products]
        right = [order.index(product.id) for product in showing if product.id in order]
        assert judgement.ranks == tuple(sorted(right))
        assert judgement.score == pytest.approx(found.products[0].score, abs=2e-3)
        assert judgement.first.product_id == order[0]
        assert judgement.first.content_hash == found.products[0].content_hash
    assert left_out > 0


def test_what_cannot_be_asked_is_counted(embedded_store):
    products = [
        Product(id="single", title="", photos=("a",)),
        Product(id="burst", title="", photos=("b", "c")),
        Product(id="views", title="", photos=("d", "e"), categories=(("Shoes",),)),
    ]
    vectors = {
        "a": unit(1), "b": unit(0, 1), "c": unit(0, 1, 0.1), "d": unit(0, 0, 1),
        "e": unit(0, 0, 1, 1),
    }  # fmt: skip
    opened = filled(embedded_store, products, vectors)
    done = []
    found = leave_one_out(
        opened.product_vectors(),
        space="tiny-1",
        options=LeaveOneOutOptions(near_duplicate=NEAR),
        progress=lambda count, total: done.append((count, total)),
    )
    assert found.queries == 2
    assert found.recall[1] == 1.0
    assert list(found.per_category) == ["Shoes"]
    left = found.left_out
    assert (left.only_photo, left.only_shots, left.not_sampled) == (1, 2, 0)
    assert done == [(2, 2)]
    whole = leave_one_out(
        opened.product_vectors(),
        space="tiny-1",
        options=LeaveOneOutOptions(near_duplicate=None, queries=3),
    )
    assert (whole.queries, whole.left_out.not_sampled, whole.left_out.only_shots) == (3, 1, 0)


def test_the_variant_must_be_the_query_s(embedded_store):
    variants = (
        Variant("red", photos=("r1", "r2")),
        Variant("blue", photos=("b1", "b2")),
        Variant("green", photos=("g1",)),
    )
    style = Product(
        id="style", title="", photos=("r1", "r2", "b1", "b2", "g1", "plain"), variants=variants
    )
    other = Product(id="other", title="", photos=("o",))
    vectors = {
        "r1": unit(1, 0.2), "r2": unit(1, 0.3), "b1": unit(0.2, 1), "b2": unit(1, 0, 0.3),
        "g1": unit(1, 1), "plain": unit(0, 0, 1), "o": unit(0, 0, 0, 1),
    }  # fmt: skip
    opened = filled(embedded_store, [style, other], vectors)
    options = LeaveOneOutOptions(level=Level.VARIANT, near_duplicate=None)
    table = PhotoTable.of(opened.product_vectors(), None)
    queries, left = photo_queries(table, options)
    found = {j.query: j.ranks for block in judge_photos(table, queries, options) for j in block}
    # The nearest photo of r1 and of r2 is the other red one; of b1 it is green, of b2 red.
    assert found == {"r1": (0,), "r2": (0,), "b1": (), "b2": ()}
    assert left.no_variant == 2


def test_other_variants_in_the_same_pose_are_no_shots_of_one_burst(embedded_store):
    variants = (Variant("red", photos=("r",)), Variant("blue", photos=("b",)))
    style = Product(id="style", title="", photos=("r", "b", "any"), variants=variants)
    vectors = {"r": unit(1), "b": unit(1, 0.1), "any": unit(1, 0.2)}
    opened = filled(embedded_store, [style], vectors)
    table = PhotoTable.of(opened.product_vectors(), NEAR)
    near = {
        name: {table.references[row] for row in rows}
        for name, rows in zip(table.references, table.near, strict=True)
    }
    assert near == {"r": {"any"}, "b": {"any"}, "any": {"r", "b"}}


def test_vectors_are_read_product_by_product(postgres_store, monkeypatch):
    monkeypatch.setattr("goodsight.stores.postgres.kept_vectors.PRODUCTS_PER_PAGE", 3)
    products, vectors = clustered()
    products[2] = replace(products[2], photos=("2-1.jpg", "2-0.jpg", "again"))
    bare = Product(id="bare", title="")
    opened = filled(postgres_store, [*products, bare], {**vectors, "again": vectors["2-0.jpg"]})
    found = {item.product.id: item for item in opened.product_vectors()}
    assert list(found) == [product.id for product in products]
    for product in products:
        item = found[product.id]
        assert item.references == tuple((name,) for name in product.photos)
        assert item.content_hashes == tuple(hash_of(name) for name in product.photos)
        expected = [vectors.get(name, vectors["2-0.jpg"]) for name in product.photos]
        assert np.allclose(item.vectors, expected, atol=1e-3)
        assert np.allclose(item.features, np.array(expected) * 7, atol=1e-2)


def test_photos_are_drawn_evenly_and_the_same_again(postgres_store):
    products, vectors = clustered()
    opened = filled(postgres_store, products, vectors)
    everything = opened.sampled_photos(100)
    assert {drawn.content_hash for drawn in everything} == {hash_of(name) for name in vectors}
    shared = next(d for d in everything if d.content_hash == hash_of("3-0.jpg"))
    assert [product.id for product in shared.products] == ["p3", "p7"]
    assert opened.sampled_photos(5) == everything[:5]
