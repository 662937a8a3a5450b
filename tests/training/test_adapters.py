"""LoRA: few weights are trained, and what is exported has no trace of it."""

import sys

import pytest

from encoders.photos import photos
from goodsight.core.errors import MissingExtra, ModelError, UsageError
from goodsight.encoders import DEFAULT_PROVIDERS, ModelLibrary, open_model_folder
from goodsight.encoders.preprocessing import prepare

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")
pytest.importorskip("peft", reason="needs peft: make test-torch")
from torch import nn  # noqa: E402

from goodsight.training.adapters import add_adapters, without_adapters  # noqa: E402
from goodsight.training.network_export import export_network  # noqa: E402
from goodsight.training.new_folder import Origin  # noqa: E402
from goodsight.training.trainable import trainable_networks  # noqa: E402
from training.networks import Attending, Residual, made  # noqa: E402
from training.published import KINDS, published  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
RANK = 2


def adapted(kind, folder):
    published(kind, folder / "published")
    return trainable_networks(
        ModelLibrary(folder / "models"), str(folder / "published"), lora_rank=RANK
    )[0]


def train(network, batch, steps=3):
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.Adam(trained, lr=0.02)
    network.train()
    for _ in range(steps):
        optimiser.zero_grad()
        network(batch).square().mean().backward()
        optimiser.step()
    network.eval()


def seen(network, batch):
    with torch.inference_mode():
        return network(batch)


@pytest.mark.parametrize("kind", KINDS)
def test_merged_it_gives_what_it_gave_unmerged(kind, tmp_path):
    trainable = adapted(kind, tmp_path)
    network = trainable.network
    batch = torch.from_numpy(prepare(photos(4), trainable.preprocessing))
    [untrained] = trainable_networks(ModelLibrary(tmp_path / "m"), str(tmp_path / "published"))
    before = seen(untrained.network, batch)
    assert torch.equal(seen(network, batch), before)

    train(network, batch)
    due = seen(network, batch)
    # Otherwise adapters that do nothing would pass.
    assert (due - before).abs().max() > 0.01 * before.abs().max()
    plain = trainable.finished()
    torch.testing.assert_close(seen(plain, batch), due, rtol=1e-4, atol=1e-5)
    # An ordinary network: the same names and sizes as before; the adapted one goes on as it was.
    shapes = {name: weight.shape for name, weight in untrained.network.state_dict().items()}
    assert {name: weight.shape for name, weight in plain.state_dict().items()} == shapes
    assert torch.equal(seen(network, batch), due)

    export_network(
        plain, trainable.preprocessing, origin=Origin("a", "b", "c"), folder=tmp_path / "model"
    )
    encoder = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS)
    found = torch.from_numpy(encoder.encode_photos(photos(4)).features)
    torch.testing.assert_close(found, due, rtol=1e-3, atol=1e-4)


def test_few_weights_are_trained_and_the_others_stay(tmp_path):
    trainable = adapted("dinov2", tmp_path)
    weights = dict(trainable.network.named_parameters())
    trained = {name for name, weight in weights.items() if weight.requires_grad}
    assert all("lora_" in name for name in trained)
    # Four maps of attention and two of the perceptron in each of two blocks, to and from rank 2.
    assert trainable.trained_weights == 2 * RANK * (4 * (32 + 32) + 2 * (32 + 64))
    assert trainable.trained_weights == sum(weights[name].numel() for name in trained)
    assert trainable.weights == sum(weight.numel() for weight in weights.values())
    held = [
        weight
        for stage in trainable.stages
        for part in stage
        for weight in ([part] if isinstance(part, nn.Parameter) else part.parameters())
        if weight.requires_grad
    ]
    assert {id(weight) for weight in held} == {id(weights[name]) for name in trained}
    assert len(held) == len(trained)

    before = {name: weight.detach().clone() for name, weight in weights.items()}
    train(trainable.network, torch.from_numpy(prepare(photos(3), trainable.preprocessing)))
    changed = {name for name in weights if not torch.equal(before[name], weights[name])}
    assert changed == trained


def test_the_same_adapters_each_time_and_chance_goes_on_as_it_was(tmp_path):
    torch.manual_seed(5)
    due = torch.rand(3)
    torch.manual_seed(5)
    first = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    second = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    second.load_state_dict(first.state_dict())
    torch.manual_seed(5)
    add_adapters(first, 2)
    assert torch.equal(torch.rand(3), due)
    add_adapters(second, 2)
    assert all(
        torch.equal(one, other)
        for one, other in zip(first.parameters(), second.parameters(), strict=True)
    )


class Looking(nn.Module):
    """PyTorch's own attention, whose weights it reads past the layer that holds them."""

    def __init__(self):
        super().__init__()
        self.look = nn.MultiheadAttention(12, 4, batch_first=True)
        self.think = nn.Linear(12, 12)

    def forward(self, tokens):
        return self.think(self.look(tokens, tokens, tokens, need_weights=False)[0]).mean(1)


def test_pytorchs_own_attention_keeps_its_weights():
    network = Looking().eval()
    batch = torch.rand(2, 9, 12)
    before = seen(network, batch)
    add_adapters(network, 2)
    names = {name for name, weight in network.named_parameters() if weight.requires_grad}
    assert names == {"think.lora_A.default.weight", "think.lora_B.default.weight"}
    train(network, batch)
    due = seen(network, batch)
    assert not torch.allclose(due, before, atol=1e-3)
    torch.testing.assert_close(seen(without_adapters(network), batch), due, rtol=1e-4, atol=1e-5)
    # Nothing is left that its shortcut for evaluation would read.
    with pytest.raises(UsageError, match="is for transformers"):
        add_adapters(Attending(), 2)


def test_without_adapters_it_is_the_network_itself():
    network = made(Residual)
    assert without_adapters(network) is network


def test_adapters_that_are_no_numbers_are_not_merged():
    network = nn.Sequential(nn.Linear(4, 4))
    add_adapters(network, 1)
    with torch.no_grad():
        network[0].lora_B["default"].weight.fill_(float("nan"))
    with pytest.raises(ModelError, match="adapter of '0' holds what is no number"):
        without_adapters(network)


def test_without_the_package_the_install_command_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtra, match=r"LoRA.*goodsight\[tune\]"):
        add_adapters(nn.Sequential(nn.Linear(4, 4)), 1)


def test_convolutional_networks_and_odd_ranks_are_refused(tmp_path):
    with pytest.raises(UsageError, match="is for transformers"):
        add_adapters(made(Residual), 4)
    for rank in (0, -1, 257):
        with pytest.raises(UsageError, match="1 to 256"):
            add_adapters(nn.Linear(4, 4), rank)
    for name in ("efficientnet-lite0", "efficientnet-lite0-lite2"):
        with pytest.raises(UsageError, match="is none"):
            trainable_networks(ModelLibrary(tmp_path), name, lora_rank=4)
