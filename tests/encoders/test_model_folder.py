import json
import os
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from encoders.tiny_models import (
    PREPROCESSING,
    SIDE,
    channels_last,
    good_folder,
    model,
    plain,
    residual,
    save,
    settings,
    tokens,
)
from goodsight.core.errors import ModelError
from goodsight.encoders import open_model_folder
from goodsight.encoders.graph_check import check_graph

CPU = ("CPUExecutionProvider",)


def refused(folder, cause):
    with pytest.raises(ModelError, match=cause) as error:
        open_model_folder(folder, CPU)
    assert str(folder) in str(error.value)


def two_inputs():
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
        for name in ("photos", "masks")
    ]
    nodes = [helper.make_node("Add", ["photos", "masks"], ["features"])]
    return model(nodes, ["features"], [], inputs=inputs)


def not_finite():
    nodes = [
        helper.make_node("GlobalAveragePool", ["photos"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Mul", ["f", "nan"], ["features"]),
    ]
    nan = numpy_helper.from_array(np.array(np.nan, dtype=np.float32), "nan")
    return model(nodes, ["features"], [nan])


def foreign_operator():
    nodes = [helper.make_node("Steal", ["photos"], ["features"], domain="evil.ops")]
    return model(nodes, ["features"], [], domains=["evil.ops"])


def flattened():
    """Every value of the photo as a feature."""
    nodes = [
        helper.make_node("Concat", ["photos", "photos"], ["twice"], axis=1),
        helper.make_node("Flatten", ["twice"], ["features"]),
    ]
    return model(nodes, ["features"], [])


def never_the_same():
    nodes = [
        helper.make_node("RandomNormalLike", ["photos"], ["noise"]),
        helper.make_node("Add", ["photos", "noise"], ["sum"]),
        helper.make_node("GlobalAveragePool", ["sum"], ["features"]),
    ]
    return model(nodes, ["features"], [])


def always_the_same():
    nodes = [
        helper.make_node("GlobalAveragePool", ["photos"], ["p"]),
        helper.make_node("Sub", ["p", "p"], ["zero"]),
        helper.make_node("Add", ["zero", "one"], ["features"]),
    ]
    one = numpy_helper.from_array(np.ones(1, dtype=np.float32), "one")
    return model(nodes, ["features"], [one])


def with_input(shape, kind=TensorProto.FLOAT):
    nodes = [helper.make_node("Identity", ["photos"], ["features"])]
    described = helper.make_tensor_value_info("photos", kind, shape)
    return model(nodes, ["features"], [], inputs=[described])


def one_row_for_all():
    """Loses the batch: the shape of the output does not follow the number of photos."""
    nodes = [helper.make_node("ReduceMean", ["photos"], ["features"], axes=[0, 2], keepdims=0)]
    return model(nodes, ["features"], [])


@pytest.mark.parametrize(
    ("build", "document", "cause"),
    [
        (two_inputs, settings(), "2 inputs"),
        (plain, settings(), "say in model.json which output"),
        (plain, settings(features="nothing"), "no output 'nothing'"),
        (plain, settings(features="features", feature_map="lost"), "no output 'lost'"),
        (residual, settings(pooling="none"), "cannot be pooled by 'none'"),
        (residual, settings(pooling="cls"), "cannot be pooled by 'cls'"),
        (tokens, settings(), "how 'pooling' makes one vector of it"),
        (channels_last, settings(pooling="mean"), "mend layout or input_size"),
        (residual, settings(preprocessing={"input_size": 64, "resize_size": 64}), "mend layout"),
        (not_finite, settings(), "not finite"),
        (foreign_operator, settings(), "operators from evil.ops"),
        (residual, settings(sha256="0" * 64), "SHA-256"),
        (never_the_same, settings(), "evaluation mode"),
        (always_the_same, settings(), "different photos the same vector"),
        (flattened, settings(), "vectors of 6,144 numbers"),
        (lambda: with_input(()), settings(), "mend layout"),
        (lambda: with_input(["n", 3, 3]), settings(), "mend layout"),
        (lambda: with_input([4, 3, SIDE, SIDE]), settings(), "exactly 4 photos"),
        (lambda: with_input(["n", 3, SIDE, SIDE], TensorProto.UINT8), settings(), "uint8"),
        (one_row_for_all, settings(), "no row for each photo"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, build, document, cause):
    refused(save(tmp_path / "model", build(), document), cause)


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (settings(name=None), "'name' is missing"),
        (settings(licence=""), "'licence' is missing"),
        (settings(source=None), "'source' is missing"),
        (settings(preprocessing=None), "'preprocessing' is no object"),
        (settings(preprocessing={"input_size": 32}), "resize_size is no number"),
        (settings(preprocessing={"input_size": 32, "resize_size": 16}), "smaller than input"),
        (
            settings(preprocessing={"input_size": 10**6, "resize_size": 10**6}),
            "no number of pixels",
        ),
        (settings(preprocessing=dict(PREPROCESSING, layout="CHWN")), "choose from NCHW"),
        (settings(preprocessing=dict(PREPROCESSING, std=[1, 1, 0])), "not above zero"),
        (settings(preprocessing=dict(PREPROCESSING, mean=[1, 2])), "no list of three"),
        (
            settings(preprocessing=dict(PREPROCESSING, colour="red")),
            "key of 'preprocessing', 'colour'",
        ),
        (settings(pooling="max"), "choose from none, mean, cls"),
        (settings(surprise=1), "unknown key 'surprise'"),
        ([], "holds no object"),
    ],
)
def test_a_bad_model_json_names_the_key(tmp_path, document, cause):
    refused(save(tmp_path / "model", residual(), document), cause)


def test_files_that_are_no_models(tmp_path):
    folder = good_folder(tmp_path, "residual")
    (folder / "model.onnx").write_bytes(b"not an onnx file at all")
    refused(folder, "not an ONNX file|cannot load")
    (folder / "model.json").write_text("{")
    refused(folder, "model.json")
    (folder / "model.json").unlink()
    refused(folder, "cannot be read: No such file")


def test_external_data_is_refused_wherever_it_hides(tmp_path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(bytes(4 * 6 * 3 * 9))
    for place in ("initializer", "attribute", "subgraph"):
        outside = TensorProto()
        outside.name, outside.data_type = "w1", TensorProto.FLOAT
        outside.dims.extend([6, 3, 3, 3])
        outside.data_location = TensorProto.EXTERNAL
        outside.external_data.add(key="location", value="../secret.bin")
        built = residual()
        if place == "initializer":
            built.graph.initializer[0].CopyFrom(outside)
        elif place == "attribute":
            built.graph.node.append(helper.make_node("Constant", [], ["c"], value=outside))
        else:
            inner = helper.make_graph([], "inner", [], [], [outside])
            built.graph.node.append(
                helper.make_node("If", ["c"], ["d"], then_branch=inner, else_branch=inner)
            )
        refused(save(tmp_path / place, built, settings(pooling="mean")), "lies outside the file")


def test_links_are_refused(tmp_path):
    folder = good_folder(tmp_path, "residual")
    (folder / "model.onnx").rename(tmp_path / "elsewhere.onnx")
    (folder / "model.onnx").symlink_to(tmp_path / "elsewhere.onnx")
    refused(folder, "is a link")


def test_what_is_no_plain_file_is_refused_at_once(tmp_path):
    folder = good_folder(tmp_path, "residual")
    (folder / "model.json").unlink()
    os.mkfifo(folder / "model.json")
    refused(folder, "no plain file")
    refused(tmp_path / "missing", "No such file")


def test_functions_made_of_standard_operators_are_welcome(tmp_path):
    built = residual()
    opset = helper.make_opsetid("", 17)
    twice = [helper.make_node("Add", ["x", "x"], ["y"])]
    built.functions.append(helper.make_function("own", "Twice", ["x"], ["y"], twice, [opset]))
    built.opset_import.extend([helper.make_opsetid("own", 1), helper.make_opsetid("unused", 1)])
    built.graph.node[-1].input[1] = "doubled"
    built.graph.node.insert(2, helper.make_node("Twice", ["b"], ["doubled"], domain="own"))
    folder = save(tmp_path / "functions", built, settings(pooling="mean"))
    assert open_model_folder(folder, CPU).card.dimension == 6


def test_foreign_operators_are_found_in_functions_and_subgraphs(tmp_path):
    steal = helper.make_node("Steal", ["x"], ["y"], domain="evil.ops")
    opset = helper.make_opsetid("", 17)
    in_function, in_subgraph = residual(), residual()
    in_function.functions.append(
        helper.make_function("own", "Hidden", ["x"], ["y"], [steal], [opset])
    )
    inner = helper.make_graph([steal], "inner", [], [])
    branches = helper.make_node("If", ["c"], ["d"], then_branch=inner, else_branch=inner)
    in_subgraph.graph.node.append(branches)
    for number, built in enumerate((in_function, in_subgraph)):
        refused(save(tmp_path / str(number), built, settings()), "operators from evil.ops")


def test_a_map_needs_no_word_on_pooling(tmp_path):
    folder = save(tmp_path / "unsaid", residual(), settings())
    said = save(tmp_path / "said", residual(), settings(pooling="mean"))
    assert open_model_folder(folder, CPU).card.space == open_model_folder(said, CPU).card.space


def test_a_feature_map_must_be_one(tmp_path):
    document = settings(features="features", feature_map="features")
    refused(save(tmp_path / "flat", plain(), document), "is no feature map")


def test_refusals_write_nothing_to_the_terminal(tmp_path, capfd):
    folder = good_folder(tmp_path, "residual")
    content = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(content.replace(b"Conv", b"Cnov"))
    refused(folder, "cannot load")
    assert capfd.readouterr() == ("", "")


@settings_of_hypothesis(max_examples=200)
@given(st.data())
def test_damaged_models_raise_model_errors_only(data):
    content = bytearray(residual().SerializeToString())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ModelError):
        check_graph(bytes(content[: data.draw(st.integers(0, len(content)))]))


def test_a_provider_that_is_not_here_is_named(tmp_path):
    folder = good_folder(tmp_path, "residual")
    with pytest.raises(ModelError, match=r"no execution provider NoSuch.*there is .*CPU"):
        open_model_folder(folder, ("NoSuchExecutionProvider",))


def test_the_card_tells_what_was_read(tmp_path):
    folder = good_folder(tmp_path, "channels-last")
    card = open_model_folder(folder, CPU).card
    assert (card.name, card.dimension, card.licence) == ("channels-last", 6, "Apache-2.0")
    assert card.preprocessing.layout == "NHWC"
    assert card.file_hashes["model.onnx"]


def test_preprocessing_changes_the_space(tmp_path):
    one = open_model_folder(good_folder(tmp_path / "1", "residual"), CPU).card
    folder = good_folder(tmp_path / "2", "residual")
    document = json.loads((folder / "model.json").read_text())
    document["preprocessing"]["resize_size"] = 40
    (folder / "model.json").write_text(json.dumps(document))
    assert open_model_folder(folder, CPU).card.space != one.space
