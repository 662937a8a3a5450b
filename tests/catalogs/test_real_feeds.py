"""The real feeds beside the repository, checked by what a look into them shows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from catalogs.helpers import read_feed
from goodsight.core.types import Product, Skip, Variant

GEAR = {
    "bags": ("bags", 14, 18),
    "watches": ("watches", 9, 10),
    "fitness_equipment": ("fitness_equipment", 9, 10),
    "fitness_equipment_ball": ("fitness_equipment", 9, 9),
    "fitness_equipment_strap": ("fitness_equipment", 3, 3),
}


@pytest.fixture(scope="module")
def luma(shared_data: Path) -> dict[str, Product]:
    products, skips = read_feed(shared_data / "luma" / "products.csv", currency="USD")
    assert skips == []
    return {product.id: product for product in products}


def test_luma_is_whole(luma: dict[str, Product]) -> None:
    assert len(luma) == 147
    assert sum(len(product.variants) for product in luma.values()) == 1847
    photos = {photo for product in luma.values() for photo in product.photos}
    assert all(Path(photo).is_file() for photo in photos)
    assert all(product.photos and product.price and product.stock for product in luma.values())


def test_a_hoodie_by_hand(luma: dict[str, Product], shared_data: Path) -> None:
    hoodie = luma["MH01"]
    folder = (shared_data / "luma" / "media" / "product" / "m" / "h").resolve()
    names = ["gray_main", "gray_alt1", "gray_back", "black_main", "orange_main"]
    assert hoodie.title == "Chaz Kangeroo Hoodie"
    assert hoodie.description.split("\n")[1:] == [
        "• Two-tone gray heather hoodie.", "• Drawstring-adjustable hood.", "• Machine wash/dry.",
    ]  # fmt: skip
    assert (hoodie.price, hoodie.currency, hoodie.stock) == (Decimal(52), "USD", 1500)
    assert hoodie.categories == (
        ("Men", "Tops", "Hoodies & Sweatshirts"), ("Collections", "Eco Friendly"),
    )  # fmt: skip
    assert hoodie.attributes["climate"] == ("All-weather", "Cool", "Indoor", "Spring", "Windy")
    assert "has_options" not in hoodie.attributes
    assert hoodie.photos == tuple(str(folder / f"mh01-{name}.jpg") for name in names)
    assert len(hoodie.variants) == 15
    assert hoodie.variants[0] == Variant(
        "MH01-XS-Black", {"size": ("XS",), "color": ("Black",)}, Decimal(52), 100,
        (str(folder / "mh01-black_main.jpg"),),
    )  # fmt: skip


def test_entities_are_decoded(luma: dict[str, Product]) -> None:
    titles = {product.title for product in luma.values()}
    assert "Mars HeatTech™ Pullover" in titles
    assert "Gobi HeatTec® Tee" in titles
    values = [v for product in luma.values() for some in product.attributes.values() for v in some]
    assert not [text for text in (*titles, *values) if "&" in text and ";" in text]


@pytest.mark.parametrize("name", sorted(GEAR))
def test_gear_with_its_photo_lists(shared_data: Path, name: str) -> None:
    images, product_count, photo_count = GEAR[name]
    folder = shared_data / "luma" / "gear"
    listed = folder / f"images_gear_{images}.csv"
    products, skips = read_feed(folder / f"products_gear_{name}.csv", photo_lists=(listed,))
    assert len(products) == product_count
    photos = [photo for product in products for photo in product.photos]
    assert len(photos) == photo_count
    assert all(Path(photo).is_file() for photo in photos)
    assert all(product.stock == 100 and product.title for product in products)
    # One list serves three feeds; that is said once, and nothing else is amiss.
    assert [skip.reference for skip in skips] == [str(listed)] * (images == "fitness_equipment")


def test_gear_by_hand(shared_data: Path) -> None:
    folder = shared_data / "luma" / "gear"
    bags = {p.id: p for p in read_feed(folder / "products_gear_bags.csv", currency="USD")[0]}
    tote = bags["24-WB05"]
    assert (tote.price, tote.attributes["regular_price"]) == (Decimal(24), ("32",))
    assert tote.categories == (("Gear",), ("Bags",), ("Collections",), ("Erin Recommends",))
    assert bags["24-UB02"].attributes["features_bags"] == ("Wheeled", "TSA Approved", "Lockable")
    fitness = read_feed(folder / "products_gear_fitness_equipment.csv")[0]
    assert [p.title for p in fitness if p.id == "24-UG02"] == ["Pursuit Lumaflex™ Tone Band"]


def test_a_misaligned_row_of_gear_is_reported(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "luma" / "gear" / "products_gear_bags.csv").read_text(encoding="utf-8")
    feed = tmp_path / "bags.csv"
    feed.write_text(text.replace("24-MB04,32,", "24-MB04,black,32,"), encoding="utf-8")
    products, skips = read_feed(feed)
    assert len(products) == 13
    assert [(skip.reference, skip.row) for skip in skips] == [("24-MB04", 23)]


def test_the_grocery_photos_as_a_folder(shared_data: Path) -> None:
    products, skips = read_feed(shared_data / "grocery" / "dataset" / "train")
    assert (len(products), skips) == (81, [])
    assert sum(len(product.photos) for product in products) == 2640
    apple = next(p for p in products if p.id == "Fruit/Apple/Golden-Delicious")
    assert (apple.title, apple.categories) == ("Golden Delicious", (("Fruit", "Apple"),))


def test_a_list_of_ids_is_no_product_feed_of_photos(shared_data: Path) -> None:
    products, _ = read_feed(shared_data / "luma" / "links" / "gear_related.csv")
    assert all(not isinstance(product, Skip) and product.photos == () for product in products)
