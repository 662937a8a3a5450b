"""Whatever dress a feed wears, what comes out is what went in; and no bytes do harm."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogs.helpers import read_feed
from goodsight.catalogs import CatalogOptions, open_catalog
from goodsight.core.errors import CatalogError
from goodsight.core.types import Product

HEADER = ["id", "title", "description", "price", "currency", "stock", "category", "brand", "color"]
# What every encoding below can write; < and & would be HTML, | and / separate values.
LETTERS = st.sampled_from("abcXYZ019 .,;:'\"()-_+*#%éèüßñ")
CHINESE = str.maketrans("éèüßñ", "红蓝鞋包衣")
WORDS = st.text(LETTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split()))
TEXTS = WORDS.filter(bool)


@st.composite
def products(draw: st.DrawFn) -> list[Product]:
    ids = draw(st.lists(TEXTS, min_size=1, max_size=8, unique=True))
    return [
        Product(
            id=product_id,
            title=draw(TEXTS),
            description="\n".join(draw(st.lists(TEXTS, max_size=3))),
            price=draw(st.none() | st.integers(0, 10**7).map(lambda c: Decimal(c).scaleb(-2))),
            currency="EUR",
            own_stock=draw(st.none() | st.integers(0, 10**6)),
            categories=tuple(draw(st.lists(st.tuples(TEXTS, TEXTS), max_size=2, unique=True))),
            brand=draw(st.none() | TEXTS),
            attributes=draw(
                st.just({})
                | st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(
                    lambda values: {"color": tuple(values)}
                )
            ),
        )
        for product_id in ids
    ]


def cells_of(product: Product) -> list[str]:
    return [
        product.id,
        product.title,
        product.description,
        "" if product.price is None else f"{product.price:.2f}",
        product.currency or "",
        "" if product.own_stock is None else str(product.own_stock),
        "|".join("/".join(path) for path in product.categories),
        product.brand or "",
        "|".join(product.attributes.get("color", ())),
    ]


@settings(max_examples=80, deadline=None)
@given(
    given_products=products(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    padding=st.sampled_from([0, 3]),
)
def test_a_table_is_read_back(
    given_products: list[Product],
    delimiter: str,
    quoting: int,
    codec: str,
    line_end: str,
    padding: int,
) -> None:
    # Nobody writes French in GB18030: there, other letters take the place of the accented.
    letters = CHINESE if codec == "gb18030" else {}
    expected = [
        [cell.translate(letters) for cell in cells_of(product)] for product in given_products
    ]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerow([name + " " * padding for name in HEADER])
    writer.writerows([*expected, ["zz", "纯棉连衣裙运动鞋双肩背包"]])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        path.write_bytes(text.getvalue().encode(codec))
        found, skips = read_feed(path)
    assert skips == []
    assert found.pop().title == "纯棉连衣裙运动鞋双肩背包"
    assert [cells_of(product) for product in found] == expected


@settings(max_examples=30, deadline=None)
@given(given_products=products())
def test_json_lines_are_read_back(given_products: list[Product]) -> None:
    lines = [
        json.dumps(dict(zip(HEADER, cells_of(product), strict=True))) for product in given_products
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        path.write_text("\n".join(lines), encoding="utf-8")
        found, skips = read_feed(path)
    assert skips == []
    assert list(map(cells_of, found)) == list(map(cells_of, given_products))


def read_bytes(content: bytes, **options: object) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        path.write_bytes(content)
        return len(list(open_catalog(str(path), CatalogOptions(**options)).read()))  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400))
@example(b"id\n\x00")
@example(b'id,"')
@example(b'{"id": "\\ud800"}')
def test_random_bytes_raise_nothing_but_catalog_errors(content: bytes) -> None:
    with contextlib.suppress(CatalogError):
        read_bytes(content)


HEADERS = {
    "generic": b"id,parent_id,title,price,stock,category,image\n",
    "magento": b"sku,product_type,configurable_variations,additional_attributes,categories,price\n",
    "vendure": b"name,slug,optionGroups,optionValues,sku,price,facets,assets\n",
}


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=300)
    | st.text(alphabet='ab1,."\n|=/ \x00é<&', max_size=300).map(str.encode),
    name=st.sampled_from(sorted(HEADERS)),
)
def test_random_rows_below_a_good_header_are_products_or_skips(content: bytes, name: str) -> None:
    with contextlib.suppress(CatalogError):
        read_bytes(HEADERS[name] + content, format=name)


def test_every_row_is_accounted_for() -> None:
    rows = "".join(f"{n},{'x' * (n % 7)},{n}\n" for n in range(500))
    assert read_bytes(("id,title,price\n" + rows).encode()) == 500


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_header_alone_is_an_empty_catalog(name: str) -> None:
    assert read_bytes(HEADERS[name]) == 0
