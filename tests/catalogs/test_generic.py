from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from catalogs.conftest import WriteFeed
from catalogs.helpers import only_product, read_feed, records, table
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product, Skip

FULL_HEADER = ["id", "title", "description", "price", "currency", "stock", "category", "brand",
               "url", "image", "color"]  # fmt: skip


def test_a_full_row(write_feed: WriteFeed) -> None:
    feed = write_feed(
        table(
            FULL_HEADER,
            ["A1", "Bag &amp; Strap", "<p>Fine.</p><p>Light.</p>", "1,299.00", "eur", "7.0",
             "Home/Kitchen | Sale", "Acme", "https://shop.example/a", "a.jpg|https://x.example/b",
             "red|blue"],
        )
    )  # fmt: skip
    folder = feed.parent.resolve()
    assert only_product(feed) == Product(
        id="A1",
        title="Bag & Strap",
        description="Fine.\nLight.",
        price=Decimal("1299.00"),
        currency="EUR",
        own_stock=7,
        categories=(("Home", "Kitchen"), ("Sale",)),
        brand="Acme",
        url="https://shop.example/a",
        attributes={"color": ("red", "blue")},
        photos=(str(folder / "a.jpg"), "https://x.example/b"),
        source=str(feed.resolve()),
    )


def test_an_almost_empty_row(write_feed: WriteFeed) -> None:
    feed = write_feed(table(FULL_HEADER, ["A1"] + [""] * 10))
    assert only_product(feed) == Product(id="A1", title="A1", source=str(feed.resolve()))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"price": "abc"}, "price 'abc': not a price"),
        ({"price": "-5"}, "price '-5': a price below zero"),
        ({"price": "1.299"}, "price '1.299': can be read as 1299 and as 1.299"),
        ({"stock": "lots"}, "stock 'lots': not a number of pieces"),
        ({"currency": "Apples"}, "currency 'Apples': not a currency such as EUR"),
        ({"price": "€5", "currency": "USD"}, "the row names two currencies: EUR and USD"),
        ({"id": "", "title": "x"}, "no id in this row"),
    ],
)
def test_a_bad_cell_is_reported_and_the_rest_goes_in(
    write_feed: WriteFeed, cells: dict[str, object], reason: str
) -> None:
    rows = [{"id": "A"}, {"id": "B", **cells}, {"id": "C"}]
    feed = write_feed(records(FULL_HEADER, rows))
    products, (skip,) = read_feed(feed)
    assert [product.id for product in products] == ["A", "C"]
    assert skip.row == 3
    assert skip.reference == (cells.get("id", "B") or str(feed.resolve()))
    assert skip.reason.startswith(reason)


def test_a_shifted_row_is_reported_with_its_id(write_feed: WriteFeed) -> None:
    products, skips = read_feed(write_feed("id,title,price\nA,Bag, leather,5\nB,Hat,6\n"))
    assert [product.id for product in products] == ["B"]
    assert skips == [Skip("A", "4 cells where the header has 3", 2)]


def test_the_first_of_a_repeated_id_counts(write_feed: WriteFeed) -> None:
    feed = write_feed(
        table(["id", "title", "price"], ["A", "x", "bad"], ["A", "y", 1], ["A", "z", 2])
    )
    (product,), skips = read_feed(feed)
    assert product.title == "y"
    assert [(skip.reference, skip.row) for skip in skips] == [("A", 2), ("A", 4)]
    assert skips[1].reason == "the id 'A' was used before, in row 3, which counts"


def test_a_refused_photo_or_address_costs_not_the_product(write_feed: WriteFeed) -> None:
    header = ["id", "url", "image"]
    feed = write_feed(table(header, ["A", "javascript:alert(1)", "../../out.jpg|in.jpg"]))
    (product,), skips = read_feed(feed)
    assert (product.url, len(product.photos)) == (None, 1)
    assert [(skip.reference, skip.row) for skip in skips] == [("../../out.jpg", 2), ("A", 2)]


def test_other_prices_of_the_feed_settle_a_doubtful_one(write_feed: WriteFeed) -> None:
    header = ["id", "price"]
    english = write_feed(table(header, ["A", "1,299"], ["B", "19.99"]), "en.csv")
    german = write_feed(table(header, ["A", "1.299"], ["B", "19,99"]), "de.csv")
    mixed = write_feed(table(header, ["A", "1.299"], ["B", "19,99"], ["C", "19.99"]), "mixed.csv")
    assert [product.price for product in read_feed(english)[0]] == [1299, Decimal("19.99")]
    assert [product.price for product in read_feed(german)[0]] == [1299, Decimal("19.99")]
    assert [skip.reference for skip in read_feed(mixed)[1]] == ["A"]


def test_currency_of_the_row_of_the_price_and_of_the_user(write_feed: WriteFeed) -> None:
    header = ["id", "price", "currency"]
    rows = [["A", "5", "GBP"], ["B", "$5", ""], ["C", "5", ""], ["D", "", ""], ["E", "$5", "CAD"]]
    feed = write_feed(table(header, *rows))
    found = {product.id: product.currency for product in read_feed(feed, currency="eur")[0]}
    assert found == {"A": "GBP", "B": "USD", "C": "EUR", "D": None, "E": "CAD"}
    assert read_feed(feed)[0][2].currency is None


