"""What of timm can be tested without it; the rest is in test_architectures.py."""

import importlib.util

import pytest

from goodsight.core.errors import MissingExtra, ModelError

torch = pytest.importorskip("torch", reason="the exporter needs torch: make test-torch")

from goodsight.training.timm_networks import FeaturesAndMap, TimmSource, export_timm  # noqa: E402
from training.networks import SIDE, Residual, made  # noqa: E402

without_timm = pytest.mark.skipif(
    importlib.util.find_spec("timm") is not None, reason="timm is installed here"
)


class AsTimm(torch.nn.Module):
    """A network with timm's two methods."""

    def __init__(self, *, tokens):
        super().__init__()
        self.inner = made(Residual)
        self.tokens = tokens

    def forward_features(self, photos):
        found = self.inner(photos)
        return found.flatten(2).transpose(1, 2) if self.tokens else found

    def forward_head(self, found):
        return found.mean(1) if self.tokens else found.mean((2, 3))


def test_a_map_comes_with_the_features_and_tokens_do_not():
    photos = torch.randn(2, 3, SIDE, SIDE)
    features, feature_map = FeaturesAndMap(AsTimm(tokens=False))(photos)
    assert features.shape == (2, 12)
    assert torch.equal(feature_map.mean((2, 3)), features)
    assert FeaturesAndMap(AsTimm(tokens=True))(photos).shape == (2, 12)


@without_timm
def test_without_timm_the_install_command_is_told(tmp_path):
    with pytest.raises(MissingExtra, match=r"goodsight\[tune\]"):
        export_timm(TimmSource("resnet50"), tmp_path / "model")


def test_a_file_of_weights_is_read_before_anything_is_made(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        export_timm(TimmSource("resnet50", tmp_path / "none.pth"), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
