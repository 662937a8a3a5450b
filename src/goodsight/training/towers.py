"""The halves of a model of transformers: one sees photos, the other texts."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from goodsight.core.errors import ModelError

__all__ = ["PhotoTower", "TextTower", "sees_texts"]


class PhotoTower(nn.Module):  # type: ignore[misc]  # the base install has no torch to check with
    """Photos float32 (n, 3, s, s) in, features (n, d) out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, photos: Tensor) -> Tensor:
        """Features in the space shared with texts, where there is one. Raises ModelError."""
        if sees_texts(self.network):
            return _features(self.network.get_image_features(pixel_values=photos))
        return _features(self.network(pixel_values=photos))

    def drop_frozen(self) -> None:
        """Give up the parts of which no weight can be trained: those that see texts."""
        for name, part in list(self.network.named_children()):
            weights = list(part.parameters())
            if weights and not any(weight.requires_grad for weight in weights):
                setattr(self.network, name, nn.Identity())


class TextTower(nn.Module):  # type: ignore[misc]  # as above
    """Tokens int64 (n, length) in, features (n, d) out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        # The exporter brings everything back into the mode of the outermost part.
        self.eval()

    def forward(self, tokens: Tensor) -> Tensor:
        """Features in the space shared with photos. Raises ModelError."""
        return _features(self.network.get_text_features(input_ids=tokens))


def sees_texts(network: Any) -> bool:
    """Whether the model sees photos and texts in one space."""
    return hasattr(network, "get_image_features") and hasattr(network, "get_text_features")


def _features(output: Any) -> Tensor:
    found = output if isinstance(output, Tensor) else getattr(output, "pooler_output", None)
    if not isinstance(found, Tensor):
        raise ModelError("the model gives no one vector for a photo or a text (pooler_output)")
    return found
