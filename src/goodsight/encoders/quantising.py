"""A network in 8 bits: weights and what passes between its layers, with scales seen on photos.

Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference", CVPR 2018. Weights have a scale for each channel (`safe_scales`), what passes between
layers one that spans all that was seen there while photos were encoded in full precision.
Whatever follows the last layer with weights stays as it is: features remain the means of the map
they are shown by. docs/decisions/0037 has the measurements.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodsight.core.errors import GoodsightError, ModelError
from goodsight.core.types import FloatArray
from goodsight.encoders.safe_scales import convolution_scales

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

__all__ = ["check_quantisable", "quantised"]

# Those that a scale for each channel came with.
LEAST_OPSET = 13
WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
# What an integer kernel takes up into the layer before it.
ABSORBED = frozenset({"Relu", "Clip", "Add"})
# Sums over many values, which 8 bits tell too little of.
NEVER = frozenset({"LayerNormalization", "InstanceNormalization", "BatchNormalization", "Softmax"})
ROUNDING = frozenset({"QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"})
INTEGER = ("QLinear", "MatMulInteger", "ConvInteger", "MatMulNBits", "QAttention", "QGemm")


def check_quantisable(content: bytes) -> None:
    """Raises ModelError that says why a checked network cannot be quantised."""
    import onnx

    model = onnx.ModelProto.FromString(content)
    kinds = {node.op_type for node in model.graph.node}
    if kinds & ROUNDING or any(kind.startswith(INTEGER) for kind in kinds):
        raise ModelError("it is quantised already")
    if not kinds & WEIGHTED:
        raise ModelError("it has no layer with weights that 8 bits could hold")
    half = onnx.TensorProto.FLOAT16
    if any(tensor.data_type == half for tensor in model.graph.initializer):
        raise ModelError("it computes with 16 bits: quantise the model it was made of, in 32")
    [opset] = [item.version for item in model.opset_import if item.domain in ("", "ai.onnx")]
    if opset < LEAST_OPSET:
        raise ModelError(f"it is of ONNX opset {opset}: export it with {LEAST_OPSET} or later")


def quantised(content: bytes, photos: Iterable[FloatArray]) -> bytes:
    """The network in 8 bits, with the same inputs and outputs.

    `content` is a network of one input that was checked (`check_graph`, `check_quantisable`);
    `photos` are prepared ones, each float32 of one row, by which scales are chosen. Raises
    ModelError, and what `photos` raises.
    """
    import onnx
    from onnxruntime.quantization import (
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    name = _input_of(onnx.ModelProto.FromString(content).graph)
    with tempfile.TemporaryDirectory() as work, _quiet():
        source, tidy, target = (Path(work) / name for name in ("a.onnx", "b.onnx", "c.onnx"))
        source.write_bytes(content)
        try:
            quant_pre_process(str(source), str(tidy), skip_symbolic_shape=True)
            model = onnx.load(tidy)
            _name_nodes(model)
            onnx.save(model, tidy)
            quantize_static(
                tidy,
                target,
                _Feed(name, photos),
                quant_format=QuantFormat.QDQ,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                per_channel=True,
                # What has no scales of its own: see `safe_scales`.
                reduce_range=True,
                extra_options={"TensorQuantOverrides": _overrides(model.graph)},
                nodes_to_exclude=_left_out(model.graph),
                calibrate_method=CalibrationMethod.MinMax,
            )
        except GoodsightError:
            raise
        except Exception as error:  # onnx and onnxruntime raise a dozen unrelated classes
            raise ModelError(f"ONNX Runtime cannot quantise it: {error}") from error
        return target.read_bytes()


class _Feed:
    """Prepared photos as ONNX Runtime's calibration asks for them."""

    def __init__(self, name: str, photos: Iterable[FloatArray]) -> None:
        self._name = name
        self._photos = iter(photos)

    def __iter__(self) -> Iterator[dict[str, FloatArray]]:
        return self

    def __next__(self) -> dict[str, FloatArray]:
        return {self._name: next(self._photos)}

    def get_next(self) -> dict[str, FloatArray] | None:
        """The next photo, None after the last."""
        return next(self, None)


def _input_of(graph: GraphProto) -> str:
    """The name of what photos go into; older exporters list weights as inputs, too."""
    weights = {tensor.name for tensor in graph.initializer}
    [name] = (str(item.name) for item in graph.input if item.name not in weights)
    return name


def _overrides(graph: GraphProto) -> dict[str, list[dict[str, Any]]]:
    """Scales of convolutions as ONNX Runtime's tools take them: a list by channel."""
    from onnxruntime.quantization import QuantType

    zero = np.array(0, dtype=np.int8)
    return {
        name: [
            {
                "quant_type": QuantType.QInt8,
                "scale": scale,
                "zero_point": zero,
                "axis": 0,
            }
            for scale in scales
        ]
        for name, scales in convolution_scales(graph).items()
    }


def _name_nodes(model: ModelProto) -> None:
    """Nodes are left out by their names, which many exporters do not give."""
    for number, node in enumerate(model.graph.node):
        node.name = f"node-{number}"


def _left_out(graph: GraphProto) -> list[str]:
    """Names of the nodes that stay as they are."""
    tail = _tail(graph)
    return [
        node.name
        for node in graph.node
        if node.op_type in NEVER or (node.name in tail and node.op_type not in ABSORBED)
    ]


def _tail(graph: GraphProto) -> set[str]:
    """Names of the nodes that no layer with weights follows, nor are one themselves."""
    leading: set[str] = set()
    tail = set()
    for node in reversed(graph.node):
        if node.op_type in WEIGHTED or leading.intersection(node.output):
            leading.update(node.input)
        else:
            tail.add(node.name)
    return tail


@contextmanager
def _quiet() -> Iterator[None]:
    """No word of ONNX Runtime's tools on the terminal.

    They log by functions that give the root logger a handler where it has none.
    """
    root, handler = logging.getLogger(), logging.NullHandler()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
