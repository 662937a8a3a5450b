"""EfficientNet-Lite in PyTorch: the bundled networks, so that they can be trained further.

The same network as the graph of `encoders.efficientnet_lite`, where the papers are named. Its
batch norms are apart until `fold` puts them into the convolutions, as the graph has them:
trained so, a step takes less than half as long. Padding is TensorFlow's SAME at any side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from goodsight.encoders.efficientnet_lite import (
    BATCH_NORM_EPSILON,
    DIMENSION,
    STEM_CHANNELS,
    Architecture,
    Block,
    stages_of,
)

__all__ = ["CLASSIFIER", "LiteNetwork", "own_names", "tensors_of"]

# How the names of the published classifier begin, which is not used here.
CLASSIFIER = "_fc."
# TensorFlow's 0.99 for what is kept is PyTorch's 0.01 for what is new.
BATCH_NORM_MOMENTUM = 0.01
# Published names, and ours. A block's batch norms are counted from the one behind its expansion.
_PUBLISHED = (
    (r"^_conv_stem\.", "stem.convolution."),
    (r"^_bn0\.", "stem.norm."),
    (r"^_conv_head\.", "head.convolution."),
    (r"^_bn1\.", "head.norm."),
    (r"^_blocks\.(\d+)\._expand_conv\.", r"blocks.\1.expand.convolution."),
    (r"^_blocks\.(\d+)\._bn0\.", r"blocks.\1.expand.norm."),
    (r"^_blocks\.(\d+)\._depthwise_conv\.", r"blocks.\1.depthwise.convolution."),
    (r"^_blocks\.(\d+)\._bn1\.", r"blocks.\1.depthwise.norm."),
    (r"^_blocks\.(\d+)\._project_conv\.", r"blocks.\1.project.convolution."),
    (r"^_blocks\.(\d+)\._bn2\.", r"blocks.\1.project.norm."),
)


class _SameConvolution(nn.Conv2d):  # type: ignore[misc]  # the base install has no torch to check with
    """A convolution that gives ⌈side / stride⌉ pixels; an odd pixel of padding is the last."""

    def forward(self, values: Tensor) -> Tensor:
        # As plain numbers: a trace for one side keeps that side's padding.
        rows, columns = (
            _padding(int(side), self.kernel_size[0], self.stride[0]) for side in values.shape[2:]
        )
        padding = 0
        if len({*rows, *columns}) == 1:
            # The convolution pads by itself without a copy of the values.
            padding = rows[0]
        else:
            values = functional.pad(values, (*columns, *rows))
        return functional.conv2d(
            values, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )


class _Layer(nn.Module):  # type: ignore[misc]  # as above
    """A convolution and its batch norm, then ReLU6 if `clips`."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        *,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        clips: bool = True,
    ) -> None:
        super().__init__()
        self.convolution = _SameConvolution(
            channels_in, channels_out, kernel, stride, groups=groups, bias=False
        )
        self.norm: nn.Module = nn.BatchNorm2d(
            channels_out, eps=BATCH_NORM_EPSILON, momentum=BATCH_NORM_MOMENTUM
        )
        self.clips = clips

    def forward(self, values: Tensor) -> Tensor:
        found: Tensor = self.norm(self.convolution(values))
        return functional.relu6(found) if self.clips else found

    def fold(self) -> None:
        if isinstance(self.norm, nn.BatchNorm2d):
            self.convolution = fuse_conv_bn_eval(self.convolution.eval(), self.norm.eval())
            self.norm = nn.Identity()


class _Residual(nn.Module):  # type: ignore[misc]  # as above
    """An inverted residual block."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        wide = block.channels_in * block.expansion
        self.expand = _Layer(block.channels_in, wide) if block.expansion != 1 else None
        self.depthwise = _Layer(wide, wide, kernel=block.kernel, stride=block.stride, groups=wide)
        self.project = _Layer(wide, block.channels_out, clips=False)
        self.adds = block.stride == 1 and block.channels_in == block.channels_out

    def forward(self, values: Tensor) -> Tensor:
        found = values if self.expand is None else self.expand(values)
        found = self.project(self.depthwise(found))
        return found + values if self.adds else found


class LiteNetwork(nn.Module):  # type: ignore[misc]  # as above
    """Photos float32 (n, 3, s, s), prepared as (x - 127) / 128, to features and their map.

    Features are (n, 1280), the mean over positions of the map (n, 1280, h, w), h = w = ⌈s / 32⌉.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        stages = tuple(stages_of(architecture))
        self.stem = _Layer(3, STEM_CHANNELS, kernel=3, stride=2)
        self.blocks = nn.ModuleList(_Residual(block) for stage in stages for block in stage)
        self.head = _Layer(stages[-1][-1].channels_out, DIMENSION)
        self._blocks_of_stages = tuple(map(len, stages))

    @property
    def stages(self) -> tuple[tuple[nn.Module, ...], ...]:
        """The stem, the blocks of each stage, and the head."""
        blocks = iter(self.blocks)
        between = [tuple(islice(blocks, count)) for count in self._blocks_of_stages]
        return ((self.stem,), *between, (self.head,))

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Features and map."""
        found = self.stem(photos)
        for block in self.blocks:
            found = block(found)
        found = self.head(found)
        return found.mean((2, 3)), found

    def fold(self) -> None:
        """Put the batch norms, as they are in evaluation, into the convolutions before them."""
        for part in list(self.modules()):
            if isinstance(part, _Layer):
                part.fold()


def own_names(weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Weights by the names of `LiteNetwork`, where they have the published ones."""
    return {_own_name(name): tensor for name, tensor in weights.items()}


def tensors_of(arrays: Mapping[str, NDArray[Any]]) -> Mapping[str, Tensor]:
    """Arrays of a checkpoint as tensors of their own memory."""
    return {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}


def _own_name(name: str) -> str:
    for published, own in _PUBLISHED:
        renamed, count = re.subn(published, own, name)
        if count:
            return renamed
    return name


def _padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pixels before and after, by TensorFlow's SAME."""
    whole = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return whole // 2, whole - whole // 2
