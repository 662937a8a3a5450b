"""Networks to train, by the names of models."""

import importlib.util

import pytest

from encoders.photos import photos
from goodsight.core.errors import MissingExtra, ModelError, UsageError
from goodsight.encoders import ModelLibrary
from goodsight.encoders.preprocessing import prepare

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")
pytest.importorskip("transformers", reason="needs transformers: make test-torch")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="needs safetensors")

from goodsight.training.network_export import export_network  # noqa: E402
from goodsight.training.new_folder import Origin  # noqa: E402
from goodsight.training.trainable import trainable_networks  # noqa: E402
from training.published import KINDS, SEE_TEXTS, SIDE, published  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
QUALITY = "efficientnet-lite0-lite2"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return ModelLibrary(tmp_path_factory.mktemp("models"))


def weights_of(stages):
    return [
        weight
        for stage in stages
        for part in stage
        for weight in ([part] if isinstance(part, torch.nn.Parameter) else part.parameters())
        if weight.requires_grad
    ]


def test_the_joined_model_is_two_networks_in_the_order_of_its_features(library):
    first, second = trainable_networks(library, QUALITY)
    assert (first.name, second.name) == ("efficientnet-lite0-320", "efficientnet-lite2-380")
    assert (first.preprocessing.input_size, second.preprocessing.input_size) == (320, 380)
    assert first.licence == second.licence == "Apache-2.0"
    encoder = library.open(QUALITY)
    pictures = photos(2)
    with torch.inference_mode():
        features = [
            trainable.network(torch.from_numpy(prepare(pictures, trainable.preprocessing)))[0]
            for trainable in (first, second)
        ]
    found = encoder.encode_photos(pictures).features
    assert abs(found - torch.cat(features, 1).numpy()).max() < 1e-3


def test_own_weights_are_begun_with_by_either_names(library, tmp_path):
    [trainable] = trainable_networks(library, "efficientnet-lite0")
    with torch.no_grad():
        trainable.network.stem.norm.weight.mul_(2)
    path = tmp_path / "tuned.safetensors"
    safetensors_torch.save_file(trainable.network.state_dict(), path)
    [again] = trainable_networks(library, "efficientnet-lite0", weights=path)
    assert torch.equal(again.network.stem.norm.weight, trainable.network.stem.norm.weight)
    assert again.licence == "not stated"
    assert again.source == "efficientnet-lite0, weights from tuned.safetensors"
    # One of the two by itself, as the refusal below says.
    [part] = trainable_networks(library, "efficientnet-lite0-320", weights=path)
    assert part.preprocessing.input_size == 320
    assert torch.equal(part.network.stem.norm.weight, trainable.network.stem.norm.weight)
    with pytest.raises(ModelError, match="of another network"):
        trainable_networks(library, "efficientnet-lite2", weights=path)
    with pytest.raises(UsageError, match="efficientnet-lite0-320 or efficientnet-lite2-380"):
        trainable_networks(library, QUALITY, weights=path)


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("name", ["efficientnet-lite0", "open_clip:ViT-B-32", "timm:resnet50"])
@pytest.mark.parametrize("old_format", [False, True])
def test_own_weights_that_would_do_something_are_not_run(name, old_format, library, tmp_path):
    sign, path = tmp_path / "executed", tmp_path / "weights.pth"
    content = {"state_dict": {"stem": torch.zeros(3)}, "payload": Payload(sign)}
    torch.save(content, path, _use_new_zipfile_serialization=not old_format)
    with pytest.raises(ModelError, match="was not run"):
        trainable_networks(library, name, weights=path)
    assert not sign.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_tower_is_trained_and_exported(kind, library, tmp_path):
    reference = published(kind, tmp_path / "published")
    [trainable] = trainable_networks(library, str(tmp_path / "published"))
    network = trainable.network
    batch = torch.from_numpy(prepare(photos(4), trainable.preprocessing))
    see = reference.get_image_features if kind in SEE_TEXTS else reference
    with torch.inference_mode():
        due = see(pixel_values=batch)
        due = due if isinstance(due, torch.Tensor) else due.pooler_output
        assert torch.allclose(network(batch), due, atol=1e-5)
    # The tower alone: what sees texts is neither trained nor kept.
    names = [name for name, _ in network.named_parameters()]
    assert not any("text" in name for name in names)
    held = weights_of(trainable.stages)
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    assert {id(weight) for weight in held} == {id(weight) for weight in trained}
    assert len(held) == len(trained)
    assert len(trainable.stages) >= 2

    network.train()
    optimiser = torch.optim.SGD(trained, lr=0.01)
    network(batch).square().mean().backward()
    assert all(weight.grad is not None for weight in trained)
    optimiser.step()
    exported = export_network(
        network,
        trainable.preprocessing,
        origin=Origin(trainable.name, trainable.licence, trainable.source),
        folder=tmp_path / "model",
    )
    assert exported.card.preprocessing.input_size == SIDE
    network.eval()
    with torch.inference_mode():
        assert not torch.allclose(network(batch), due, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no-such-model", "there is no 'no-such-model' to train"),
        ("", "there is no '' to train"),
        ("open_clip:ViT-B-32", "needs weights"),
        ("open_clip:ViT-B-32/openai", r"pip install open_clip_torch|has no weights|cannot"),
    ],
)
def test_what_cannot_be_trained_is_told(name, told, library):
    with pytest.raises((UsageError, ModelError), match=told):
        trainable_networks(library, name)


def test_an_added_model_cannot_be_trained(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    published("dinov2", tmp_path / "published")
    [trainable] = trainable_networks(library, str(tmp_path / "published"))
    export_network(
        trainable.network,
        trainable.preprocessing,
        origin=Origin("mine", "MIT", "here"),
        folder=tmp_path / "model",
    )
    library.add(tmp_path / "model")
    with pytest.raises(UsageError, match="added as an ONNX file"):
        trainable_networks(library, "mine")


def test_a_folder_brings_its_own_weights(library, tmp_path):
    published("dinov2", tmp_path / "published")
    with pytest.raises(UsageError, match="a folder has its own"):
        trainable_networks(library, str(tmp_path / "published"), weights=tmp_path / "w.pth")


@pytest.mark.skipif(importlib.util.find_spec("timm") is not None, reason="timm is installed here")
def test_without_timm_the_install_command_is_told(library):
    with pytest.raises(MissingExtra, match=r"training a network.*goodsight\[tune\]"):
        trainable_networks(library, "timm:resnet50")
