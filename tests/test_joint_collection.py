"""A collection whose model sees photos and texts in one space."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import goodsight
from encoders.joint_models import COLOURS, joint_folder
from goodsight.config import Settings
from goodsight.core.errors import UsageError
from goodsight.core.joint_space import text_vector
from goodsight.core.store_ports import VectorQuery
from goodsight.core.types import Query
from goodsight.wiring import Wiring

SCRIPT = Path(sys.executable).parent / "goodsight"
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


def test_a_text_alone_is_searched_by_its_looks_and_by_its_words(shop):
    for name in COLOURS:
        # No title has it: titles are numbers.
        assert shop.search(f"{name} thing").hits[0].product.id == name
    assert shop.search("Product 2").hits[0].product.title == "Product 2"
    found = shop.search("red")
    assert found.hits[0].confidence is None
    assert found.hits[0].explanation["visual"] > found.hits[-1].explanation["visual"]


def test_photo_and_text_in_one_space(shop, tmp_path):
    Image.new("RGB", (40, 30), (200, 120, 120)).save(tmp_path / "reddish.png")
    photo = tmp_path / "reddish.png"
    assert shop.search(photo).hits[0].product.id == "red"
    assert shop.search(photo, goodsight.term("blue thing", weight=3)).hits[0].product.id == "blue"
    away = shop.search(photo, goodsight.term("red thing", weight=-3))
    assert away.hits[0].product.id != "red"
    why = shop.explain(photo, goodsight.term("blue thing", weight=3), product_id="blue")
    assert [share.kind for share in why.term_shares] == ["photo", "text"]
    assert why.term_shares[1].share > why.term_shares[0].share
    whole = sum(share.share for share in why.term_shares) + why.shares["colour"]
    assert whole == pytest.approx(why.score, abs=1e-4)
    assert shop.explain("red thing", product_id="red").term_shares[0].share > 0


def test_an_encoder_of_photos_alone_gives_a_text_no_vector(tmp_path):
    wiring = Wiring(Settings(home=tmp_path))
    assert text_vector("red", wiring.encoder("efficientnet-lite0")) is None


LABELS = "red\nblue\ngreen\n"


@pytest.fixture
def labelled(shop):
    shop.labeller().label(labels=LABELS.split())
    yield shop
    shop.labeller().unlabel()


def attributes(shop):
    return {one.id: one.attributes for one in shop.products(list(COLOURS))}


def ids(shop, where):
    return {hit.product.id for hit in shop.find(Query((), where=where)).hits}


def test_products_without_a_category_are_labelled_and_can_be_filtered(shop, labelled):
    found = attributes(shop)
    assert found["red"]["predicted_category"] == ("red",)
    assert float(found["red"]["predicted_category_confidence"][0]) > 0.99
    assert "blue" in ids(shop, "predicted_category = 'Blue'")
    assert "red" not in ids(shop, "predicted_category = 'Blue'")
    assert "red" in ids(shop, "predicted_category_confidence >= 0.9")
    assert ids(shop, "category = 'red'") == set()


def test_predictions_outlast_an_index_run_until_the_feed_brings_its_own(shop, labelled, tmp_path):
    home = shop._wiring.settings.home.parent
    unchanged = shop.index(home / "feed.csv", model=shop.info().model)
    assert unchanged.products.changed == 0
    assert attributes(shop)["green"]["predicted_category"] == ("green",)
    before = (home / "feed.csv").read_text()
    text = before.replace("id,title,image", "id,title,image,category")
    lines = [
        line if number == 0 else f"{line},{'Shoes' if line.startswith('green') else ''}"
        for number, line in enumerate(text.splitlines())
    ]
    (home / "feed.csv").write_text("\n".join(lines) + "\n")
    try:
        shop.index(home / "feed.csv", model=shop.info().model)
        found = attributes(shop)
        assert "predicted_category" not in found["green"]
        assert found["red"]["predicted_category"] == ("red",)
        # Labelling again leaves what the feed says alone.
        assert shop.labeller().label(labels=LABELS.split()).stated == 1
        assert "predicted_category" not in attributes(shop)["green"]
    finally:
        (home / "feed.csv").write_text(before)
        shop.index(home / "feed.csv", model=shop.info().model)


def test_predictions_go_when_they_are_taken_away(shop):
    shop.labeller().label(labels=LABELS.split())
    shop.labeller().unlabel()
    assert not any(attributes(shop).values())


def test_how_sure_a_prediction_is_is_no_facet(shop, labelled):
    names = shop.narrowings()
    assert "predicted_category_confidence" not in names


def test_a_model_of_photos_alone_labels_nothing(tmp_path, small_shop):
    with goodsight.open(settings=Settings(home=tmp_path)) as shop:
        shop.index(small_shop / "feed.csv")
        with pytest.raises(UsageError, match="sees photos alone"):
            shop.labeller().label()
        with pytest.raises(UsageError, match="from 0 to 1"):
            shop.labeller().label(least=2)


def test_the_command_labels_and_takes_away(shop, tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text(LABELS)
    home = shop._wiring.settings.home

    def run(*arguments):
        command = [SCRIPT, "collection", "label", "default", *arguments, "--home", home]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run("--labels", labels, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["labels"], report["stated"], report["accuracy"]) == (3, 0, None)
    assert report["predicted"] + report["unsure"] == len(COLOURS)
    assert "among 3 labels" in run("--labels", labels).stdout
    assert run("--off").returncode == 0
    assert not any(attributes(shop).values())
    missing = run("--labels", tmp_path / "nothing")
    assert (missing.returncode, missing.stdout) == (3, "")
