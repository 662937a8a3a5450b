"""Models made small with a collection's photos: real photos, networks and PostgreSQL."""

import json
from io import StringIO

import onnx
import pytest
from onnx import numpy_helper
from rich.console import Console

import goodsight
from encoders.joint_models import joint_folder
from encoders.tiny_models import good_folder, joined_folder
from goodsight.config import Settings
from goodsight.core.errors import CollectionNotFound, Interrupted, ModelError, UsageError
from goodsight.core.explaining import Method
from goodsight.quantising import QuantiseOptions
from goodsight.rendering import quantised_document, quantised_table
from small_shop import draw_feed, draw_seen

pytestmark = pytest.mark.long

PRODUCTS, SHOTS = 12, 12
SIXTEEN = QuantiseOptions(photos=16)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    draw_feed(folder, draw_seen, range(PRODUCTS), SHOTS)
    with opened(folder) as shop:
        shop.index(folder / "feed.csv")
    return folder


def opened(home, **choices):
    return goodsight.open(settings=Settings(home=home, learn=False, **choices))


def printed(table):
    console = Console(width=100, file=StringIO())
    console.print(table)
    return console.file.getvalue()


def kept(home):
    return sorted(path.name for path in (home / "models" / "added").iterdir())


def lopsided(shop, folder, loudness):
    """The bundled network, with one channel so many times as loud, and as quiet in what follows.

    In full precision it is the same network; what 8 bits hold of the other channels is little.
    """
    folder.mkdir()
    shop.wiring.models.write_folder("efficientnet-lite0", folder)
    network = onnx.load(folder / "model.onnx")
    tensors = {tensor.name: tensor for tensor in network.graph.initializer}
    for name, channel, factor in (
        ("_blocks.15._project_conv.weight", (0,), loudness),
        ("_blocks.15._project_conv.bias", (0,), loudness),
        ("_conv_head.weight", (slice(None), 0), 1 / loudness),
    ):
        values = numpy_helper.to_array(tensors[name]).copy()
        values[channel] *= factor
        tensors[name].CopyFrom(numpy_helper.from_array(values, name))
    onnx.save(network, folder / "model.onnx")
    document = json.loads((folder / "model.json").read_text())
    del document["sha256"]
    (folder / "model.json").write_text(json.dumps(document))
    return folder


def test_a_model_of_8_bits_is_measured_beside_its_own(home):
    stages = []
    with opened(home) as shop:
        found = shop.quantiser().quantise(
            "efficientnet-lite0", SIXTEEN, progress=lambda *told: stages.append(told)
        )
        assert found.card == shop.model("efficientnet-lite0-int8")
        assert "efficientnet-lite0-int8" in [card.name for card in shop.models()]
    assert found.base == "efficientnet-lite0"
    assert (found.calibrated, found.compared) == (16, PRODUCTS * SHOTS)
    assert found.bytes_after < 0.3 * found.bytes_before
    assert 0.9 < found.cosine < 0.9999
    assert found.recall.queries > 100
    assert found.recall.before > 0.7
    assert found.recall.after > 0.7
    # Of 132 drawn pictures a single one is almost a point.
    assert found.is_worse == (found.recall.before - found.recall.after > 0.01)
    assert found.speed == pytest.approx(found.rate_after / found.rate_before)
    assert stages[-1] == ("comparing", PRODUCTS * SHOTS, PRODUCTS * SHOTS)
    assert kept(home) == ["efficientnet-lite0-int8"]


def test_a_collection_can_be_indexed_with_it(home):
    with opened(home) as shop:
        if "efficientnet-lite0-int8" not in [card.name for card in shop.models()]:
            shop.quantiser().quantise("efficientnet-lite0", SIXTEEN)
    with opened(home, collection="small") as shop:
        shop.index(home / "feed.csv", model="efficientnet-lite0-int8")
        assert shop.search(home / "3-1.png").hits[0].product.id == "p3"
        # The heat map adds up to the score: features are the means of what is shown.
        why = shop.explain(home / "3-1.png", product_id="p3")
        assert why.method is Method.EXACT


