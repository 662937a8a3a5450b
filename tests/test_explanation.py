"""Explanations of real searches: the cells sum to the score that the store gave."""

import numpy as np
import pytest
from PIL import Image

import goodsight
from goodsight.core.errors import UsageError
from goodsight.core.explaining import Method
from goodsight.core.types import Metric
from small_shop import draw_seen, draw_shape

# Vectors are kept in half precision.
ROUNDING = 2e-3
PRODUCTS = 12
PHOTOS = 12


@pytest.fixture(scope="module")
def small(tmp_path_factory, small_shop):
    """Too small to learn from: searched in the encoder's own space."""
    with goodsight.open(tmp_path_factory.mktemp("small")) as shop:
        shop.index(small_shop / "feed.csv")
        yield shop


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Large enough for a projection."""
    folder = tmp_path_factory.mktemp("learnt")
    for number in range(PRODUCTS):
        (folder / "photos" / f"p{number}").mkdir(parents=True)
        for seed in range(PHOTOS):
            draw_seen(number, seed).save(folder / "photos" / f"p{number}" / f"{seed}.png")
    with goodsight.open(folder / "home") as shop:
        shop.index(folder / "photos")
        yield shop


def wide_query(folder, number):
    """A query that is no square: the middle of it counts."""
    drawn = np.asarray(draw_shape(number, 9))
    path = folder / "wide.png"
    Image.fromarray(np.concatenate([255 - drawn[:, :60], drawn], axis=1)).save(path)
    return path


@pytest.mark.parametrize("name", ["small", "learnt"])
def test_the_cells_sum_to_the_score_of_the_search(name, request, tmp_path):
    shop = request.getfixturevalue(name)
    assert (shop.encoder().card.dimension < 1280) == (name == "learnt")
    query = wide_query(tmp_path, 2)
    for hit in shop.search(query, limit=3).hits:
        found = shop.explain(query, product_id=hit.product.id)
        assert found.method is Method.EXACT
        [query_map] = found.query_maps
        assert query_map.total == pytest.approx(hit.score, abs=ROUNDING)
        assert found.hit_map.total == pytest.approx(hit.explanation["best"], abs=ROUNDING)
        assert found.likeness == pytest.approx(query_map.total, abs=1e-5)
        assert (found.score, found.confidence) == (hit.score, hit.confidence)
        assert found.shares == hit.explanation
        assert found.content_hash == hit.content_hash
        assert not found.from_thumbnail


def test_the_euclidean_score_follows_from_the_cosine_explained(small, small_shop):
    query = small_shop / "query-1.png"
    hit = small.search(query, metric="euclidean").hits[0]
    found = small.explain(query, product_id=hit.product.id, metric="euclidean")
    assert (found.method, found.metric) == (Method.EXACT, Metric.EUCLIDEAN)
    cosine = found.hit_map.total
    assert 1 - np.sqrt(2 - 2 * cosine) / 2 == pytest.approx(hit.explanation["best"], abs=ROUNDING)


def test_the_divergence_is_explained_by_covering(small, small_shop):
    found = small.explain(small_shop / "query-1.png", product_id="p1", metric="kl")
    assert found.method is Method.OCCLUSION
    assert found.likeness == pytest.approx(found.score, abs=ROUNDING)


def test_without_the_original_the_thumbnail_serves(tmp_path, small_shop):
    folder = tmp_path / "photos" / "p1"
    folder.mkdir(parents=True)
    draw_shape(1, 0, size=900).save(folder / "1.png")
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(tmp_path / "photos")
        (folder / "1.png").unlink()
        query = small_shop / "query-1.png"
        found = shop.explain(query, product_id="p1")
        assert found.from_thumbnail
        # A small copy of the photo is nearly the photo.
        assert found.hit_map.total == pytest.approx(found.photo_likeness, abs=1e-5)
        assert found.photo_likeness == pytest.approx(found.shares["best"], abs=0.1)


def test_what_cannot_be_explained_is_said(small, small_shop):
    query = small_shop / "query-1.png"
    with pytest.raises(UsageError, match="'p9' is not among the 6 that this query finds"):
        small.explain(query, product_id="p9")
    with pytest.raises(UsageError, match="not among the 2"):
        small.explain(query, product_id="p5", where="price < 30")
    with pytest.raises(UsageError, match="words alone"):
        small.explain("orchid", product_id="p4")


def test_results_explain_themselves_in_a_notebook(small, small_shop):
    results = small.search(small_shop / "query-1.png", limit=2)
    explained = results.explained()
    assert list(explained.explanations) == [hit.product.id for hit in results.hits]
    assert explained._repr_html_().count("<summary>Why this?") == 2
    with pytest.raises(UsageError, match="words alone"):
        small.search("orchid").explained()


def test_colours_beside_the_looks_are_shares(small, small_shop):
    query = small_shop / "query-1.png"
    hit = small.search(query, look="both", limit=1).hits[0]
    found = small.explain(query, product_id=hit.product.id, look="both")
    assert found.shares == hit.explanation
    assert {"visual", "colour"} <= set(found.shares)
    # The maps are of the looks alone, whatever is mixed into the score.
    plain = small.explain(query, product_id=hit.product.id)
    assert found.query_maps[0].total == pytest.approx(plain.score, abs=ROUNDING)
