import json
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from rich.console import Console

from goodsight.core.reports import Check, CollectionInfo, IndexReport, PhotoCounts, ProductCounts
from goodsight.core.types import Hit, Product, Results, Skip, Timings, Variant
from goodsight.rendering import (
    ShownQuery,
    checks_table,
    collections_table,
    index_document,
    picture_page,
    results_document,
    results_html,
    results_table,
)
from goodsight.rendering.words import money, stock_text

HOSTILE = "<script>alert(1)</script>\" onerror='x' [bold]\x1b[31m\n&amp;"


def hit(product, score=0.5, variants=()):
    return Hit(product, "/photos/front.jpg", "abc", variants, score, None, {"best": score})


def results(*hits):
    return Results("q1", hits, not hits, {}, "space", 7, Timings(1, 2, 3, 6))


SHOE = Product(
    id="s1",
    title="Running Shoe",
    price=Decimal("1299.5"),
    currency="EUR",
    own_stock=3,
    categories=(("Shoes", "Running"),),
    attributes={"color": ("red", "blue"), "sole": ("rubber",)},
    variants=(Variant("s1-41", stock=2), Variant("s1-42", stock=0)),
    photos=("/photos/front.jpg",),
)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (Decimal(5), "5.00 EUR"),
        (Decimal("1299.5"), "1,299.50 EUR"),
        (Decimal("0.0005"), "0.0005 EUR"),
        (Decimal("1E+3"), "1,000.00 EUR"),
        (None, "–"),
    ],
)
def test_money(price, expected):
    assert money(replace(SHOE, price=price)) == expected


def test_stock_in_words():
    assert stock_text(SHOE) == "2"
    assert stock_text(replace(SHOE, variants=(), own_stock=0)) == "sold out"
    assert stock_text(replace(SHOE, variants=(), own_stock=None)) == "–"


def text_of(renderable, width=120):
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(renderable)
    console.file.close()
    return console.export_text()


def test_the_table_has_one_line_per_product():
    shown = text_of(results_table(results(hit(SHOE, variants=("s1-41",)), hit(SHOE, 0.25))))
    lines = shown.strip().splitlines()
    assert len(lines) == 3
    for part in ("Running Shoe", "s1-41", "1,299.50 EUR", "0.500", "front.jpg"):
        assert part in lines[1]


def test_hostile_titles_stay_text_in_the_terminal():
    shown = text_of(results_table(results(hit(replace(SHOE, title=HOSTILE)))), width=200)
    assert "\x1b" not in shown
    assert "[bold]" in shown
    assert len(shown.strip().splitlines()) == 2


def test_no_hits_are_said_in_words():
    assert "Nothing in this catalogue matches" in text_of(results_table(results()))
    assert "Nothing in this catalogue matches" in results_html(results(), {})


def test_json_of_results():
    document = json.loads(json.dumps(results_document(results(hit(SHOE, variants=("s1-41",))))))
    (found,) = document["hits"]
    assert found["product"]["price"] == "1299.5"
    assert found["product"]["categories"] == ["Shoes/Running"]
    assert found["product"]["attributes"] == {"color": ["red", "blue"], "sole": "rubber"}
    assert found["product"]["stock"] == 2
    assert found["variant"] == "s1-41"
    assert results_document(results(hit(SHOE)))["hits"][0]["variant"] is None


def test_json_of_an_index_run():
    report = IndexReport(
        ProductCounts(seen=2, added=2), PhotoCounts(seen=4, indexed=4),
        (Skip("x", "why", 3),), 2.0, "space",
    )  # fmt: skip
    document = index_document(report)
    assert document["photos_per_second"] == 2.0
    assert document["skipped"] == [{"ref": "x", "row": 3, "reason": "why"}]


class Tags(HTMLParser):
    """Collects tags and their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def page(title="Shop", product=SHOE):
    query = ShownQuery(b"query", "image/webp", HOSTILE, results(hit(product)), {"abc": b"webp"})
    return picture_page([query], title=title, lead=HOSTILE, footer=HOSTILE)


def test_the_page_escapes_everything_and_asks_for_nothing():
    text = page(title=HOSTILE, product=replace(SHOE, title=HOSTILE, currency=HOSTILE))
    tags = Tags(text).found
    assert not [tag for tag, _ in tags if tag in ("script", "link", "iframe", "base", "object")]
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    sources = [attrs["src"] for tag, attrs in tags if tag == "img"]
    assert len(sources) == 2
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    policy = next(
        attrs["content"] for tag, attrs in tags if attrs.get("http-equiv") and tag == "meta"
    )
    assert policy.startswith("default-src 'none'")
    assert "http://" not in text
    assert "https://" not in text


def test_every_picture_has_words():
    assert all(attrs.get("alt") for tag, attrs in Tags(page()).found if tag == "img")


def test_a_missing_thumbnail_leaves_a_place():
    assert "<img" not in results_html(results(hit(SHOE)), {})


def test_other_tables():
    info = CollectionInfo("default", "fast", "lite0", "s", 8, 1234, 5, 1, False, ("feed.csv",))
    assert "1,234" in text_of(collections_table([info]))
    assert "goodsight index" in text_of(collections_table([]))
    shown = text_of(
        checks_table([Check("disk", False, "full", "make room"), Check("x", True, "y")])
    )
    assert "make room" in shown
    assert shown.count("WRONG") == 1
