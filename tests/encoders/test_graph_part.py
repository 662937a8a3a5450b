import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from encoders.joint_models import combined_model
from encoders.tiny_models import model
from goodsight.core.errors import ModelError
from goodsight.encoders.graph_part import graph_part
from goodsight.encoders.onnx_encoder import open_session

CPU = ("CPUExecutionProvider",)


def part(built, output):
    content = graph_part(built.SerializeToString(), output)
    return onnx.ModelProto.FromString(content).graph, open_session(content, CPU)


def test_each_side_is_left_with_its_own():
    photos, session = part(combined_model(), "image_embeds")
    assert [item.name for item in photos.input] == ["pixel_values"]
    assert [node.op_type for node in photos.node] == ["GlobalAveragePool", "Flatten"]
    assert not photos.initializer
    values = np.ones((2, 3, 16, 16), dtype=np.float32)
    assert session.run(None, {"pixel_values": values})[0].shape == (2, 3)
    texts, session = part(combined_model(), "text_embeds")
    assert {item.name for item in texts.input} == {"input_ids", "attention_mask"}
    tokens = np.array([[3, 2]])
    found = session.run(None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)})
    assert found[0].shape == (1, 3)


def test_what_graphs_inside_take_from_around_them_stays():
    inner = helper.make_graph(
        [helper.make_node("Mul", ["pooled", "outer"], ["inside"])],
        "inner",
        [],
        [helper.make_tensor_value_info("inside", TensorProto.FLOAT, None)],
    )
    nodes = [
        helper.make_node("GlobalAveragePool", ["photos"], ["pooled"]),
        helper.make_node("Identity", ["weight"], ["outer"]),
        helper.make_node("If", ["yes"], ["features"], then_branch=inner, else_branch=inner),
        helper.make_node("Identity", ["pooled"], ["other"]),
    ]
    constants = [
        numpy_helper.from_array(np.array(2, dtype=np.float32), "weight"),
        numpy_helper.from_array(np.array(True), "yes"),
    ]
    built = model(nodes, ["features", "other"], constants, shape=("n", 3, 4, 4))
    graph, session = part(built, "features")
    assert [item.name for item in graph.output] == ["features"]
    photos = np.ones((1, 3, 4, 4), dtype=np.float32)
    assert session.run(None, {"photos": photos})[0].max() == 2


def test_an_output_that_is_not_there():
    with pytest.raises(ModelError, match="no output 'lost'; it has logits_per_image"):
        graph_part(combined_model().SerializeToString(), "lost")
