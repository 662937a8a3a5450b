"""The bundled networks in PyTorch: the numbers of the bundled graphs, and trained further."""

import dataclasses

import numpy as np
import pytest

from encoders.photos import photos
from goodsight.core.errors import ModelError
from goodsight.encoders.bundled import BUNDLED, JoinedModel
from goodsight.encoders.efficientnet_lite import build_graph
from goodsight.encoders.onnx_encoder import make_encoder, open_session
from goodsight.encoders.preprocessing import prepare

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")

from goodsight.training.lite_network import (  # noqa: E402
    CLASSIFIER,
    LiteNetwork,
    own_names,
    tensors_of,
)
from goodsight.training.network_export import export_network  # noqa: E402
from goodsight.training.new_folder import Origin  # noqa: E402
from goodsight.training.weights import fill_network  # noqa: E402

NETWORKS = {
    part.name: part
    for model in BUNDLED.values()
    for part in (model.parts if isinstance(model, JoinedModel) else [model])
}


def filled(bundled):
    network = LiteNetwork(bundled.architecture)
    fill_network(network, own_names(tensors_of(bundled.weights())), spare=(CLASSIFIER,))
    return network.eval()


# 224, 240, 260, 320 and 380 pixels, and sides with odd padding at every depth.
@pytest.mark.parametrize(
    ("name", "side"),
    [*((name, part.architecture.input_size) for name, part in NETWORKS.items()),
     ("efficientnet-lite0", 380), ("efficientnet-lite0", 190), ("efficientnet-lite2-380", 320),
     ("efficientnet-lite2", 129)],
)  # fmt: skip
def test_features_and_map_are_those_of_the_bundled_graph(name, side):
    bundled = dataclasses.replace(
        NETWORKS[name],
        architecture=dataclasses.replace(NETWORKS[name].architecture, input_size=side),
        resize_size=side + 32,
    )
    graph = build_graph(bundled.weights(), bundled.architecture, name).SerializeToString()
    session = open_session(graph, ["CPUExecutionProvider"])
    encoder = make_encoder(session, bundled.card(), bundled.outputs)
    pictures = photos(3)
    with torch.inference_mode():
        features, feature_map = filled(bundled)(
            torch.from_numpy(prepare(pictures, bundled.preprocessing))
        )
    shown = encoder.encode_feature_maps(pictures).maps
    assert feature_map.shape == shown.shape
    assert np.abs(shown - feature_map.numpy()).max() < 1e-3
    found = encoder.encode_photos(pictures).features
    assert np.abs(found - features.numpy()).max() < 1e-3
    # Otherwise a network that is silent would pass.
    assert np.abs(found[0] - features[1].numpy()).max() > 0.1


@pytest.mark.parametrize("name", ["efficientnet-lite0-320", "efficientnet-lite2-380"])
def test_trained_a_little_it_is_exported_with_its_map(name, tmp_path):
    bundled = NETWORKS[name]
    network = filled(bundled)
    before = {n: weight.clone() for n, weight in network.state_dict().items()}
    network.train()
    batch = torch.from_numpy(prepare(photos(2), bundled.preprocessing))
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-4)
    network(batch)[0].square().sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())
    optimiser.step()
    assert not torch.equal(network.stem.convolution.weight, before["stem.convolution.weight"])
    exported = export_network(
        network, bundled.preprocessing, origin=Origin("a", "b", "c"), folder=tmp_path / "model"
    )
    assert exported.shows_map
    assert exported.card.dimension == 1280


def test_its_stages_hold_every_weight_once():
    for bundled in NETWORKS.values():
        network = LiteNetwork(bundled.architecture)
        stages = network.stages
        assert len(stages) == 9
        held = [weight for stage in stages for part in stage for weight in part.parameters()]
        assert {id(weight) for weight in held} == {id(weight) for weight in network.parameters()}
        assert len(held) == len(list(network.parameters()))


def test_weights_of_another_network_of_the_family_are_refused():
    weights = own_names(tensors_of(NETWORKS["efficientnet-lite2"].weights()))
    with pytest.raises(ModelError, match="of another network"):
        fill_network(
            LiteNetwork(NETWORKS["efficientnet-lite0"].architecture), weights, spare=(CLASSIFIER,)
        )
