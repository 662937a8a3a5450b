"""Products that a saved web page describes, after schema.org and the search engines' examples."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed
from goodsight.catalogs import open_catalog
from goodsight.core.errors import CatalogError

HEAD = '<!DOCTYPE html>\n<html><head><link rel="canonical" href="https://shop.example/c/list">'
CONTEXT = {"@context": "https://schema.org"}


def page(*data: object, head: str = HEAD) -> str:
    scripts = (f'<script type="application/ld+json">{json.dumps(item)}</script>' for item in data)
    return head + "\n".join(scripts) + "</head><body>…</body></html>"


LAMP = {
    "@type": "Product", "sku": "L1", "name": "Lamp &amp; shade", "description": "<p>Warm</p>",
    "brand": {"@type": "Brand", "name": "Acme"}, "gtin13": "4006381333931", "color": "Red",
    "category": "Home>Light", "url": "/p/lamp",
    "image": ["/img/a.jpg", {"@type": "ImageObject", "contentUrl": "https://cdn.example/b.jpg"}],
    "additionalProperty": [{"@type": "PropertyValue", "name": "Socket", "value": "E27"}],
    "offers": {"@type": "Offer", "price": "1299.00", "priceCurrency": "EUR",
               "availability": "https://schema.org/InStock"},
}  # fmt: skip


def test_a_product(write_feed: WriteFeed) -> None:
    lamp = only_product(write_feed(page(CONTEXT | LAMP), "page.html"))
    assert (lamp.id, lamp.title, lamp.description) == ("L1", "Lamp & shade", "Warm")
    assert (lamp.price, lamp.currency, lamp.stock) == (Decimal("1299.00"), "EUR", 1)
    assert (lamp.brand, lamp.url) == ("Acme", "https://shop.example/p/lamp")
    assert lamp.categories == (("Home", "Light"),)
    assert lamp.photos == ("https://shop.example/img/a.jpg", "https://cdn.example/b.jpg")
    assert lamp.attributes == {
        "gtin": ("4006381333931",), "color": ("Red",), "Socket": ("E27",),
    }  # fmt: skip


def test_a_graph_with_references(write_feed: WriteFeed) -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "mainEntity": {"@id": "#p"}},
            {"@id": "#p", "@type": ["Product", "Thing"], "name": "Vase", "offers": {"@id": "#o"}},
            {"@id": "#o", "@type": "AggregateOffer", "lowPrice": 9.5, "priceCurrency": "GBP"},
            {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "Home"}]},
        ]
    }
    vase = only_product(write_feed(page(CONTEXT | graph)))
    assert (vase.id, vase.title, vase.price, vase.currency) == (
        "#p", "Vase", Decimal("9.5"), "GBP",
    )  # fmt: skip


def test_a_list_of_products(write_feed: WriteFeed) -> None:
    items = [
        {"@type": "ListItem", "position": 1, "item": LAMP},
        {"@type": "http://schema.org/Product", "productID": "M", "name": "Mug",
         "offers": [{"price": 7, "availability": "OutOfStock"}, {"price": 8}]},
    ]  # fmt: skip
    data = {"@type": "ItemList", "itemListElement": items}
    (lamp, mug), skips = read_feed(write_feed(page(CONTEXT | data)), currency="EUR")
    assert (lamp.id, mug.id, mug.price, skips) == ("L1", "M", Decimal(8), [])


def test_a_group_with_variants(write_feed: WriteFeed) -> None:
    def variant(size: str, **more: object) -> dict[str, object]:
        offer = {"@type": "Offer", "price": "20.00", "priceCurrency": "USD", **more}
        return {"@type": "Product", "sku": f"S-{size}", "size": size, "offers": offer}

    group = {
        "@type": "ProductGroup", "productGroupID": "S", "name": "Shirt", "material": "cotton",
        "hasVariant": [variant("M"), variant("L", price="22.00", availability="SoldOut")],
    }  # fmt: skip
    shirt = only_product(write_feed(page(CONTEXT | group)))
    assert (shirt.id, shirt.title, shirt.price) == ("S", "Shirt", Decimal("20.00"))
    assert shirt.attributes == {"material": ("cotton",)}
    assert [(v.id, v.options, v.price, v.stock) for v in shirt.variants] == [
        ("S-M", {"size": ("M",)}, Decimal("20.00"), None),
        ("S-L", {"size": ("L",)}, Decimal("22.00"), 0),
    ]


def test_variants_that_name_their_group(write_feed: WriteFeed) -> None:
    group = {"@type": "ProductGroup", "@id": "#g", "name": "Shirt", "productGroupID": "S"}
    variants = [
        {"@type": "Product", "sku": name, "size": name, "isVariantOf": {"@id": "#g"}}
        for name in ("M", "L")
    ]
    shirt = only_product(write_feed(page([group, *variants])))
    assert (shirt.id, [variant.id for variant in shirt.variants]) == ("S", ["M", "L"])


def test_pictures_saved_beside_the_page(write_feed: WriteFeed) -> None:
    feed = write_feed(page(LAMP | {"image": "page_files/a.jpg"}, head="<html>"), "page.html")
    assert only_product(feed).photos == (str(feed.parent.resolve() / "page_files" / "a.jpg"),)


def test_a_messy_page(write_feed: WriteFeed) -> None:
    """Data in a wrapping of old, data that is no JSON, line ends within texts, a price of words."""
    text = (
        "<!-- saved from url=(0024)https://shop.example/x/ -->\n<html>"
        '<script type=\'application/ld+json\'>\n//<![CDATA[\n{"@type": "Product", "sku": "A",'
        ' "name": "A\nB", "image": "a.jpg"}\n//]]>\n</script>\n'
        '<script id="x" type="application/ld+json">{"@type": "Product",}</script>\n'
        + json.dumps(LAMP)
        + page({"@type": "Product", "sku": "C", "offers": {"price": "on request"}}, head="")
    )
    (first,), (broken, priceless) = read_feed(write_feed(text, encoding="cp1252"))
    assert (first.title, first.photos) == ("A B", ("https://shop.example/x/a.jpg",))
    assert (broken.row, broken.reason.partition(":")[0]) == (8, "data that is no JSON")
    assert (priceless.reference, priceless.reason) == ("C", "price 'on request': not a price")


@pytest.mark.parametrize("data", [{"@type": "Recipe"}, ["Product"], "Product", 1, None])
def test_a_page_without_products(write_feed: WriteFeed, data: object) -> None:
    with pytest.raises(CatalogError, match="describes no product"):
        open_catalog(str(write_feed(page(data))))


def test_data_that_goes_round_or_deep_ends(write_feed: WriteFeed) -> None:
    deep: dict[str, object] = dict(LAMP)
    for _ in range(200):
        deep = {"mainEntity": deep}
    circle = {"@graph": [{"@id": "#a", "@type": "Product", "sku": "R", "about": {"@id": "#a"}}]}
    assert only_product(write_feed(page(deep, circle))).id == "R"


def test_a_page_without_measure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<html>" + b" " * (33 << 20))
    with pytest.raises(CatalogError, match="more than 32 MiB"):
        open_catalog(str(path))


@pytest.mark.parametrize(
    "piece",
    [
        "<script type=application/ld+json>",
        "<script ",
        "<link rel=canonical ",
        "<base ",
        "<!--",
        "//",
    ],
)
def test_no_page_makes_the_search_slow(write_feed: WriteFeed, piece: str) -> None:
    """Were the time quadratic, this test would not come to its end."""
    text = f"<html>{piece * (2_000_000 // len(piece))}"
    with pytest.raises(CatalogError, match="describes no product"):
        open_catalog(str(write_feed(text)))
    wrapped = f'<script type="application/ld+json">{piece * 100_000}</script>'
    (product,), _ = read_feed(write_feed(page(LAMP, head=f"<html>{wrapped}")))
    assert product.id == "L1"