def test_special_prices(write_feed: WriteFeed) -> None:
    header = ["id", "price", "sale_price", "sale_price_effective_date"]
    feed = write_feed(
        table(
            header,
            ["A", "34", "24", ""],
            ["B", "34", "34", ""],
            ["C", "34", "24", "2026-03-01T00:00Z/2026-03-31T00:00Z"],
            ["D", "34", "24", "sometime"],
        )
    )
    products, skips = read_feed(feed, today=date(2026, 3, 15))
    assert [product.price for product in products] == [24, 34, 24]
    assert [product.attributes.get("regular_price") for product in products] == [
        ("34",), None, ("34",),
    ]  # fmt: skip
    assert [skip.reference for skip in skips] == ["D"]
    assert read_feed(feed, today=date(2026, 4, 1))[0][2].price == 34


def test_names_are_mapped(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["Nummer", "Bezeichnung", "Farbe"], ["A", "Tasche", "rot"]))
    product = only_product(
        feed, column_map={"id": "Nummer", "title": "bezeichnung", "color": "Farbe"}
    )
    assert (product.id, product.title) == ("A", "Tasche")
    assert product.attributes == {"color": ("rot",)}


def test_a_map_to_nowhere(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["id", "name"], ["A", "Bag"]))
    with pytest.raises(CatalogError, match=r"no column 'label'; the columns are id, name"):
        read_feed(feed, column_map={"title": "label"})


def test_no_id_column(write_feed: WriteFeed) -> None:
    with pytest.raises(CatalogError, match=r"no column names the product .* --map id=COLUMN"):
        read_feed(write_feed(table(["name", "price"], ["Bag", "5"])))


def test_categories_of_other_shops(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["id", "product_type"], ["A", "Home & Garden > Tea/Coffee|Gear\nBags"]))
    assert only_product(feed).categories == (("Home & Garden", "Tea/Coffee"), ("Gear",), ("Bags",))


def test_json_lines(write_feed: WriteFeed) -> None:
    lines = [
        {"id": 1, "title": "Bag", "price": 1.299, "stock": True, "image": ["a.jpg", "b.jpg"],
         "attributes": {"color": ["red", "blue"]}, "category": "A/B"},
        {"sku": "X2", "name": "Hat", "price": "12.00", "qty": 3},
        {"title": ["two", "titles"], "id": 3},
        {"title": "no id"},
    ]  # fmt: skip
    text = "\n".join(json.dumps(line) for line in lines)
    (first, second), skips = read_feed(write_feed(text, "feed.jsonl"))
    assert (first.id, first.price, first.own_stock) == ("1", Decimal("1.299"), 1)
    assert (len(first.photos), first.attributes) == (2, {"color": ("red", "blue")})
    assert (second.id, second.title, second.own_stock) == ("X2", "Hat", 3)
    assert [(skip.row, skip.reason) for skip in skips] == [
        (3, "title: a list where one value is expected"),
        (4, "no id in this row"),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_encodings(write_feed: WriteFeed, codec: str) -> None:
    header = ["货号", "名称", "价格", "颜色"]
    rows = [[f"A{n}", "纯棉连衣裙", "￥５２．５０", "红色"] for n in range(3)]
    products, skips = read_feed(write_feed(table(header, *rows, delimiter="\t"), encoding=codec))
    assert skips == []
    assert [product.title for product in products] == ["纯棉连衣裙"] * 3
    assert products[0].price == Decimal("52.50")
    assert products[0].attributes == {"颜色": ("红色",)}


def test_latin_1_after_a_megabyte_of_ascii_loses_no_row(write_feed: WriteFeed) -> None:
    plain = "".join(f"P{number},Plain shirt number {number},5.00\n" for number in range(40_000))
    text = "id,title,price\n" + plain + "X1,Crème brûlée,5.00\nX2,Été à la plage,6.00\n"
    products, skips = read_feed(write_feed(text, encoding="latin-1"))
    assert (len(products), skips) == (40_002, [])
    assert [product.title for product in products[-2:]] == ["Crème brûlée", "Été à la plage"]


def test_an_undecodable_row_is_reported(write_feed: WriteFeed) -> None:
    rows = "".join(f"P{number},Füllfeder,5\n" for number in range(20))
    feed = write_feed(("id,title,price\n" + rows).encode() + "X,Käse,5\nY,Öl,6\n".encode("latin-1"))
    products, skips = read_feed(feed)
    assert len(products) == 20
    assert [(skip.reference, skip.row) for skip in skips] == [("X", 22), ("Y", 23)]
    assert "not UTF-8 text" in skips[0].reason


def test_prices_with_entities_and_tags(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["id", "price"], ["A", "<b>&euro; 52,00</b>"]))
    product = only_product(feed)
    assert (product.price, product.currency) == (Decimal("52.00"), "EUR")


def test_lines_with_ever_new_columns(write_feed: WriteFeed) -> None:
    text = "".join(json.dumps({"id": n, f"color{n}": "red"}) + "\n" for n in range(600))
    products, skips = read_feed(write_feed(text))
    assert (len(products), skips) == (600, [])
    assert products[599].attributes == {"color599": ("red",)}


def test_reading_twice_gives_the_same(write_feed: WriteFeed) -> None:
    feed = write_feed(table(["id", "title"], ["A", "x"], ["A", "y"]))
    assert read_feed(feed) == read_feed(feed)
