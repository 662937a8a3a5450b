"""A collection whose model sees photos and texts in one space."""

import csv

import pytest
from PIL import Image

import goodsight
from encoders.joint_models import COLOURS, joint_folder
from goodsight.config import Settings
from goodsight.core.joint_space import text_vector
from goodsight.core.store_ports import VectorQuery
from goodsight.wiring import Wiring

SHOTS = 14


@pytest.fixture(scope="module", params=[False, True], ids=["two files", "one file"])
def shop(request, tmp_path_factory):
    """Five products named by numbers, each photographed in a colour of its own."""
    root = tmp_path_factory.mktemp("joint")
    with (root / "feed.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "title", "image"])
        for number, (name, colour) in enumerate(COLOURS.items()):
            photos = []
            for shot in range(SHOTS):
                shade = tuple(round(127.5 + value * (70 + 4 * shot)) for value in colour)
                path = root / f"{name}-{shot}.png"
                Image.new("RGB", (40 + shot, 30), shade).save(path)
                photos.append(str(path))
            writer.writerow([name, f"Product {number}", "|".join(photos)])
    with goodsight.open(settings=Settings(home=root / "home")) as shop:
        card = shop.add_model(joint_folder(root, combined=request.param))
        shop.index(root / "feed.csv", model=card.name)
        yield shop


def test_no_projection_is_learnt_though_there_are_photos_enough(shop):
    info = shop.info()
    assert info.photos == SHOTS * len(COLOURS)
    assert info.space == info.encoder_space
    report = shop.learner().learn()
    assert (report.projected, report.space) == (False, info.encoder_space)


def test_a_text_finds_photos_that_no_word_of_the_catalogue_tells(shop):
    encoder = shop.encoder()
    for name in COLOURS:
        vector = text_vector(name, encoder)
        assert vector is not None
        found = shop.stored().search(VectorQuery(vector, encoder.card.space, limit=1))
        assert found.products[0].product.id == name


def test_an_encoder_of_photos_alone_gives_a_text_no_vector(tmp_path):
    wiring = Wiring(Settings(home=tmp_path))
    assert text_vector("red", wiring.encoder("efficientnet-lite0")) is None
