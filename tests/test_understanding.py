"""Requests in words to a shop: read with its vocabulary, answered with its products."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import goodsight
from goodsight.core.errors import FilterError, UsageError
from goodsight.core.filter_parser import parse_filter
from goodsight.core.types import Query, Term

LISTED = Path(__file__).resolve().parents[1] / "benchmarks" / "luma_requests.csv"


@pytest.fixture(scope="module")
def shop(small_shop, tmp_path_factory):
    with goodsight.open(tmp_path_factory.mktemp("understanding")) as opened:
        opened.index(small_shop / "feed.csv")
        yield opened


def ids(results) -> list[str]:
    return sorted(hit.product.id for hit in results.hits)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("discs, not crimson", ["p3"]),
        ("under 30", ["p0", "p1"]),
        ("三十以下", ["p0", "p1"]),
        ("in stock over 40", ["p3", "p4"]),
        ("product not crimson or seagreen, at most 40.50", ["p2", "p3"]),
    ],
)
def test_a_request_finds_what_it_asks_for(shop, request_, expected):
    results = shop.search(request_, understand=True)
    assert ids(results) == expected
    assert results.understood == shop.understand(request_)
    # Words alone would not have: they are in no product.
    assert ids(shop.search(request_)) != expected
    assert shop.search(request_).understood is None


def test_a_request_with_no_words_left_looks_through_the_catalogue(shop):
    results = shop.search("under 30", understand=True)
    assert (results.understood.text, results.understood.filter) == ("", "price < 30")
    assert results.total == 2


@pytest.mark.parametrize(
    ("request_", "expected", "use"),
    [
        ("product under 30", ["p0", "p1"], "all"),
        ("zorblat, product under 30", ["p0", "p1"], "any"),
        ("zorblat under 30", ["p0", "p1"], "none"),
        # Nothing to loosen: words alone, and words that are meant as they are.
        ("zorblat", [], "all"),
        ('"zorblat" under 30', [], "all"),
        ("under 5", [], "all"),
    ],
)
def test_where_no_product_has_all_words_less_is_asked_of_them(shop, request_, expected, use):
    results = shop.search(request_, understand=True)
    assert (ids(results), results.understood.word_use) == (expected, use)


def test_a_photo_too_is_answered_where_no_product_has_the_words(shop, small_shop):
    results = shop.search(small_shop / "query-1.png", "zorblat under 30", understand=True)
    assert [hit.product.id for hit in results.hits] == ["p1", "p0"]
    assert results.understood.said() == "price < 30 · without “zorblat”"


def test_a_page_beyond_the_last_does_not_ask_for_less(shop):
    query = Query((Term(text="product under 30"),), limit=2, offset=4, understand=True)
    results = shop.find(query)
    assert (results.hits, results.total, results.understood.word_use) == ((), 2, "all")


def test_a_photo_ranks_what_the_request_leaves(shop, small_shop):
    results = shop.search(small_shop / "query-2.png", "under 30", understand=True)
    assert ids(results) == ["p0", "p1"]
    assert shop.search(small_shop / "query-2.png").hits[0].product.id == "p2"


def test_a_weighed_word_beside_a_photo_names_its_colour_read_or_not(small_shop, tmp_path):
    photos = small_shop / "photos"
    rows = [f"a,Thing,red,{photos / '0-0.png'}", f"b,Thing,blue,{photos / '2-0.png'}"]
    (tmp_path / "feed.csv").write_text("id,title,color,image\n" + "\n".join(rows) + "\n")
    terms = (small_shop / "query-0.png", goodsight.term("blue", weight=2))
    with goodsight.open(tmp_path / "home") as own:
        own.index(tmp_path / "feed.csv")
        read, literal = (own.search(*terms, understand=reads).hits for reads in (True, False))
    assert [hit.product.id for hit in read] == ["b", "a"]
    assert [hit.explanation for hit in read] == [hit.explanation for hit in literal]
    assert read[0].explanation["colour"] > read[1].explanation["colour"]


def test_a_filter_and_a_request_both_count(shop):
    where = "color = 'crimson' or color = 'orchid'"
    assert ids(shop.search("under 30", where=where, understand=True)) == ["p0"]
    with pytest.raises(FilterError) as caught:
        shop.search("under 30", where="price <", understand=True)
    assert (caught.value.text, caught.value.position) == ("price <", 7)


def test_an_empty_request_is_none(shop):
    with pytest.raises(UsageError, match="empty"):
        shop.search(" ", understand=True)


def test_the_explanation_of_a_hit_reads_the_request_too(shop, small_shop):
    results = shop.search(small_shop / "query-2.png", "under 30", understand=True)
    assert results.explain_hit(results.hits[0].product.id).score == pytest.approx(
        results.hits[0].score, abs=2e-3
    )


def test_a_changed_catalogue_is_read_anew(small_shop, tmp_path):
    with goodsight.open(tmp_path / "home") as opened:
        opened.index(small_shop / "feed.csv")
        assert opened.understand("crimson").filter == "color = 'crimson'"
        opened.editor().remove(["p0"])
        assert opened.understand("crimson").filter is None


def test_the_listed_requests_can_be_judged():
    with LISTED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["language"] for row in rows] == ["en"] * 30 + ["zh"] * 30
    for row in rows:
        parse_filter(row["right"])
