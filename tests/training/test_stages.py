"""A network's parts from the photo upward."""

import pytest

from goodsight.core.errors import ModelError

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")
from torch import nn  # noqa: E402

from goodsight.training.stages import keep_used, stages_of  # noqa: E402


class Transformer(nn.Module):
    """A stem, blocks in a list, a head; and weights that no photo goes through."""

    def __init__(self, blocks=6):
        super().__init__()
        self.place = nn.Parameter(torch.zeros(8))
        self.stem = nn.Linear(3, 8)
        self.inner = nn.Module()
        self.inner.blocks = nn.ModuleList(nn.Linear(8, 8) for _ in range(blocks))
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 8)
        self.mask = nn.Parameter(torch.zeros(8))
        self.other = nn.Linear(8, 8)

    def forward(self, photos):
        found = self.stem(photos.mean((2, 3))) + self.place
        for block in self.inner.blocks:
            found = block(found)
        return self.head(self.norm(found))


def test_blocks_are_stages_and_every_weight_has_one():
    network = Transformer()
    keep_used(network, 16)
    stages = stages_of(network)
    # By the order in which they are listed: a weight of the network itself comes first.
    assert stages[:2] == ((network.place,), (network.stem,))
    blocks = list(network.inner.blocks)
    assert [stages.index((block,)) for block in blocks] == list(range(2, 8))
    held = [
        weight
        for stage in stages
        for part in stage
        for weight in ([part] if isinstance(part, nn.Parameter) else part.parameters())
    ]
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    assert len(held) == len(trained)
    assert {id(weight) for weight in held} == {id(weight) for weight in trained}
    assert stages[-1][-1] is network.head


def test_small_parts_go_with_what_is_behind_them_and_at_the_end_before_them():
    network = nn.Sequential(
        nn.BatchNorm2d(3), nn.Conv2d(3, 40, 3), nn.Conv2d(40, 40, 3), nn.Conv2d(40, 40, 3),
        nn.BatchNorm2d(40),
    )  # fmt: skip
    first, one, other, third, last = network
    assert stages_of(network) == ((first, one), (other,), (third, last))


def test_a_network_of_one_part_has_one_stage():
    network = nn.Linear(3, 3)
    assert stages_of(network) == ((network.weight,), (network.bias,))
    for weight in network.parameters():
        weight.requires_grad_(False)
    assert stages_of(network) == ()


def test_weights_that_no_photo_reaches_are_frozen_and_modes_stay():
    network = Transformer()
    network.train()
    network.norm.eval()
    keep_used(network, 16)
    frozen = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    assert frozen == {"mask", "other.weight", "other.bias"}
    assert network.training
    assert not network.norm.training
    assert network.inner.blocks[0].training
    assert all(weight.grad is None for weight in network.parameters())


def test_a_network_that_no_gradient_comes_out_of_is_told():
    class Rounded(Transformer):
        def forward(self, photos):
            return super().forward(photos).detach()

    with pytest.raises(ModelError, match="cannot be trained with 16 pixels"):
        keep_used(Rounded(), 16)
