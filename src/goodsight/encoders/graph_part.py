"""The part of a network that one of its outputs needs.

A file that holds a network of photos and one of texts would else run both for each photo, and
for each question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goodsight.core.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

__all__ = ["graph_part"]


def graph_part(content: bytes, output: str) -> bytes:
    """The ONNX file without what `output` does not need: nodes, weights, inputs, outputs.

    Raises ModelError where there is no such output.
    """
    import onnx

    model = onnx.ModelProto.FromString(content)
    graph = model.graph
    outputs = [item for item in graph.output if item.name == output]
    if not outputs:
        names = ", ".join(item.name for item in graph.output)
        raise ModelError(f"it has no output '{output}'; it has {names}")
    needed = _needed(graph, output)
    nodes = [node for node in graph.node if needed.intersection(node.output)]
    weights = [tensor for tensor in graph.initializer if tensor.name in needed]
    sparse = [tensor for tensor in graph.sparse_initializer if tensor.values.name in needed]
    inputs = [item for item in graph.input if item.name in needed]
    for field, kept in (
        ("node", nodes),
        ("initializer", weights),
        ("sparse_initializer", sparse),
        ("input", inputs),
        ("output", outputs),
        # Shapes of what lies between are worked out anew.
        ("value_info", []),
    ):
        graph.ClearField(field)
        getattr(graph, field).extend(kept)
    return bytes(model.SerializeToString())


def _needed(graph: GraphProto, output: str) -> set[str]:
    """Names of all values that lead to the output, itself included."""
    makers = {name: node for node in graph.node for name in node.output}
    needed: set[str] = set()
    waiting = [output]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            if name in makers:
                waiting.extend(_taken(makers[name]))
    return needed


def _taken(node: NodeProto) -> Iterator[str]:
    """What a node takes; the graphs inside it may take values from around them."""
    yield from node.input
    for attribute in node.attribute:
        for graph in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])):
            yield from (item.name for item in graph.output)
            for inner in graph.node:
                yield from _taken(inner)
