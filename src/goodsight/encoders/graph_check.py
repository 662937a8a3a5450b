"""What an ONNX file must not hold: data from other files, operators from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goodsight.core.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto

__all__ = ["check_graph"]

# com.microsoft: ONNX Runtime's own additions, such as quantised operators.
STANDARD_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})


def check_graph(content: bytes) -> None:
    """Refuse external data and foreign operators, in subgraphs and functions too.

    Raises ModelError that says how to mend the model.
    """
    import onnx

    try:
        model = onnx.ModelProto.FromString(content)
    except Exception as error:  # protobuf's own error, which no other package should import
        raise ModelError(f"it is not an ONNX file: {error}") from error
    if not model.graph.node:
        raise ModelError("it is not an ONNX file: it holds no network")
    nodes = list(_nodes(model))
    for tensor in _tensors(model, nodes):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise ModelError(
                f"tensor '{tensor.name}' lies outside the file: save the model with its weights"
                " inside (onnx.save_model(..., save_as_external_data=False))"
            )
    own = {function.domain for function in model.functions}
    foreign = {node.domain for node in nodes} - STANDARD_DOMAINS - own
    if foreign:
        raise ModelError(
            f"it needs operators from {', '.join(sorted(foreign))}; only ONNX's own are allowed:"
            " export it without custom operators"
        )


def _nodes(model: ModelProto) -> Iterator[NodeProto]:
    for nodes in (model.graph.node, *(function.node for function in model.functions)):
        for node in nodes:
            yield from _with_inner(node)


def _with_inner(node: NodeProto) -> Iterator[NodeProto]:
    yield node
    for graph in _inner_graphs(node):
        for inner in graph.node:
            yield from _with_inner(inner)


def _inner_graphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        yield from attribute.graphs
        if attribute.HasField("g"):
            yield attribute.g


def _tensors(model: ModelProto, nodes: list[NodeProto]) -> Iterator[TensorProto]:
    graphs = [model.graph]
    for node in nodes:
        graphs.extend(_inner_graphs(node))
        for attribute in node.attribute:
            yield from (*attribute.tensors, attribute.t)
            for sparse in (*attribute.sparse_tensors, attribute.sparse_tensor):
                yield from (sparse.values, sparse.indices)
    for graph in graphs:
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
