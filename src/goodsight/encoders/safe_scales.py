"""Scales of 8-bit weights with which no processor's kernel overflows.

Processors without VNNI multiply an unsigned by a signed byte and add two such products in 16
bits, which 255 × 127 twice do not fit. The usual way out is weights of 7 bits. Most pairs of
neighbouring weights are far from the largest, or cancel out: here each channel has the smallest
scale with which none of its pairs can overflow, so that every processor computes the same.
docs/decisions/0037.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

__all__ = ["convolution_scales"]

LARGEST_WEIGHT = 127
# 255 × 128 fits 16 bits, 255 × 129 does not; each of both weights is rounded by half at most.
LARGEST_PAIR = 127.5


def convolution_scales(graph: GraphProto) -> dict[str, NDArray[np.float32]]:
    """For each convolution's constant weights, by name, one scale for each output channel."""
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in graph.initializer}
    return {
        node.input[1]: channel_scales(
            numpy_helper.to_array(tensors[node.input[1]]), is_grouped=_group(node) > 1
        )
        for node in graph.node
        if node.op_type == "Conv" and node.input[1] in tensors
    }


def channel_scales(weights: NDArray[Any], *, is_grouped: bool) -> NDArray[np.float32]:
    """Scales float32 (o,) of a convolution's weights (o, i, ...)."""
    rows = np.asarray(weights, dtype=np.float64).reshape(len(weights), -1)
    needed = np.abs(rows).max(axis=1) / LARGEST_WEIGHT
    # One photo's channel by itself has no sums of several channels: it is added up in 32 bits.
    is_depthwise = is_grouped and weights.shape[1] == 1
    if not is_depthwise:
        in_order = not is_grouped and rows.shape[1] == weights.shape[1]
        pairs = _neighbours(rows) if in_order else _largest(rows)
        needed = np.maximum(needed, pairs / LARGEST_PAIR)
    return np.where(needed > 0, needed, 1).astype(np.float32)


def _neighbours(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest sum of two neighbours, which are added up together, in each row."""
    even = rows[:, : rows.shape[1] // 2 * 2]
    sums = np.abs(even[:, ::2] + even[:, 1::2])
    # Of opposite signs they cannot overflow, whatever they are multiplied by.
    same = even[:, ::2] * even[:, 1::2] > 0
    largest: NDArray[np.float64] = np.where(same, sums, 0).max(axis=1, initial=0)
    return largest


def _largest(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest sum of any two of one sign: which are neighbours is the kernel's secret."""
    if rows.shape[1] < 2:
        return np.zeros(len(rows))
    ordered = np.sort(rows, axis=1)
    high = np.maximum(ordered[:, -1], 0) + np.maximum(ordered[:, -2], 0)
    low = np.maximum(-ordered[:, 0], 0) + np.maximum(-ordered[:, 1], 0)
    largest: NDArray[np.float64] = np.maximum(high, low)
    return largest


def _group(node: NodeProto) -> int:
    return next((int(item.i) for item in node.attribute if item.name == "group"), 1)
