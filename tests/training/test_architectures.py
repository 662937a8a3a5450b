"""The real architectures with random weights, through the command; `make test-architectures`.

Prints the table of docs/models.md. Needs torch with torchvision, gigabytes: never part of
`make test`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from encoders.photos import drawn_photo, photos
from goodsight.encoders import DEFAULT_PROVIDERS, ModelLibrary, open_model_folder
from goodsight.encoders.preprocessing import prepare
from goodsight.training.timm_settings import preprocessing_of

torch = pytest.importorskip("torch", reason="make test-architectures")
pytest.importorskip("torchvision", reason="make test-architectures")
timm = pytest.importorskip("timm", reason="make test-architectures")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="make test-architectures")

from goodsight.training.network_export import export_network  # noqa: E402
from goodsight.training.new_folder import Origin  # noqa: E402
from goodsight.training.trainable import trainable_networks  # noqa: E402

# What other packages warn of is theirs to mend.
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.timeout(900)]

SCRIPT = Path(sys.executable).with_name("goodsight")
# Name: how many numbers a photo gets, and whether the map is shown.
ARCHITECTURES = {
    "resnet50": (2048, True),
    "vgg16": (512, True),
    "inception_v3": (2048, True),
    "convnext_tiny": (768, False),
    "efficientnet_b0": (1280, True),
    "vit_small_patch16_224": (384, False),
    "mobilenetv3_large_100": (1280, False),
}
ROUNDS = 9


def random_network(name):
    """As timm publishes it, classifier and all; random weights, statistics of real photos.

    Statistics of anything else, and the numbers would grow from layer to layer until PyTorch's
    own single precision is a percent away from its double.
    """
    torch.manual_seed(0)
    network = timm.create_model(name, pretrained=False)
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            # Some begin as zero, and whole blocks would do nothing.
            torch.nn.init.ones_(part.weight)
            part.momentum = None
    batch = torch.from_numpy(prepare(photos(12), preprocessing_of(network.pretrained_cfg)))
    network.train()
    with torch.no_grad():
        network(batch)
    return network.eval()


def reference(network, batch, dimension):
    """timm's own features without its classifier; the map's mean where those are too long."""
    network.reset_classifier(0)
    with torch.inference_mode():
        features = network(batch)
        if features.shape[1] != dimension:
            features = network.forward_features(batch).mean((2, 3))
    return features.numpy()


def exported(name, network, folder):
    weights = folder / "weights.safetensors"
    state = {key: tensor.contiguous() for key, tensor in network.state_dict().items()}
    safetensors_torch.save_file(state, weights)
    command = [SCRIPT, "model", "export", f"timm:{name}", folder / "model", "--json"]
    done = subprocess.run(
        [*command, "--weights", weights, "--licence", "none: random"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pace(encoder, other, picture):
    """How much longer the encoder takes for a photo than the other, asked in turns."""
    times = {encoder: [], other: []}
    for _ in range(ROUNDS):
        for each, taken in times.items():
            started = time.perf_counter()
            each.encode_photos([picture])
            taken.append(time.perf_counter() - started)
    own, others = (statistics.median(taken) for taken in times.values())
    return own / others


def pixels_apart(network, picture, preprocessing):
    """Mean difference to timm's own evaluation transform, in 0..255."""
    from PIL import Image

    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(network))
    due = transform(Image.fromarray(picture.pixels)).numpy()
    found = prepare([picture], preprocessing)[0]
    spread = np.asarray(preprocessing.std, dtype=np.float32)[:, np.newaxis, np.newaxis]
    return float(np.abs((due - found) * spread).mean())


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture_gives_pytorchs_vectors(name, tmp_path, capsys):
    dimension, shows_map = ARCHITECTURES[name]
    network = random_network(name)
    card = exported(name, network, tmp_path)
    encoder = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS)
    assert encoder.card.dimension == card["dimension"] == dimension
    assert hasattr(encoder, "encode_feature_maps") == shows_map

    pictures = photos(6)
    # Smooth: where half a pixel is left, timm rounds it another way, and may lie a pixel aside.
    apart = pixels_apart(network, drawn_photo(1), encoder.card.preprocessing)
    batch = torch.from_numpy(prepare(pictures, encoder.card.preprocessing))
    due = reference(network, batch, dimension)
    found = encoder.encode_photos(pictures).features
    norms = np.linalg.norm(found, axis=1) * np.linalg.norm(due, axis=1)
    cosine = float(((found * due).sum(axis=1) / norms).min())
    difference = float(np.abs(found - due).max() / np.abs(due).max())
    megabytes = (tmp_path / "model" / "model.onnx").stat().st_size / 1e6
    slower = pace(encoder, ModelLibrary(tmp_path).open("efficientnet-lite0"), pictures[0])
    with capsys.disabled():
        print(
            f"\n| `timm:{name}` | {dimension} | {'positions' if shows_map else 'covering'} |"
            f" {megabytes:.0f} | {slower:.1f} | {cosine:.7f} | {difference:.1e} |"
            f"   pixels apart {apart:.2f}"
        )
    assert cosine >= 0.9999
    assert difference <= 1e-3
    assert apart < 1


def saved(name, path):
    """The weights of a random network, as its library would save them."""
    library, _, own = name.partition(":")
    torch.manual_seed(0)
    if library == "timm":
        network = random_network(own)
    else:
        open_clip = pytest.importorskip("open_clip", reason="make test-architectures")
        network = open_clip.create_model(own)
    state = {key: tensor.contiguous() for key, tensor in network.state_dict().items()}
    safetensors_torch.save_file(state, path)


@pytest.mark.parametrize(
    ("name", "fewest_stages"),
    [
        ("timm:resnet18", 5),
        ("timm:convnext_tiny", 4),
        ("timm:vit_small_patch16_224", 12),
        ("timm:swin_tiny_patch4_window7_224", 5),
        ("open_clip:ViT-B-32", 12),
        ("open_clip:RN50", 4),
    ],
)
def test_an_architecture_is_trained_and_exported(name, fewest_stages, tmp_path):
    saved(name, tmp_path / "weights.safetensors")
    [trainable] = trainable_networks(
        ModelLibrary(tmp_path / "models"), name, weights=tmp_path / "weights.safetensors"
    )
    network = trainable.network
    weights = dict(network.named_parameters())
    assert len(trainable.stages) >= fewest_stages
    held = [
        weight
        for stage in trainable.stages
        for part in stage
        for weight in ([part] if isinstance(part, torch.nn.Parameter) else part.parameters())
    ]
    assert len(held) == len(weights)
    assert {id(weight) for weight in held} == {id(weight) for weight in weights.values()}

    before = {key: weight.detach().clone() for key, weight in weights.items()}
    batch = torch.from_numpy(prepare(photos(4), trainable.preprocessing))
    optimiser = torch.optim.SGD(weights.values(), lr=1e-3)
    found = network.train()(batch)
    features = found[0] if isinstance(found, tuple) else found
    (features * torch.randn(features.shape)).sum().backward()
    optimiser.step()
    assert all(weight.grad is not None for weight in weights.values())
    # Not each: some begin with blocks that do nothing, or next to nothing.
    assert any(not torch.equal(before[key], weight) for key, weight in weights.items())
    exported = export_network(
        trainable.finished(),
        trainable.preprocessing,
        origin=Origin(trainable.name, trainable.licence, trainable.source),
        folder=tmp_path / "model",
    )
    assert exported.card.dimension == features.shape[1]
