from __future__ import annotations

import pytest

from goodsight.catalogs.magento_cells import (
    Variation,
    split_attributes,
    split_categories,
    split_images,
    split_variations,
)
from goodsight.catalogs.rows import Row


@pytest.mark.parametrize(
    ("cell", "attributes"),
    [
        ("size=XS,color=Black", {"size": ("XS",), "color": ("Black",)}),
        ("has_options=1,required_options=1,size=M", {"size": ("M",)}),
        ("climate=Cool|Windy|Cool", {"climate": ("Cool", "Windy")}),
        ("care=Wash cold, dry flat,size=M", {"care": ("Wash cold, dry flat",), "size": ("M",)}),
        ('note="a, b=c, ""d""",size=M', {"note": ('a, b=c, "d"',), "size": ("M",)}),
        ("material=LumaTech&trade;|Cotton", {"material": ("LumaTech™", "Cotton")}),
        ("formula=a=b,size=", {"formula": ("a=b",)}),
        ("no pairs at all", {}),
        ("b" * 130_000, {}),
        ("", {}),
    ],
)
def test_attributes(cell: str, attributes: dict[str, tuple[str, ...]]) -> None:
    assert split_attributes(cell) == attributes


def test_variations() -> None:
    cell = "sku=A-XS,size=XS,color=Navy, dark|sku=A-S,size=S|sku=A-XS,size=again|size=lost"
    assert split_variations(cell) == [
        Variation("A-XS", {"size": ("XS",), "color": ("Navy, dark",)}),
        Variation("A-S", {"size": ("S",)}),
    ]
    assert split_variations("") == []


@pytest.mark.parametrize(
    ("cell", "paths"),
    [
        ("Default Category/Men/Tops,Default Category/Sale", (("Men", "Tops"), ("Sale",))),
        ("Default Category/Men,Default Category", (("Men",),)),
        ("Default Category/Tops, Tees,Default Category/Sale", (("Tops, Tees",), ("Sale",))),
        ("Default Category/A, Default Category/B", (("A",), ("B",))),
        (r"Default Category/Tops \/ Tees &amp; More", (("Tops / Tees & More",),)),
        ("Other Root/Men,Other Root/Men", (("Other Root", "Men"),)),
        ("", ()),
    ],
)
def test_categories(cell: str, paths: tuple[tuple[str, ...], ...]) -> None:
    assert split_categories(cell) == paths


def test_images() -> None:
    row = Row(
        2,
        {
            "base_image": "no_selection",
            "small_image": "/s.jpg",
            "additional_images": "/a.jpg, /b.jpg,",
        },
    )
    assert list(split_images(row)) == ["/s.jpg", "/a.jpg", "/b.jpg"]
    assert list(split_images(Row(2, {}))) == []