def test_what_loses_is_kept_and_marked(home, tmp_path):
    with opened(home) as shop:
        shop.add_model(lopsided(shop, tmp_path / "lopsided", 220), "lopsided")
        found = shop.quantiser().quantise("lopsided", QuantiseOptions("hurt", 8))
        assert shop.model("hurt").dimension == 1280
    assert found.recall.before > 0.7
    assert found.recall.before - found.recall.after > 0.01
    assert found.is_worse
    assert quantised_document(found)["is_worse"] is True
    assert "worse" in printed(quantised_table(found))


def test_what_tells_nothing_apart_any_more_is_not_kept(home, tmp_path):
    with opened(home) as shop:
        shop.add_model(lopsided(shop, tmp_path / "deaf", 1e6), "deaf")
        before = kept(home)
        with pytest.raises(ModelError, match="'deaf' is of no use in 8 bits"):
            shop.quantiser().quantise("deaf", QuantiseOptions(photos=8))
        assert kept(home) == before


def test_each_network_of_several_is_made_small(home, tmp_path):
    with opened(home) as shop:
        shop.add_model(joined_folder(tmp_path))
        found = shop.quantiser().quantise("side-by-side", QuantiseOptions(photos=4))
        assert found.card.blocks == (6, 6)


def test_a_name_that_is_taken_is_refused_before_any_work(home, tmp_path):
    with opened(home) as shop:
        shop.add_model(good_folder(tmp_path, "residual"), "taken")
        for name in ("taken", "efficientnet-lite0"):
            with pytest.raises(ModelError, match="already"):
                shop.quantiser().quantise("efficientnet-lite0", QuantiseOptions(name))
        with pytest.raises(ModelError, match="use letters"):
            shop.quantiser().quantise("efficientnet-lite0", QuantiseOptions("../out"))
        with pytest.raises(ModelError, match="no model 'lost'"):
            shop.quantiser().quantise("lost")
        with pytest.raises(UsageError, match="choose from 1"):
            shop.quantiser().quantise("taken", QuantiseOptions(photos=0))


def test_a_model_that_sees_texts_is_refused(home, tmp_path):
    with opened(home) as shop:
        shop.add_model(joint_folder(tmp_path))
        before = kept(home)
        with pytest.raises(ModelError, match="it sees texts"):
            shop.quantiser().quantise("colours")
        assert kept(home) == before


@pytest.mark.parametrize("asks", [0, 3, 40])
def test_stopped_it_leaves_nothing_behind(home, asks):
    before = kept(home)
    asked = iter(range(1000))
    with opened(home) as shop, pytest.raises(Interrupted):
        shop.quantiser().quantise(
            "efficientnet-lite0",
            QuantiseOptions("stopped", 8),
            should_stop=lambda: next(asked) >= asks,
        )
    assert kept(home) == before


def test_without_photos_there_is_no_scale(tmp_path):
    with opened(tmp_path) as shop:
        with pytest.raises(CollectionNotFound):
            shop.quantiser().quantise("efficientnet-lite0")
        assert kept(tmp_path) == []


def test_figures_of_no_query_are_null(home, tmp_path):
    with opened(home, collection="single") as shop:
        (tmp_path / "feed.csv").write_text(
            "id,title,image\n" + "".join(f"p{n},P,{home}/{n}-0.png\n" for n in range(4))
        )
        shop.index(tmp_path / "feed.csv")
        shop.add_model(good_folder(tmp_path, "plain"), "few")
        found = shop.quantiser().quantise("few", QuantiseOptions(photos=4))
        assert not found.is_worse
        document = json.loads(json.dumps(quantised_document(found), allow_nan=False))
    assert document["recall"]["queries"] == 0
    assert document["recall"]["before"] is None
    assert "nothing could be held back" in printed(quantised_table(found))
