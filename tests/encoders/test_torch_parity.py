"""The bundled graphs against the reference PyTorch network, where torch is installed."""

import numpy as np
import pytest

from encoders.photos import photos
from goodsight.encoders import BUNDLED, ModelLibrary
from goodsight.encoders.bundled import BundledModel
from goodsight.encoders.checkpoint import read_checkpoint
from goodsight.encoders.preprocessing import prepare

torch = pytest.importorskip("torch", reason="the reference network needs torch: make test-torch")
reference = pytest.importorskip("efficientnet_lite_pytorch", reason="needs the reference network")

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def fifty_photos():
    return photos(50)


# A joined model is these networks again.
NETWORKS = [name for name, model in BUNDLED.items() if isinstance(model, BundledModel)]


def weight_file(name):
    return BUNDLED[name]._weight_file()


@pytest.mark.parametrize("name", NETWORKS)
def test_checkpoint_arrays_are_torchs_own(name):
    expected = torch.load(weight_file(name), map_location="cpu", weights_only=True)
    found = read_checkpoint(weight_file(name))
    assert set(found) == set(expected)
    for key, tensor in expected.items():
        np.testing.assert_array_equal(found[key], tensor.numpy())


@pytest.mark.parametrize("name", NETWORKS)
def test_features_are_the_reference_networks(name, fifty_photos, tmp_path, capsys):
    network = reference.EfficientNet.from_name(name)
    network.load_state_dict(torch.load(weight_file(name), map_location="cpu", weights_only=True))
    network.eval()
    encoder = ModelLibrary(tmp_path).open(name)
    largest, smallest = 0.0, 1.0
    for photo in fifty_photos:
        batch = torch.from_numpy(prepare([photo], encoder.card.preprocessing))
        with torch.inference_mode():
            maps = network.extract_features(batch)
            expected = maps.mean((2, 3)).numpy()[0]
        found = encoder.encode_photos([photo]).features[0]
        shown = encoder.encode_feature_maps([photo]).maps[0]
        cosine = found @ expected / (np.linalg.norm(found) * np.linalg.norm(expected))
        largest = max(largest, np.abs(found - expected).max())
        largest = max(largest, np.abs(shown - maps.numpy()[0]).max())
        smallest = min(smallest, cosine)
    with capsys.disabled():
        print(f"\n{name}: cosine at least {smallest:.7f}, difference at most {largest:.2e}")
    assert smallest >= 0.99999
    assert largest < 1e-3
