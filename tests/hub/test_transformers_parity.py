"""Published models against transformers itself, where torch is installed.

The whole way: exported, published on a hub on loopback, fetched, opened, asked.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

import goodsight
from encoders.photos import drawn_photo
from goodsight.config import Settings
from goodsight.core.model_card import TextReading
from goodsight.encoders.preprocessing import prepare
from goodsight.encoders.text_tokens import TokenReader
from hub.hub_server import HubServer, Repository

torch = pytest.importorskip("torch", reason="the references need torch: make test-torch")
pytest.importorskip("transformers", reason="needs the reference networks")

from hub import reference_models as reference  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

PHOTOS = [
    drawn_photo(seed, height, width)
    for seed, (height, width) in enumerate([(260, 320), (97, 401), (333, 250), (64, 64), (31, 45)])
]
QUESTIONS = ["Red shoes", "a photo of three GREEN apples, please", "", "x " * 100, "鞋 été"]


@pytest.fixture
def adopt(tmp_path, monkeypatch):
    """Publishes files and gives the model fetched of them."""
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with goodsight.open(settings=Settings(home=tmp_path / "home")) as shop:

        def adopted(files, **choices):
            server.repositories["org/model"] = Repository(files)
            return shop._wiring.encoder(shop.add_model("hf:org/model", **choices).name)

        yield adopted
    server.close()


def pixels_of(processor, photo):
    found = processor(Image.fromarray(photo.pixels), return_tensors="np")["pixel_values"]
    return torch.from_numpy(np.asarray(found, dtype=np.float32))


def compare_pixels(encoder, processor, capsys, name):
    std = np.asarray(processor.image_std).reshape(1, 3, 1, 1)
    largest = max(
        np.abs(
            (prepare([p], encoder.card.preprocessing) - pixels_of(processor, p).numpy()) * std
        ).max()
        for p in PHOTOS
    )
    with capsys.disabled():
        print(f"\n{name}: pixels differ by at most {largest * 255:.4f} of 255")
    assert largest < 1 / 255


def compare(found, expected, capsys, name):
    expected = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    table = found @ expected.T
    cosines = np.diag(table)
    # The wrong photo or text would show.
    assert table[~np.eye(len(table), dtype=bool)].min() < 0.999
    with capsys.disabled():
        print(f"\n{name}: cosine at least {cosines.min():.7f}")
    assert cosines.min() >= 0.9999


def photo_vectors(network, processor, output):
    with torch.inference_mode():
        return np.concatenate(
            [network(pixel_values=pixels_of(processor, photo))[output].numpy() for photo in PHOTOS]
        )


@pytest.mark.parametrize("combined", [False, True], ids=["two files", "one file"])
def test_clip(adopt, capsys, combined):
    network, processor, tokenizer = reference.clip()
    files = reference.saved(network.config, processor, tokenizer)
    texts, photos = ["input_ids", "attention_mask"], ["pixel_values"]
    if combined:
        names = ["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"]
        inputs = ["input_ids", "pixel_values", "attention_mask"]
        files["onnx/model.onnx"] = reference.exported(network, inputs, names)
    else:
        files["onnx/vision_model.onnx"] = reference.exported(
            reference.clip_photos(network), photos, ["image_embeds", "last_hidden_state"]
        )
        files["onnx/text_model.onnx"] = reference.exported(
            reference.clip_texts(network), texts, ["text_embeds", "last_hidden_state"]
        )
    encoder = adopt(files)
    compare_pixels(encoder, processor, capsys, "CLIP")
    expected = photo_vectors(reference.clip_photos(network), processor, "image_embeds")
    compare(encoder.encode_photos(PHOTOS).vectors, expected, capsys, "CLIP, photos")
    asked = tokenizer(QUESTIONS, padding=True, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        expected = reference.clip_texts(network)(**asked)["text_embeds"].numpy()
    compare(encoder.encode_texts(QUESTIONS), expected, capsys, "CLIP, texts")


def test_siglip(adopt, capsys):
    network, processor, tokenizer = reference.siglip()
    files = reference.saved(network.config, processor, tokenizer)
    outputs = ["last_hidden_state", "pooler_output"]
    files["onnx/vision_model.onnx"] = reference.exported(
        network.vision_model, ["pixel_values"], outputs
    )
    files["onnx/text_model.onnx"] = reference.exported(network.text_model, ["input_ids"], outputs)
    encoder = adopt(files)
    assert encoder.card.texts == TextReading(64, "full", "</s>")
    compare_pixels(encoder, processor, capsys, "SigLIP")
    expected = photo_vectors(network.vision_model, processor, "pooler_output")
    compare(encoder.encode_photos(PHOTOS).vectors, expected, capsys, "SigLIP, photos")
    asked = tokenizer(QUESTIONS, padding="max_length", truncation=True, return_tensors="pt")
    with torch.inference_mode():
        expected = network.text_model(input_ids=asked["input_ids"])["pooler_output"].numpy()
    compare(encoder.encode_texts(QUESTIONS), expected, capsys, "SigLIP, texts")


def test_dinov2(adopt, capsys):
    network, processor = reference.dinov2()
    files = reference.saved(network.config, processor)
    files["onnx/model.onnx"] = reference.exported(network, ["pixel_values"], ["last_hidden_state"])
    encoder = adopt(files)
    assert encoder.card.texts is None
    compare_pixels(encoder, processor, capsys, "DINOv2")
    expected = photo_vectors(network, processor, "pooler_output")
    compare(encoder.encode_photos(PHOTOS).vectors, expected, capsys, "DINOv2, photos")


def test_a_quantised_variant_is_nearly_the_same(adopt, capsys):
    network, processor = reference.dinov2()
    files = reference.saved(network.config, processor)
    plain = reference.exported(network, ["pixel_values"], ["last_hidden_state"])
    files["onnx/model_quantized.onnx"] = reference.quantised(plain)
    encoder = adopt(files, variant="quantized")
    expected = photo_vectors(network, processor, "pooler_output")
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    cosines = (encoder.encode_photos(PHOTOS).vectors * expected).sum(axis=1)
    with capsys.disabled():
        print(f"\nDINOv2, quantised: cosine at least {cosines.min():.5f}")
    assert 0.98 < cosines.min() < 0.9999999


def test_siglip_2_reads_small_letters():
    tokenizer, published = reference.small_letters()
    reading = TextReading(64, pad_token="<pad>", lower_case=True)
    reader = TokenReader(published, reading)
    for question in QUESTIONS:
        expected = tokenizer(
            question, padding="max_length", max_length=64, truncation=True, return_tensors="np"
        )["input_ids"]
        np.testing.assert_array_equal(reader.read(question).numbers, expected)
    assert json.loads(published)["normalizer"]["type"] == "Replace"
