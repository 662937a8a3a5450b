"""Models of the hub, fetched and taken in: a real server, real networks and tokenizers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import goodsight
from encoders.joint_models import photo_model
from goodsight.config import Settings
from goodsight.core.errors import ModelError, UsageError
from goodsight.core.ports import TextEncoder
from hub.hub_server import COMMIT, HubServer, Repository
from hub.published_models import one_file, photos_alone, settings_files, two_networks

SCRIPT = Path(sys.executable).parent / "goodsight"
SOURCE = f"hf:shop/colours@{COMMIT}"


@pytest.fixture
def server(monkeypatch):
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.close()


@pytest.fixture
def shop(tmp_path):
    with goodsight.open(settings=Settings(home=tmp_path / "home")) as shop:
        yield shop


def opened(shop, name):
    return shop._wiring.encoder(name)


@pytest.mark.parametrize("files", [two_networks, one_file])
def test_a_joint_model_sees_photos_and_texts(server, shop, tmp_path, files):
    server.repositories["shop/colours"] = Repository(files())
    card = shop.add_model("hf:shop/colours")
    assert (card.name, card.source, card.licence) == ("colours", SOURCE, "apache-2.0")
    assert card.texts is not None
    assert "README.md" not in server.files_asked()
    assert "pytorch_model.bin" not in server.files_asked()
    encoder = opened(shop, "colours")
    assert isinstance(encoder, TextEncoder)
    assert encoder.encode_question("red") @ encoder.encode_question("blue") < 0
    assert not list((tmp_path / "home/models/downloads").iterdir())


def test_once_fetched_it_is_there_without_the_hub(server, shop, tmp_path):
    server.repositories["shop/colours"] = Repository(two_networks())
    card = shop.add_model("hf:shop/colours")
    server.close()
    with goodsight.open(settings=Settings(home=tmp_path / "home")) as again:
        assert opened(again, card.name).card == card


def test_a_model_of_photos_alone(server, shop):
    server.repositories["shop/colours"] = Repository(photos_alone())
    card = shop.add_model("hf:shop/colours", "eyes")
    assert (card.name, card.texts) == ("eyes", None)
    assert not isinstance(opened(shop, "eyes"), TextEncoder)


def test_a_variant_has_a_name_of_its_own(server, shop):
    server.repositories["shop/colours"] = Repository(two_networks("_quantized") | two_networks())
    assert shop.add_model("hf:shop/colours", variant="quantized").name == "colours-quantized"
    assert "onnx/text_model.onnx" not in server.files_asked()
    assert shop.add_model("hf:shop/colours").name == "colours"


def test_a_name_that_is_taken_is_told_before_anything_comes(server, shop):
    server.repositories["shop/colours"] = Repository(two_networks())
    shop.add_model("hf:shop/colours")
    server.asked.clear()
    with pytest.raises(ModelError, match="give another name"):
        shop.add_model("hf:shop/colours")
    assert server.asked == []


def test_a_licence_that_is_not_permissive_is_confirmed_first(server, shop):
    card = {"license": "other", "license_name": "research-only"}
    server.repositories["shop/colours"] = Repository(two_networks(), card)
    with pytest.raises(UsageError, match=r"'research-only'.*shop/colours.*--accept-licence"):
        shop.add_model("hf:shop/colours")
    assert server.files_asked() == []
    assert shop.add_model("hf:shop/colours", accept_licence=True).licence == "research-only"


def test_a_download_that_was_cut_off_is_gone_on_with(server, shop):
    files = two_networks()
    server.repositories["shop/colours"] = Repository(files)
    server.breaks = [50] * 5
    with pytest.raises(ModelError, match="cannot be reached"):
        shop.add_model("hf:shop/colours")
    server.asked.clear()
    shop.add_model("hf:shop/colours")
    networks = [(path, begin) for path, begin in server.asked if path.endswith("text_model.onnx")]
    assert [begin for _, begin in networks] == ["bytes=250-"]
    assert not [path for path, _ in server.asked if path.endswith("config.json")]


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        (settings_files(), "goodsight model export"),
        (two_networks() | {"tokenizer.json": b"{}"}, "no tokenizer that can be read"),
        ({k: v for k, v in two_networks().items() if k != "tokenizer.json"}, "no tokenizer.json"),
        (photos_alone() | {"onnx/model.onnx": b"\x80\x04pickle"}, "not an ONNX file"),
        (photos_alone() | {"preprocessor_config.json": b"[]"}, "it holds no object"),
        (
            {k: v for k, v in photos_alone().items() if k != "preprocessor_config.json"},
            "does not say how photos are prepared",
        ),
        (photos_alone() | {"preprocessor_config.json": b"{"}, "it is not JSON"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_added(server, shop, files, cause):
    server.repositories["shop/colours"] = Repository(files)
    before = shop.models()
    with pytest.raises(ModelError, match=cause):
        shop.add_model("hf:shop/colours")
    assert shop.models() == before


def test_weights_that_point_outside_are_refused(server, shop, tmp_path):
    model = photo_model()
    tensor = model.graph.initializer.add(name="w", data_type=1, dims=[1], data_location=1)
    tensor.external_data.add(key="location", value="/etc/passwd")
    files = photos_alone() | {"onnx/model.onnx": model.SerializeToString()}
    server.repositories["shop/colours"] = Repository(files)
    with pytest.raises(ModelError, match="lies outside the file"):
        shop.add_model("hf:shop/colours")
    assert not list((tmp_path / "home/models/downloads").iterdir())


def run(server, home, *arguments):
    environment = os.environ | {"HF_ENDPOINT": server.url, "NO_PROXY": "127.0.0.1"}
    command = [SCRIPT, "model", "add", *arguments, "--home", home]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_the_command_prints_the_card_alone(server, tmp_path):
    server.repositories["shop/colours"] = Repository(two_networks())
    server.breaks = [50]
    done = run(server, tmp_path, "hf:shop/colours", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"] == SOURCE
    assert "onnx/vision_model.onnx: 0.0 of 0.0 MB" in done.stderr
    assert "licence: apache-2.0" in done.stderr


def test_the_command_asks_for_the_licence(server, tmp_path):
    server.repositories["shop/colours"] = Repository(two_networks(), {"license": "cc-by-nc-4.0"})
    done = run(server, tmp_path, "hf:shop/colours")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cc-by-nc-4.0" in done.stderr
    done = run(server, tmp_path, "hf:shop/colours", "--accept-licence")
    assert done.returncode == 0, done.stderr
    assert "seen too, up to 8 tokens" in done.stdout


def test_a_hub_out_of_reach(server, tmp_path):
    server.close()
    done = run(server, tmp_path, "hf:shop/colours")
    assert (done.returncode, done.stdout) == (1, "")
    assert "HF_ENDPOINT" in done.stderr
    assert "Traceback" not in done.stderr
