"""EfficientNet-Lite as an ONNX graph, built from a checkpoint's arrays.

Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML
2019; the Lite variants (ReLU6, no squeeze-and-excitation, fixed stem and head) are Google's.
Batch normalisation is folded into the convolution before it: w' = w·γ/√(σ² + ε),
b' = β - μ·γ/√(σ² + ε). Padding is TensorFlow's SAME, the odd pixel at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import ModelError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

__all__ = [
    "BATCH_NORM_EPSILON",
    "BUILDER_VERSION",
    "DIMENSION",
    "FEATURES",
    "FEATURE_MAP",
    "INPUT",
    "STEM_CHANNELS",
    "Architecture",
    "Block",
    "build_graph",
    "stages_of",
]

# Counted up whenever the graph computes something else: part of the space's fingerprint.
BUILDER_VERSION = 1
INPUT = "photos"
FEATURES = "features"
FEATURE_MAP = "feature_map"
DIMENSION = 1280
BATCH_NORM_EPSILON = 1e-3
OPSET = 17
IR_VERSION = 8


@dataclass(frozen=True, slots=True)
class Architecture:
    """How one of the family differs: width and depth coefficients, input side in pixels."""

    width: float
    depth: float
    input_size: int


@dataclass(frozen=True, slots=True)
class _Stage:
    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32


@dataclass(frozen=True, slots=True)
class Block:
    """An inverted residual block: kernel side and stride in pixels, expansion, channels."""

    kernel: int
    stride: int
    expansion: int
    channels_in: int
    channels_out: int


def build_graph(
    weights: Mapping[str, NDArray[Any]], architecture: Architecture, name: str
) -> ModelProto:
    """A checked ONNX model: float32 `photos` (n, 3, s, s) to `features` and `feature_map`.

    `features` is float32 (n, 1280), the mean over positions of `feature_map` (n, 1280, h, w).
    Raises ModelError where the checkpoint does not fit the architecture.
    """
    from onnx import TensorProto, checker, helper

    graph = _network(weights, architecture)
    size = architecture.input_size
    rows = math.ceil(size / 32)
    described = helper.make_tensor_value_info
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            name,
            [described(INPUT, TensorProto.FLOAT, ["n", 3, size, size])],
            [
                described(FEATURES, TensorProto.FLOAT, ["n", DIMENSION]),
                described(FEATURE_MAP, TensorProto.FLOAT, ["n", DIMENSION, rows, rows]),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    try:
        checker.check_model(model, full_check=True)
    except Exception as error:  # the checker raises its own and the shape inference's errors
        raise ModelError(f"{name}: the checkpoint gives no valid graph: {error}") from error
    return model


def _network(weights: Mapping[str, NDArray[Any]], architecture: Architecture) -> _Graph:
    graph = _Graph(weights)
    values = graph.convolution(
        INPUT, "_conv_stem", "_bn0", shape=(STEM_CHANNELS, 3, 3, 3), stride=2, clip=True
    )
    channels = STEM_CHANNELS
    for number, block in enumerate(chain.from_iterable(stages_of(architecture))):
        values = _add_block(graph, values, f"_blocks.{number}", block)
        channels = block.channels_out
    shape = (DIMENSION, channels, 1, 1)
    graph.convolution(values, "_conv_head", "_bn1", shape=shape, clip=True, output=FEATURE_MAP)
    graph.refuse_leftovers()
    graph.add("GlobalAveragePool", [FEATURE_MAP], "pooled")
    graph.add("Flatten", ["pooled"], FEATURES)
    return graph


def stages_of(architecture: Architecture) -> Iterator[tuple[Block, ...]]:
    """The blocks between stem and head, stage by stage; the first of a stage has its stride."""
    channels = STEM_CHANNELS
    for position, stage in enumerate(_STAGES):
        outer = position in (0, len(_STAGES) - 1)  # stem and head stages keep their depth
        repeats = stage.repeats if outer else math.ceil(architecture.depth * stage.repeats)
        wide = _rounded(stage.channels * architecture.width)
        blocks = []
        for repeat in range(repeats):
            stride = stage.stride if repeat == 0 else 1
            blocks.append(Block(stage.kernel, stride, stage.expansion, channels, wide))
            channels = wide
        yield tuple(blocks)


def _rounded(channels: float) -> int:
    """To a multiple of 8, never losing more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def _add_block(graph: _Graph, values: str, name: str, block: Block) -> str:
    """An inverted residual block; batch norms are numbered from the first one present."""
    before = values
    wide = block.channels_in * block.expansion
    if block.expansion != 1:
        shape = (wide, block.channels_in, 1, 1)
        values = graph.convolution(
            values, f"{name}._expand_conv", f"{name}._bn0", shape=shape, clip=True
        )
    values = graph.convolution(
        values,
        f"{name}._depthwise_conv",
        f"{name}._bn1",
        shape=(wide, 1, block.kernel, block.kernel),
        stride=block.stride,
        clip=True,
    )
    shape = (block.channels_out, wide, 1, 1)
    values = graph.convolution(values, f"{name}._project_conv", f"{name}._bn2", shape=shape)
    if block.stride != 1 or block.channels_in != block.channels_out:
        return values
    return graph.add("Add", [values, before], f"{name}.sum")


@dataclass(slots=True)
class _Graph:
    weights: Mapping[str, NDArray[Any]]
    used: set[str] = field(default_factory=set)
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def refuse_leftovers(self) -> None:
        """Weights without a place are those of a deeper network."""
        for name in self.weights:
            unneeded = name.startswith("_fc.") or name.endswith(".num_batches_tracked")
            if name not in self.used and not unneeded:
                raise ModelError(f"the checkpoint holds {name}, which has no place here")

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        array = np.ascontiguousarray(values, dtype=np.float32)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def convolution(
        self,
        values: str,
        name: str,
        norm: str,
        *,
        shape: tuple[int, int, int, int],
        stride: int = 1,
        clip: bool = False,
        output: str | None = None,
    ) -> str:
        """Convolution with its batch norm folded in, then ReLU6 if `clip`.

        `shape` is that of the weights: channels out, channels in (1: each channel by itself),
        rows, columns.
        """
        weight, bias = self._folded(name, norm, shape)
        output = output or f"{name}.out"
        folded = [self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        self.add(
            "Conv",
            [values, *folded],
            f"{name}.sum" if clip else output,
            kernel_shape=shape[2:],
            strides=[stride, stride],
            auto_pad="SAME_UPPER",
            group=shape[0] if shape[1] == 1 else 1,
        )
        if clip:
            bounds = [self.constant(f"{name}.{low}", np.array(low)) for low in (0, 6)]
            self.add("Clip", [f"{name}.sum", *bounds], output)
        return output

    def _folded(
        self, name: str, norm: str, shape: tuple[int, ...]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        weight = self._take(f"{name}.weight", shape)
        gamma, beta, mean, variance = (
            self._take(f"{norm}.{part}", shape[:1])
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
        return weight * scale[:, np.newaxis, np.newaxis, np.newaxis], beta - mean * scale

    def _take(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        if name not in self.weights:
            raise ModelError(f"the checkpoint lacks {name}")
        values = self.weights[name]
        if values.shape != shape:
            raise ModelError(f"{name}: shape {values.shape} where {shape} is due")
        self.used.add(name)
        return values.astype(np.float64)
