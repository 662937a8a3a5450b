"""Which outputs of published networks are the vectors."""

import pytest

from encoders.joint_models import combined_model, photo_model, text_model
from goodsight.core.errors import ModelError
from goodsight.hub.graphs import Graph, VectorOutput, photo_output, read_graph, text_output


def graph(**outputs):
    return Graph({}, outputs)


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({"last_hidden_state": 3, "image_embeds": 2}, VectorOutput("image_embeds", "none")),
        ({"last_hidden_state": 3, "pooler_output": 2}, VectorOutput("pooler_output", "none")),
        ({"last_hidden_state": 3}, VectorOutput("last_hidden_state", "cls")),
        ({"embedding": 2}, VectorOutput("embedding", "none")),
    ],
)
def test_the_output_of_photos(outputs, expected):
    assert photo_output(graph(**outputs)) == expected


def test_the_output_of_texts():
    outputs = {"last_hidden_state": 3, "text_embeds": 2}
    assert text_output(graph(**outputs)) == VectorOutput("text_embeds", "none")
    # The first token of a text stands for nothing.
    with pytest.raises(ModelError, match="and no text's vector"):
        text_output(graph(last_hidden_state=3))


@pytest.mark.parametrize(
    ("outputs", "cause"),
    [
        ({"patch_tokens": 3}, "'patch_tokens' holds a row for each token"),
        ({"logits": 2, "boxes": 3}, "none of its outputs is known as a photo's vector"),
    ],
)
def test_outputs_that_are_no_vectors(outputs, cause):
    with pytest.raises(ModelError, match=cause):
        photo_output(graph(**outputs))


def test_inputs_tell_what_is_read():
    assert not read_graph(photo_model().SerializeToString()).reads_texts
    both = read_graph(combined_model().SerializeToString())
    assert both.reads_texts
    assert both.token_length is None
    fixed = text_model()
    fixed.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 77
    assert read_graph(fixed.SerializeToString()).token_length == 77
    with pytest.raises(ModelError, match="not an ONNX file"):
        read_graph(b"\x80\x04 pickle")
