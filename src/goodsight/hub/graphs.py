"""What a published network takes and gives: which outputs are the vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goodsight.core.errors import ModelError

__all__ = ["Graph", "VectorOutput", "photo_output", "read_graph", "text_output"]

# A row for each token, of which the first stands for all.
TOKENS = "last_hidden_state"
# What exporters call them, best first.
PHOTO_OUTPUTS = ("image_embeds", "image_features", "pooler_output", TOKENS)
TEXT_OUTPUTS = ("text_embeds", "text_features", "pooler_output")
TOKENS_RANK = 3


@dataclass(frozen=True, slots=True)
class VectorOutput:
    """An output, and how it becomes one row: "none" or "cls"."""

    name: str
    pooling: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Names of inputs -> their axes, None where free; names of outputs -> their number of axes."""

    inputs: Mapping[str, tuple[int | None, ...]]
    outputs: Mapping[str, int]

    @property
    def token_length(self) -> int | None:
        """How many tokens it takes, where it takes that many only."""
        shape = self.inputs.get("input_ids", ())
        return shape[1] if len(shape) == 2 else None

    @property
    def reads_texts(self) -> bool:
        """Whether texts go in."""
        return "input_ids" in self.inputs


def read_graph(content: bytes) -> Graph:
    """Read an ONNX file's inputs and outputs. Raises ModelError."""
    import onnx

    try:
        graph = onnx.ModelProto.FromString(content).graph
    except Exception as error:  # protobuf's own error, which no other package should import
        raise ModelError(f"it is not an ONNX file: {error}") from error
    weights = {tensor.name for tensor in graph.initializer}
    return Graph(
        inputs={
            item.name: tuple(
                axis.dim_value if axis.HasField("dim_value") else None
                for axis in item.type.tensor_type.shape.dim
            )
            for item in graph.input
            if item.name not in weights
        },
        outputs={item.name: len(item.type.tensor_type.shape.dim) for item in graph.output},
    )


def photo_output(graph: Graph) -> VectorOutput:
    """The output that holds a photo's vector. Raises ModelError."""
    return _output(graph, PHOTO_OUTPUTS, "photo")


def text_output(graph: Graph) -> VectorOutput:
    """The output that holds a text's vector. Raises ModelError."""
    return _output(graph, TEXT_OUTPUTS, "text")


def _output(graph: Graph, known: Sequence[str], what: str) -> VectorOutput:
    names = list(graph.outputs)
    chosen = next((name for name in known if name in names), names[0] if len(names) == 1 else None)
    if chosen is None:
        raise ModelError(f"none of its outputs is known as a {what}'s vector: {', '.join(names)}")
    # Of tokens under another name nobody knows whether the first one stands for all; of a
    # text's it does not.
    if (chosen != TOKENS and graph.outputs[chosen] == TOKENS_RANK) or (
        chosen == TOKENS and TOKENS not in known
    ):
        raise ModelError(
            f"its output '{chosen}' holds a row for each token, and no {what}'s vector"
        )
    return VectorOutput(chosen, "cls" if chosen == TOKENS else "none")
