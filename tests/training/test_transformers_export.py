"""Published models without ONNX files: the vectors of transformers, for photos and texts."""

import json

import numpy as np
import pytest

from encoders.photos import photos
from goodsight.core.errors import ModelError, UsageError
from goodsight.core.ports import TextEncoder
from goodsight.encoders import DEFAULT_PROVIDERS, open_model_folder
from goodsight.encoders.preprocessing import prepare

torch = pytest.importorskip("torch", reason="the exporter needs torch: make test-torch")
pytest.importorskip("transformers", reason="the reference needs transformers: make test-torch")

from goodsight.training.transformers_export import export_transformers  # noqa: E402
from hub import reference_models  # noqa: E402
from training.published import KINDS, SEE_TEXTS, published, tokenizer  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

TEXTS = ["red shoes", "a photo of three green apples", "Wool 42", "nothing it knows", "red " * 40]


def cosines(first, second):
    first = first / np.linalg.norm(first, axis=1, keepdims=True)
    second = second / np.linalg.norm(second, axis=1, keepdims=True)
    return (first * second).sum(axis=1)


def plain(output):
    return (output if isinstance(output, torch.Tensor) else output.pooler_output).numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_of_photos_are_those_of_transformers(kind, tmp_path):
    network = published(kind, tmp_path / "published")
    report = export_transformers(tmp_path / "published", tmp_path / "model")
    encoder = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS)
    assert encoder.card == report.card
    pictures = photos(6)
    batch = torch.from_numpy(prepare(pictures, encoder.card.preprocessing))
    see = network.get_image_features if kind in SEE_TEXTS else network
    with torch.inference_mode():
        due = plain(see(pixel_values=batch))
    found = encoder.encode_photos(pictures).features
    assert cosines(found, due).min() >= 0.99999
    # Otherwise a network to which all photos are one would pass.
    assert cosines(found[1:], due[:-1]).min() < 0.999


@pytest.mark.parametrize("kind", SEE_TEXTS)
def test_vectors_of_texts_are_those_of_transformers(kind, tmp_path):
    network = published(kind, tmp_path / "published")
    export_transformers(tmp_path / "published", tmp_path / "model")
    encoder = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS)
    assert isinstance(encoder, TextEncoder)
    tokens = tokenizer()(TEXTS, padding="max_length", truncation=True, return_tensors="pt")
    with torch.inference_mode():
        due = plain(network.get_text_features(input_ids=tokens["input_ids"]))
    found = encoder.encode_texts(TEXTS)
    assert cosines(found, due).min() >= 0.99999
    assert cosines(found[1:], due[:-1]).min() < 0.999


@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_tokenizers_of_the_published_kinds_are_read(kind, tmp_path):
    network, processor, words = getattr(reference_models, kind)()
    for part in (network, processor, words):
        part.save_pretrained(tmp_path / "published")
    export_transformers(tmp_path / "published", tmp_path / "model")
    encoder = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS)
    texts = ["a photo of a Red shoe", "three green apples, on a table", "size M 2026"]
    tokens = words(texts, padding="max_length", truncation=True, return_tensors="pt")
    with torch.inference_mode():
        due = plain(network.get_text_features(input_ids=tokens["input_ids"]))
    assert cosines(encoder.encode_texts(texts), due).min() >= 0.99999


@pytest.mark.parametrize("kind", ["dinov2", "clip_photos"])
def test_a_model_of_photos_alone_reads_no_texts(kind, tmp_path):
    published(kind, tmp_path / "published")
    report = export_transformers(tmp_path / "published", tmp_path / "model", licence="MIT")
    assert report.card.texts is None
    assert report.card.licence == "MIT"
    assert report.card.name == "published"
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "model.json",
        "model.onnx",
    ]


def test_weights_that_lack_a_part_are_refused(tmp_path):
    safetensors_torch = pytest.importorskip("safetensors.torch")
    network = published("dinov2", tmp_path / "published")
    state = {n: t for n, t in network.state_dict().items() if n != "layernorm.weight"}
    path = tmp_path / "published" / "model.safetensors"
    safetensors_torch.save_file(state, path, metadata={"format": "pt"})
    refused(tmp_path, "lack 'layernorm.weight'")


def test_a_pickle_is_not_read(tmp_path):
    network = published("dinov2", tmp_path / "published")
    (tmp_path / "published" / "model.safetensors").unlink()
    torch.save(network.state_dict(), tmp_path / "published" / "pytorch_model.bin")
    refused(tmp_path, "cannot open it")


def test_code_that_a_model_brings_is_not_run(tmp_path):
    published("dinov2", tmp_path / "published")
    path, sign = tmp_path / "published" / "config.json", tmp_path / "executed"
    (tmp_path / "published" / "own.py").write_text(f"open({str(sign)!r}, 'w')\n")
    config = {"model_type": "own", "auto_map": {"AutoModel": "own.Own", "AutoConfig": "own.Own"}}
    path.write_text(json.dumps(config))
    refused(tmp_path, "cannot open it")
    assert not sign.exists()


def test_another_tokenizer_than_transformers_reads_is_refused(tmp_path):
    published("clip", tmp_path / "published")
    path = tmp_path / "published" / "tokenizer_config.json"
    # Read from the left, every text has other places.
    path.write_text(json.dumps({**json.loads(path.read_text()), "truncation_side": "left"}))
    refused(tmp_path, "the exported model is not the network")


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "tokenizer.json"])
def test_a_missing_file_is_named(name, tmp_path):
    published("clip", tmp_path / "published")
    (tmp_path / "published" / name).unlink()
    refused(tmp_path, name)


def test_a_folder_that_is_there_is_not_overwritten(tmp_path):
    published("dinov2", tmp_path / "published")
    (tmp_path / "model").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        export_transformers(tmp_path / "published", tmp_path / "model")


def refused(folder, told):
    with pytest.raises(ModelError, match=told):
        export_transformers(folder / "published", folder / "model")
    assert [path.name for path in folder.iterdir() if "goodsight" in path.name] == []
    assert not (folder / "model").exists()
